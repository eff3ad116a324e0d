//! The certificates that the chains of attestation documents may begin with.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Timestamp;

use super::certificate::Certificate;
use super::{Attestation, AttestationError};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The trusted root certificates. The default is none.
#[derive(Debug, Clone, Default)]
pub struct AttestationRoots {
    /// In DER. Regions of a process share them.
    certificates: Arc<[Vec<u8>]>,
}

/// Bytes that are no root certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoot {
    /// There is no certificate in the text, or a part of it is no base64.
    #[error("no certificate in PEM was found")]
    NoCertificate,
    /// AWS's roots are certificates of P-384 keys, signed with SHA-384, and may sign certificates.
    #[error("a certificate is not a certificate authority with a P-384 key")]
    NoAuthority,
    /// An intermediate authority, which documents do not begin with.
    #[error("a certificate is not signed by its own key, so it is no root")]
    NoRoot,
}

impl AttestationRoots {
    /// Adds the certificates of a PEM text. Text around them is ignored.
    ///
    /// # Errors
    ///
    /// [`InvalidRoot`] if there is none, or if one cannot sign certificates of attestation documents.
    pub fn with_pem(self, pem: &[u8]) -> Result<AttestationRoots, InvalidRoot> {
        let text = str::from_utf8(pem).map_err(|_| InvalidRoot::NoCertificate)?;
        let mut certificates = self.certificates.to_vec();
        let mut rest = text;
        while let Some((_, begun)) = rest.split_once(BEGIN) {
            let (body, after) = begun.split_once(END).ok_or(InvalidRoot::NoCertificate)?;
            let body: String = body.split_ascii_whitespace().collect();
            let der = STANDARD.decode(body).map_err(|_| InvalidRoot::NoCertificate)?;
            let parsed = Certificate::parse(&der).map_err(|_| InvalidRoot::NoAuthority)?;
            parsed.require_authority(0).map_err(|_| InvalidRoot::NoAuthority)?;
            let signs_itself = parsed.require_name(&parsed).and_then(|()| parsed.require_signature(&parsed));
            signs_itself.map_err(|_| InvalidRoot::NoRoot)?;
            certificates.push(der);
            rest = after;
        }
        if certificates.len() == self.certificates.len() {
            return Err(InvalidRoot::NoCertificate);
        }
        Ok(AttestationRoots { certificates: certificates.into() })
    }

    /// Whether there is none, so that no document can be verified.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Whether this is one of them, byte for byte.
    pub(super) fn contains(&self, der: &[u8]) -> bool {
        self.certificates.iter().any(|root| root == der)
    }

    /// Verifies an attestation document: its form, its certificate chain at this time, its signature, its time, and its public key.
    ///
    /// # Errors
    ///
    /// See [`AttestationError`].
    pub fn verify(&self, document: &[u8], now: Timestamp) -> Result<Attestation, AttestationError> {
        super::verify(self, document, now)
    }
}
