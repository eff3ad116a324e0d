//! Ed25519 and Ed25519ph.

use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use claviger_types::Algorithm;
use ed25519_dalek::{Digest, Sha512, Signature, SigningKey};
use zeroize::Zeroizing;

use super::{MessageToSign, PrivateKeyError, WrongPrivateKey};

/// The bytes of SHA-512, which Ed25519ph hashes with.
const DIGEST_LEN: usize = 64;

pub(super) fn generate() -> Option<Zeroizing<Vec<u8>>> {
    let document = Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?;
    Some(Zeroizing::new(document.as_ref().to_vec()))
}

/// The key twice: the first library does not have Ed25519ph.
pub(super) struct Ed25519Key {
    pair: Ed25519KeyPair,
    prehash: Box<SigningKey>,
}

impl Ed25519Key {
    pub(super) fn parse(pkcs8: &[u8]) -> Result<(Ed25519Key, Vec<u8>), WrongPrivateKey> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| WrongPrivateKey)?;
        let seed = pair.seed().map_err(|_| WrongPrivateKey)?.as_be_bytes().map_err(|_| WrongPrivateKey)?;
        let seed: &[u8; 32] = seed.as_ref().try_into().map_err(|_| WrongPrivateKey)?;
        let prehash = Box::new(SigningKey::from_bytes(seed));
        let public = pair.public_key().as_der().map_err(|_| WrongPrivateKey)?.as_ref().to_vec();
        Ok((Ed25519Key { pair, prehash }, public))
    }

    /// The library's own encoding of the key.
    pub(super) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(self.pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        match (algorithm, message) {
            (Algorithm::Ed25519Sha512, MessageToSign::Raw(bytes)) => {
                self.pair.try_sign(bytes).map(|s| s.as_ref().to_vec()).map_err(|_| PrivateKeyError::Invalid)
            }
            (Algorithm::Ed25519PhSha512, MessageToSign::Digest(bytes)) => {
                let signed = self.prehash.sign_prehashed(hashed(bytes)?, None);
                signed.map(|s| s.to_bytes().to_vec()).map_err(|_| PrivateKeyError::Invalid)
            }
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: MessageToSign<'_>,
        signature: &[u8],
    ) -> Result<(), PrivateKeyError> {
        match (algorithm, message) {
            (Algorithm::Ed25519Sha512, MessageToSign::Raw(bytes)) => {
                verify_raw(bytes, signature, self.pair.public_key().as_ref())
            }
            (Algorithm::Ed25519PhSha512, MessageToSign::Digest(bytes)) => {
                let hashed = hashed(bytes)?;
                let signature = Signature::from_slice(signature).map_err(|_| PrivateKeyError::Invalid)?;
                let key = self.prehash.verifying_key();
                // Strict: a signature that other verifiers could refuse is not valid.
                key.verify_prehashed_strict(hashed, None, &signature).map_err(|_| PrivateKeyError::Invalid)
            }
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }
}

/// Checks a signature of Ed25519 by the key with this public key.
pub(super) fn verify_raw(message: &[u8], signature: &[u8], public: &[u8]) -> Result<(), PrivateKeyError> {
    UnparsedPublicKey::new(&ED25519, public).verify(message, signature).map_err(|_| PrivateKeyError::Invalid)
}

/// AWS KMS takes the digest that it is given as the message of Ed25519ph, and hashes it once more.
fn hashed(digest: &[u8]) -> Result<Sha512, PrivateKeyError> {
    if digest.len() == DIGEST_LEN { Ok(Sha512::new_with_prefix(digest)) } else { Err(PrivateKeyError::WrongLength) }
}

#[cfg(test)]
#[path = "ed25519_tests.rs"]
mod tests;
