//! The token of an import. It holds the private key under which the material is unwrapped, sealed by the region, so that the region
//! keeps nothing of an import that is never made.

use claviger_crypto::{RsaSize, WrappingAlgorithm, WrappingKey, WrappingKeyKind};
use claviger_model::kms::error;
use claviger_types::Timestamp;
use zeroize::Zeroizing;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;

const VERSION: u8 = 1;

/// The contents of a token.
pub(crate) struct ImportToken {
    /// The last moment at which it can be used.
    pub(crate) valid_to: Timestamp,
    /// The algorithm that the caller chose.
    pub(crate) algorithm: WrappingAlgorithm,
    /// The wrapping key.
    pub(crate) key: WrappingKey,
}

/// Seals a token for a key.
pub(crate) fn seal(cx: &Cx<'_, '_>, key: &FoundKey, token: &ImportToken) -> Vec<u8> {
    cx.keyring.seal(cx.random, &context(key), &encode(token))
}

pub(crate) fn encode(token: &ImportToken) -> Zeroizing<Vec<u8>> {
    let private = token.key.expose();
    // Allocated at its final size: a vector that grows leaves copies of the private key in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(11 + private.len()));
    bytes.extend_from_slice(&[VERSION, kind_code(token.key.kind()), algorithm_code(token.algorithm)]);
    bytes.extend_from_slice(&token.valid_to.0.to_be_bytes());
    bytes.extend_from_slice(private);
    bytes
}

/// Opens a token of a key.
///
/// # Errors
///
/// `InvalidImportTokenException` if it was altered, or is of another key or region; `ExpiredImportTokenException`.
pub(crate) fn open(cx: &Cx<'_, '_>, key: &FoundKey, sealed: &[u8]) -> Result<ImportToken, Error> {
    let bytes = cx.keyring.open_sealed(&context(key), sealed).map_err(|_| invalid())?;
    let token = parse(&bytes).ok_or_else(invalid)?;
    if token.valid_to < cx.now {
        let text = format!("The import token expired at {}.", token.valid_to.iso8601());
        return Err(Error::new(error::EXPIRED_IMPORT_TOKEN_EXCEPTION, text));
    }
    Ok(token)
}

/// Reads [`encode`].
pub(crate) fn parse(bytes: &[u8]) -> Option<ImportToken> {
    let (&[version, kind, algorithm], rest) = bytes.split_first_chunk::<3>()?;
    let (valid_to, private) = rest.split_first_chunk::<8>()?;
    let kind = KINDS.into_iter().find(|known| kind_code(*known) == kind)?;
    let algorithm = ALGORITHMS.into_iter().find(|known| algorithm_code(*known) == algorithm)?;
    let key = WrappingKey::from_bytes(kind, Zeroizing::new(private.to_vec())).ok()?;
    (version == VERSION).then_some(ImportToken { valid_to: Timestamp(i64::from_be_bytes(*valid_to)), algorithm, key })
}

fn context(key: &FoundKey) -> [&[u8]; 3] {
    [b"import token", key.record.account.as_str().as_bytes(), key.record.id.as_str().as_bytes()]
}

fn invalid() -> Error {
    Error::new(error::INVALID_IMPORT_TOKEN_EXCEPTION, "The import token is not one of this key.")
}

const KINDS: [WrappingKeyKind; 4] = [
    WrappingKeyKind::Rsa(RsaSize::Bits2048),
    WrappingKeyKind::Rsa(RsaSize::Bits3072),
    WrappingKeyKind::Rsa(RsaSize::Bits4096),
    WrappingKeyKind::Sm2,
];

fn kind_code(kind: WrappingKeyKind) -> u8 {
    match kind {
        WrappingKeyKind::Rsa(RsaSize::Bits2048) => 1,
        WrappingKeyKind::Rsa(RsaSize::Bits3072) => 2,
        WrappingKeyKind::Rsa(RsaSize::Bits4096) => 3,
        WrappingKeyKind::Sm2 => 4,
    }
}

const ALGORITHMS: [WrappingAlgorithm; 5] = [
    WrappingAlgorithm::OaepSha1,
    WrappingAlgorithm::OaepSha256,
    WrappingAlgorithm::AesKeyWrapSha1,
    WrappingAlgorithm::AesKeyWrapSha256,
    WrappingAlgorithm::Sm2Pke,
];

fn algorithm_code(algorithm: WrappingAlgorithm) -> u8 {
    match algorithm {
        WrappingAlgorithm::OaepSha1 => 1,
        WrappingAlgorithm::OaepSha256 => 2,
        WrappingAlgorithm::AesKeyWrapSha1 => 3,
        WrappingAlgorithm::AesKeyWrapSha256 => 4,
        WrappingAlgorithm::Sm2Pke => 5,
    }
}
