//! Attestation documents of Nitro Enclaves and NitroTPM (references: AWS, "Nitro Enclaves Attestation Process" and "Validate a
//! NitroTPM Attestation Document").
//!
//! A document is a COSE_Sign1 message ([`cose`]) with a CBOR map ([`document`]). Its certificate chain ([`chain`]) must begin with
//! one of the configured roots. Everything is checked before any part of it is believed; nothing is fetched, and certificates are not
//! looked up in revocation lists, as AWS prescribes.

mod certificate;
mod chain;
mod cose;
mod document;
mod roots;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use claviger_types::Timestamp;

use crate::recipient::RecipientKey;

pub use roots::{AttestationRoots, InvalidRoot};

/// The most bytes of a document. The payload and the other parts are limited further.
const DOCUMENT_BYTES_MAX: usize = 20 << 10;

/// How far a document's time may be from now, in either direction.
///
/// AWS publishes no number. Five minutes is the difference that AWS's signatures allow, too.
const AGE_MS_MAX: u64 = 5 * 60 * 1000;

/// A verified attestation document.
#[derive(Debug)]
pub struct Attestation {
    /// The issuing module: `i-1234567890abcdef0-enc9876543210abcde`.
    pub module_id: String,
    /// The kind of module.
    pub source: AttestationSource,
    /// The platform configuration registers by index (0 to 31). Each has 32, 48 or 64 bytes.
    pub pcrs: BTreeMap<u8, Vec<u8>>,
    /// The key that answers are encrypted to.
    pub recipient: RecipientKey,
}

/// The kind of module that has issued an attestation document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationSource {
    /// The hypervisor, for an enclave.
    NitroEnclave,
    /// The hypervisor, for an instance with a virtual TPM.
    NitroTpm,
}

/// Why a document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// It is no attestation document.
    #[error("{0}")]
    Malformed(&'static str),
    /// Its chain begins with another certificate.
    #[error("its certificate chain does not begin with a trusted root certificate")]
    UntrustedRoot,
    /// The chain does not lead to the certificate that signed it.
    #[error("{0}")]
    Chain(&'static str),
    /// The clock is outside the validity of a certificate.
    #[error("a certificate of its chain has expired or is not valid yet")]
    CertificateTime,
    /// It was not signed by the chain's last certificate.
    #[error("its signature does not match")]
    Signature,
    /// It is too old, or from the future.
    #[error("its time is more than five minutes from the server's")]
    Stale,
    /// No answer could be encrypted.
    #[error("it has no public key")]
    NoPublicKey,
    /// The public key is of another kind.
    #[error("its public key is not an RSA key of 2048 to 4096 bits")]
    PublicKey,
}

/// Reads bytes as the parts of a document that are read only after others: its payload, and a certificate.
#[cfg(any(test, feature = "test-kit"))]
pub(crate) fn read_parts(bytes: &[u8]) {
    let _ = document::Document::parse(bytes);
    if let Ok(certificate) = certificate::Certificate::parse(bytes) {
        // A signature that does not fit must be refused, whatever the key is.
        let _ = certificate.require_signature(&certificate);
    }
}

/// Verifies a document, as [`AttestationRoots::verify`] describes.
fn verify(roots: &AttestationRoots, bytes: &[u8], now: Timestamp) -> Result<Attestation, AttestationError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(AttestationError::Malformed("it is too long"));
    }
    let message = cose::Message::parse(bytes)?;
    let document = document::Document::parse(message.payload)?;
    let public_key = document.public_key.ok_or(AttestationError::NoPublicKey)?;
    let key = chain::leaf_key(roots, &document.cabundle, document.certificate, now)?;
    message.verify(key)?;
    let now_ms = u64::try_from(now.0).map_err(|_| AttestationError::Stale)?;
    if document.timestamp.abs_diff(now_ms) > AGE_MS_MAX {
        return Err(AttestationError::Stale);
    }
    let recipient = RecipientKey::from_spki(public_key).map_err(|_| AttestationError::PublicKey)?;
    let pcrs = document.pcrs.into_iter().map(|(index, value)| (index, value.to_vec())).collect();
    Ok(Attestation { module_id: document.module_id.to_owned(), source: document.source, pcrs, recipient })
}
