//! TLS of the listener: TLS 1.3, and 1.2 for older clients; HTTP/2 and HTTP/1.1 by ALPN.
//!
//! A certificate is replaced while the listener runs. Connections that are open keep the one that they began with.

pub mod authority;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// The certificate and key that a listener shows to its clients. Clones share them.
#[derive(Clone)]
pub struct Tls {
    // Read once for each connection, and written when a certificate is replaced.
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

/// Why a certificate and a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The text holds no certificate.
    #[error("there is no certificate in it; a certificate begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// A certificate is not well-formed.
    #[error("a certificate cannot be read: {0}")]
    Certificate(String),
    /// The text holds no private key, or more than its type's library reads.
    #[error("there is no private key in it that can be read; a key begins with -----BEGIN PRIVATE KEY-----")]
    Key,
    /// The key is not that of the first certificate.
    #[error("the private key is not that of the first certificate")]
    Mismatch,
    /// The library refuses them.
    #[error("the certificate and its key cannot be used: {0}")]
    Refused(rustls::Error),
    /// The authority could not sign.
    #[error("a certificate cannot be made: {0}")]
    Authority(#[from] rcgen::Error),
}

impl Tls {
    /// The TLS of a listener whose certificate is the first of `chain`, which may be followed by those of its issuers, as PEM.
    ///
    /// # Errors
    ///
    /// See [`TlsError`].
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Tls, TlsError> {
        Ok(Tls { current: Arc::new(RwLock::new(Arc::new(config(chain, key)?))) })
    }

    /// Shows the certificate of `next` to the clients that connect from now on.
    pub fn replace(&self, next: &Tls) {
        let next = next.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

fn config(chain: &[u8], key: &[u8]) -> Result<ServerConfig, TlsError> {
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let chain = chain.map_err(|error| TlsError::Certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    // The library's error may quote the text, which holds the key.
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Key)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12]);
    let certified = versions.map_err(TlsError::Refused)?.with_no_client_auth().with_single_cert(chain, key);
    let mut config = certified.map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch,
        other => TlsError::Refused(other),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
