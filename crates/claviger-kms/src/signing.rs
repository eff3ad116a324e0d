//! Rules that Sign and Verify share.

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_crypto::{MessageToSign, PrivateKeyError};
use claviger_types::Algorithm;

/// `MessageType` when the caller names none.
const RAW: &str = "RAW";

/// The message in the form that the caller says it has.
pub(crate) fn message<'m>(
    bytes: &'m [u8],
    message_type: Option<&str>,
    algorithm: Algorithm,
) -> Result<MessageToSign<'m>, Error> {
    let message_type = message_type.unwrap_or(RAW);
    let message = match message_type {
        "DIGEST" => MessageToSign::Digest(bytes),
        "EXTERNAL_MU" => MessageToSign::ExternalMu(bytes),
        _ => MessageToSign::Raw(bytes),
    };
    let fits = match (algorithm, message) {
        (Algorithm::Ed25519Sha512, MessageToSign::Raw(_)) | (Algorithm::Ed25519PhSha512, MessageToSign::Digest(_)) => {
            true
        }
        (Algorithm::Ed25519Sha512 | Algorithm::Ed25519PhSha512, _) => false,
        (Algorithm::MlDsaShake256, message) => !matches!(message, MessageToSign::Digest(_)),
        (_, message) => !matches!(message, MessageToSign::ExternalMu(_)),
    };
    if fits {
        return Ok(message);
    }
    Err(Error::Validation(format!("MessageType {message_type} is not compatible with SigningAlgorithm {algorithm}.")))
}

/// The error of a digest of the wrong length. Any other is the caller's to name.
pub(crate) fn wrong_length(error: PrivateKeyError, algorithm: Algorithm, other: impl FnOnce() -> Error) -> Error {
    match error {
        PrivateKeyError::WrongLength => {
            Error::Validation(format!("Digest is invalid length for algorithm {algorithm}."))
        }
        _ => other(),
    }
}

/// Adds the condition keys of both operations.
pub(crate) fn condition(
    permission: RequiredPermission,
    algorithm: &str,
    message_type: Option<&str>,
) -> RequiredPermission {
    permission.with("kms:SigningAlgorithm", algorithm).with("kms:MessageType", message_type.unwrap_or(RAW))
}
