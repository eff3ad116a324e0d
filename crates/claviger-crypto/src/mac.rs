//! The keys of KMS's HMAC operations.

use aws_lc_rs::hmac;
use claviger_types::{Algorithm, Random};
use zeroize::Zeroizing;

use crate::primitive::silent_debug;

/// The hash functions of KMS's HMAC keys. An HMAC key has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacHash {
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl MacHash {
    /// The algorithm of the API.
    pub fn algorithm(self) -> Algorithm {
        match self {
            MacHash::Sha224 => Algorithm::HmacSha224,
            MacHash::Sha256 => Algorithm::HmacSha256,
            MacHash::Sha384 => Algorithm::HmacSha384,
            MacHash::Sha512 => Algorithm::HmacSha512,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            MacHash::Sha224 => hmac::HMAC_SHA224,
            MacHash::Sha256 => hmac::HMAC_SHA256,
            MacHash::Sha384 => hmac::HMAC_SHA384,
            MacHash::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

/// The most bytes of an imported key.
const IMPORTED_LEN_MAX: usize = 128;

/// An HMAC key. Dropping it wipes its bytes; the library wipes its prepared form.
pub struct MacKey {
    hash: MacHash,
    bytes: Zeroizing<Vec<u8>>,
    key: Box<hmac::Key>,
}
silent_debug!(MacKey);

impl MacKey {
    /// A new key, as long as the hash.
    pub(crate) fn generate(hash: MacHash, random: &dyn Random) -> MacKey {
        let mut bytes = Zeroizing::new(vec![0; hash.hmac().tag_len()]);
        random.fill(&mut bytes);
        MacKey::new(hash, bytes)
    }

    /// A key that was imported or received. None if it is shorter than the hash, or longer than 1024 bits.
    pub(crate) fn from_bytes(hash: MacHash, bytes: Zeroizing<Vec<u8>>) -> Option<MacKey> {
        (hash.hmac().tag_len()..=IMPORTED_LEN_MAX).contains(&bytes.len()).then(|| MacKey::new(hash, bytes))
    }

    fn new(hash: MacHash, bytes: Zeroizing<Vec<u8>>) -> MacKey {
        MacKey { hash, key: Box::new(hmac::Key::new(hash.hmac(), &bytes)), bytes }
    }

    /// The hash.
    pub fn hash(&self) -> MacHash {
        self.hash
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The message's tag, as long as the hash.
    pub fn tag(&self, message: &[u8]) -> Vec<u8> {
        hmac::sign(&self.key, message).as_ref().to_vec()
    }

    /// Whether a tag is the message's, in a time that does not depend on where the two differ.
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.key, message, tag).is_ok()
    }
}

#[cfg(test)]
#[path = "mac_tests.rs"]
mod tests;
