//! The server's certificate: its own, or one of an authority in the data folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use claviger_host::tls::{Tls, TlsError, authority};
use claviger_types::Timestamp;
use zeroize::Zeroizing;

use crate::config::{Settings, TlsFiles};
use crate::failure::Failure;

use super::files;

/// The file of the generated authority that clients trust.
pub(crate) fn authority_file(data: &Path) -> PathBuf {
    data.join("tls").join("ca.pem")
}

fn authority_key_file(data: &Path) -> PathBuf {
    data.join("tls").join("ca.key")
}

/// A certificate and its key, as PEM.
pub(crate) struct Pem {
    chain: Zeroizing<Vec<u8>>,
    key: Zeroizing<Vec<u8>>,
}

/// Makes the authority in a data folder that has none.
pub(crate) fn make_authority(data: &Path, now: Timestamp) -> Result<(), Failure> {
    let made = authority::create(now).map_err(|error| Failure::new("cannot make a certificate authority", error))?;
    let written = claviger_store::folder::make(&data.join("tls"))
        .and_then(|()| write(&authority_key_file(data), 0o400, made.key.as_bytes()))
        .and_then(|()| write(&authority_file(data), 0o444, made.certificate.as_bytes()));
    written.map_err(|error| Failure::new("cannot write the certificate authority", error))
}

fn write(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads the certificate that the settings name, or makes one. None without TLS.
pub(crate) fn load(settings: &Settings, now: Timestamp) -> Result<Option<Pem>, Failure> {
    match &settings.tls {
        None => Ok(None),
        Some(TlsFiles::Own { certificate, key }) => {
            Ok(Some(Pem { chain: files::read(certificate)?, key: files::read_private(key)? }))
        }
        Some(TlsFiles::Generated { names }) => {
            let key_file = authority_key_file(&settings.data);
            let key = files::read_private(&key_file)?;
            let key = std::str::from_utf8(&key).map_err(|_| unusable(settings, &TlsError::Key))?;
            let issued = authority::issue(key, names, now).map_err(|error| unusable(settings, &error))?;
            let chain = Zeroizing::new(issued.certificate.into_bytes());
            Ok(Some(Pem { chain, key: Zeroizing::new(issued.key.as_bytes().to_vec()) }))
        }
    }
}

impl Pem {
    /// The TLS of a listener with this certificate.
    pub(crate) fn tls(&self, settings: &Settings) -> Result<Tls, Failure> {
        Tls::new(&self.chain, &self.key).map_err(|error| unusable(settings, &error))
    }
}

fn unusable(settings: &Settings, error: &TlsError) -> Failure {
    let (what, next) = match &settings.tls {
        Some(TlsFiles::Own { certificate, key }) => (
            format!("cannot use the certificate {} with the key {}", certificate.display(), key.display()),
            "tls.certificate is a file of certificates as PEM, the server's first; tls.key is its private key as PEM",
        ),
        _ => (
            format!("cannot make a certificate with {}", authority_key_file(&settings.data).display()),
            "see tls.names, which are host names and addresses",
        ),
    };
    Failure::new(what, error).then(next)
}

/// Whether the data folder has an authority.
pub(crate) fn has_authority(data: &Path) -> bool {
    fs::metadata(authority_key_file(data)).is_ok()
}
