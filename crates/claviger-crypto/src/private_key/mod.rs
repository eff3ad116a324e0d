//! Private keys of KMS's asymmetric keys: signatures, RSA encryption and key agreement.
//!
//! A key is kept as PKCS#8, the form in which KMS imports keys and gives the private keys of data key pairs. Parsing and checking it
//! costs up to some hundred microseconds, so an opened key holds the library's own form too.

mod ec;
mod ed25519;
mod ml_dsa;
mod rsa;
mod sm2;

use claviger_types::Algorithm;
use zeroize::Zeroizing;

pub use self::ec::Curve;
pub use self::ml_dsa::MlDsaLevel;
pub use self::rsa::RsaSize;

use self::ec::EcKey;
use self::ed25519::Ed25519Key;
use self::ml_dsa::MlDsaKey;
use self::rsa::RsaKey;
use self::sm2::Sm2Key;
use crate::primitive::silent_debug;

/// The kinds of private keys. A KMS key's spec names the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateKeyKind {
    /// RSA with the exponent 65537.
    Rsa(RsaSize),
    /// On a prime curve.
    Ec(Curve),
    /// Ed25519 of RFC 8032.
    Ed25519,
    /// ML-DSA of FIPS 204.
    MlDsa(MlDsaLevel),
    /// SM2 of GB/T 32918, on the curve sm2p256v1.
    Sm2,
}

impl PrivateKeyKind {
    /// Whether making a key takes so long that others must not wait for it.
    pub fn is_slow_to_make(self) -> bool {
        matches!(self, PrivateKeyKind::Rsa(_))
    }
}

/// What a signature is made of.
#[derive(Debug, Clone, Copy)]
pub enum MessageToSign<'m> {
    /// The message itself, which the algorithm hashes.
    Raw(&'m [u8]),
    /// The message's hash by the algorithm's hash function. Ed25519ph takes it as its message and hashes it once more, as AWS
    /// KMS does.
    Digest(&'m [u8]),
    /// The 64 bytes `mu` that ML-DSA computes from public key and message.
    ExternalMu(&'m [u8]),
}

/// The reason why a private key did not do what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// The key's kind does not have the algorithm, or the algorithm does not take this form of message.
    #[error("the key does not have this algorithm")]
    WrongAlgorithm,
    /// A digest or `mu` of another length.
    #[error("the digest does not have the length of the algorithm's hash")]
    WrongLength,
    /// The plaintext does not fit into one RSA block, or is longer than KMS encrypts by SM2PKE.
    #[error("the plaintext is too long for the key")]
    TooLong,
    /// The ciphertext, the signature or the other party's public key is not valid for this key. The reasons are not told apart.
    #[error("not valid for this key")]
    Invalid,
}

/// Bytes that are not a private key of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a private key of this kind in PKCS#8")]
pub struct WrongPrivateKey;

/// A private key with its public key.
pub struct PrivateKey {
    kind: PrivateKeyKind,
    pkcs8: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
    key: Key,
}
silent_debug!(PrivateKey);

enum Key {
    Rsa(RsaKey),
    Ec(EcKey),
    Ed25519(Ed25519Key),
    MlDsa(MlDsaKey),
    Sm2(Sm2Key),
}

impl PrivateKey {
    /// A new key. Its randomness is the library's own, because the library does not take another source. An RSA key takes 50 ms to
    /// some seconds, any other less than a millisecond.
    #[expect(clippy::expect_used, reason = "the library fails only if memory or the system's random source do")]
    pub fn generate(kind: PrivateKeyKind) -> PrivateKey {
        let pkcs8 = match kind {
            PrivateKeyKind::Rsa(size) => rsa::generate(size),
            PrivateKeyKind::Ec(curve) => ec::generate(curve),
            PrivateKeyKind::Ed25519 => ed25519::generate(),
            PrivateKeyKind::MlDsa(level) => ml_dsa::generate(level),
            PrivateKeyKind::Sm2 => sm2::generate(),
        };
        PrivateKey::from_pkcs8(kind, pkcs8.expect("no memory or no randomness"))
            .expect("the library reads its own keys")
    }

    /// A key that a caller imports. PKCS#8 has several encodings of one key, and the result holds the library's own, so that a key has
    /// one identity however it is encoded.
    ///
    /// # Errors
    ///
    /// As [`PrivateKey::from_pkcs8`].
    pub fn import(kind: PrivateKeyKind, pkcs8: Zeroizing<Vec<u8>>) -> Result<PrivateKey, WrongPrivateKey> {
        let given = PrivateKey::from_pkcs8(kind, pkcs8)?;
        let encoded = match &given.key {
            Key::Rsa(_) => rsa::encode(&given.pkcs8),
            Key::Ec(key) => key.encode(),
            Key::Ed25519(key) => key.encode(),
            Key::Sm2(key) => key.encode(),
            // KMS does not import keys of ML-DSA. Their PKCS#8 has one encoding here.
            Key::MlDsa(_) => return Ok(given),
        };
        PrivateKey::from_pkcs8(kind, encoded.ok_or(WrongPrivateKey)?)
    }

    /// A key from a store or from another region. The bytes are kept as they are.
    ///
    /// # Errors
    ///
    /// [`WrongPrivateKey`] if they are not PKCS#8, or of a key of another kind, or of one whose parts contradict each other.
    pub fn from_pkcs8(kind: PrivateKeyKind, pkcs8: Zeroizing<Vec<u8>>) -> Result<PrivateKey, WrongPrivateKey> {
        let (key, public) = match kind {
            PrivateKeyKind::Rsa(size) => RsaKey::parse(size, &pkcs8).map(|(key, public)| (Key::Rsa(key), public)),
            PrivateKeyKind::Ec(curve) => EcKey::parse(curve, &pkcs8).map(|(key, public)| (Key::Ec(key), public)),
            PrivateKeyKind::Ed25519 => Ed25519Key::parse(&pkcs8).map(|(key, public)| (Key::Ed25519(key), public)),
            PrivateKeyKind::MlDsa(level) => {
                MlDsaKey::parse(level, &pkcs8).map(|(key, public)| (Key::MlDsa(key), public))
            }
            PrivateKeyKind::Sm2 => Sm2Key::parse(&pkcs8).map(|(key, public)| (Key::Sm2(key), public)),
        }?;
        Ok(PrivateKey { kind, pkcs8, public, key })
    }

    /// The kind.
    pub fn kind(&self) -> PrivateKeyKind {
        self.kind
    }

    /// The PKCS#8 form, only for sealing it, and for the answer that holds the private key of a data key pair.
    pub fn expose(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public key as SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// A signature in the form that KMS gives: `SEQUENCE { r, s }` in DER for ECDSA and SM2DSA, and the algorithm's own bytes for others.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::WrongAlgorithm`] and [`PrivateKeyError::WrongLength`].
    pub fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        match &self.key {
            Key::Rsa(key) => key.sign(algorithm, message),
            Key::Ec(key) => key.sign(algorithm, message),
            Key::Ed25519(key) => key.sign(algorithm, message),
            Key::MlDsa(key) => key.sign(algorithm, message),
            Key::Sm2(key) => key.sign(algorithm, message),
        }
    }

    /// Checks a signature by this key.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Invalid`] if it is not one of this message, and the errors of [`PrivateKey::sign`].
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: MessageToSign<'_>,
        signature: &[u8],
    ) -> Result<(), PrivateKeyError> {
        match &self.key {
            Key::Rsa(_) => rsa::verify(algorithm, message, signature, &self.public),
            Key::Ec(key) => key.verify(algorithm, message, signature),
            Key::Ed25519(key) => key.verify(algorithm, message, signature),
            Key::MlDsa(key) => key.verify(algorithm, message, signature),
            Key::Sm2(key) => key.verify(algorithm, message, signature),
        }
    }

    /// Encrypts by RSAES-OAEP with an empty label, or by SM2PKE.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::TooLong`], and [`PrivateKeyError::WrongAlgorithm`] for other keys than RSA and SM2.
    pub fn encrypt(&self, algorithm: Algorithm, plaintext: &[u8]) -> Result<Vec<u8>, PrivateKeyError> {
        match &self.key {
            Key::Rsa(key) => key.encrypt(algorithm, plaintext),
            Key::Sm2(key) => key.encrypt(algorithm, plaintext),
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    /// Decrypts what [`PrivateKey::encrypt`], or anybody with the public key, has encrypted.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Invalid`], and [`PrivateKeyError::WrongAlgorithm`] for other keys than RSA and SM2.
    pub fn decrypt(&self, algorithm: Algorithm, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        match &self.key {
            Key::Rsa(key) => key.decrypt(algorithm, ciphertext),
            Key::Sm2(key) => key.decrypt(algorithm, ciphertext),
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    /// The shared secret of ECDH with another party's public key (SubjectPublicKeyInfo in DER): the x-coordinate, as long as the
    /// curve's field.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Invalid`] if the other key is not a point of this curve, and [`PrivateKeyError::WrongAlgorithm`] for keys
    /// without ECDH.
    pub fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        match &self.key {
            Key::Ec(key) => key.agree(peer),
            Key::Sm2(key) => key.agree(peer),
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }
}

#[cfg(test)]
#[path = "../private_key_tests.rs"]
mod tests;

#[cfg(test)]
mod acvp_tests;

#[cfg(test)]
mod damage_tests;

#[cfg(test)]
mod wycheproof_tests;
