//! The certificates that other servers' certificates must lead to.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The roots of a PEM file, or else Mozilla's list.
pub(crate) fn roots(pem: Option<&[u8]>) -> Result<RootCertStore, String> {
    let mut trusted = RootCertStore::empty();
    let Some(pem) = pem else {
        trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(trusted);
    };
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        trusted.add(certificate).map_err(|error| error.to_string())?;
    }
    if trusted.is_empty() { Err("there is no certificate in the file".to_owned()) } else { Ok(trusted) }
}
