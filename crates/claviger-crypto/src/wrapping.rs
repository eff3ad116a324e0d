//! Unwrapping of key material that a caller imports (reference: AWS KMS, "Encrypt the key material").

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded};
use claviger_types::Algorithm;
use zeroize::Zeroizing;

use crate::MaterialKind;
use crate::private_key::{PrivateKey, PrivateKeyKind, RsaSize};

/// How imported material is encrypted under a [`WrappingKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrappingAlgorithm {
    /// RSAES-OAEP with SHA-1, of the material itself.
    OaepSha1,
    /// RSAES-OAEP with SHA-256, of the material itself.
    OaepSha256,
    /// RSAES-OAEP with SHA-1 of an AES key of 256 bits, and the material wrapped by that key (RFC 5649).
    AesKeyWrapSha1,
    /// The same with SHA-256.
    AesKeyWrapSha256,
    /// SM2PKE, of the material itself.
    Sm2Pke,
}

impl WrappingAlgorithm {
    /// Reads the name of the API. None for algorithms that are not supported.
    pub fn parse(name: &str) -> Option<WrappingAlgorithm> {
        Some(match name {
            "RSAES_OAEP_SHA_1" => WrappingAlgorithm::OaepSha1,
            "RSAES_OAEP_SHA_256" => WrappingAlgorithm::OaepSha256,
            "RSA_AES_KEY_WRAP_SHA_1" => WrappingAlgorithm::AesKeyWrapSha1,
            "RSA_AES_KEY_WRAP_SHA_256" => WrappingAlgorithm::AesKeyWrapSha256,
            "SM2PKE" => WrappingAlgorithm::Sm2Pke,
            _ => return None,
        })
    }

    /// The algorithm of the wrapping key itself.
    fn asymmetric(self) -> Algorithm {
        match self {
            WrappingAlgorithm::OaepSha1 | WrappingAlgorithm::AesKeyWrapSha1 => Algorithm::RsaesOaepSha1,
            WrappingAlgorithm::OaepSha256 | WrappingAlgorithm::AesKeyWrapSha256 => Algorithm::RsaesOaepSha256,
            WrappingAlgorithm::Sm2Pke => Algorithm::Sm2Pke,
        }
    }

    /// Whether the material is wrapped by an AES key, so that it may be longer than an RSA block.
    pub fn is_hybrid(self) -> bool {
        matches!(self, WrappingAlgorithm::AesKeyWrapSha1 | WrappingAlgorithm::AesKeyWrapSha256)
    }
}

/// Wrapped material that does not unwrap. The reasons are not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the material does not unwrap")]
pub struct NotUnwrapped;

/// The kinds of wrapping keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrappingKeyKind {
    /// RSA, with every algorithm but SM2PKE.
    Rsa(RsaSize),
    /// SM2, with SM2PKE.
    Sm2,
}

impl WrappingKeyKind {
    /// The kind of a wrapping key with such material. None for material that wraps nothing.
    pub fn of(kind: MaterialKind) -> Option<WrappingKeyKind> {
        match kind {
            MaterialKind::Private(PrivateKeyKind::Rsa(size)) => Some(WrappingKeyKind::Rsa(size)),
            MaterialKind::Private(PrivateKeyKind::Sm2) => Some(WrappingKeyKind::Sm2),
            _ => None,
        }
    }

    fn private(self) -> PrivateKeyKind {
        match self {
            WrappingKeyKind::Rsa(size) => PrivateKeyKind::Rsa(size),
            WrappingKeyKind::Sm2 => PrivateKeyKind::Sm2,
        }
    }
}

/// The key pair under which a caller encrypts the material that it imports.
#[derive(Debug)]
pub struct WrappingKey {
    kind: WrappingKeyKind,
    key: PrivateKey,
}

impl WrappingKey {
    /// A new key pair. An RSA key takes 50 ms to some seconds.
    pub fn generate(kind: WrappingKeyKind) -> WrappingKey {
        WrappingKey { kind, key: PrivateKey::generate(kind.private()) }
    }

    /// The kind.
    pub fn kind(&self) -> WrappingKeyKind {
        self.kind
    }

    /// Reads [`WrappingKey::expose`].
    ///
    /// # Errors
    ///
    /// [`NotUnwrapped`] for other bytes.
    pub fn from_bytes(kind: WrappingKeyKind, bytes: Zeroizing<Vec<u8>>) -> Result<WrappingKey, NotUnwrapped> {
        let key = PrivateKey::from_pkcs8(kind.private(), bytes).map_err(|_| NotUnwrapped)?;
        Ok(WrappingKey { kind, key })
    }

    /// The private key, only for sealing it.
    pub fn expose(&self) -> &[u8] {
        self.key.expose()
    }

    /// The public key as SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key()
    }

    /// Decrypts wrapped material.
    ///
    /// # Errors
    ///
    /// [`NotUnwrapped`]
    pub fn unwrap(&self, algorithm: WrappingAlgorithm, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotUnwrapped> {
        let decrypt = |block: &[u8]| self.key.decrypt(algorithm.asymmetric(), block).map_err(|_| NotUnwrapped);
        if !algorithm.is_hybrid() {
            return decrypt(wrapped);
        }
        let WrappingKeyKind::Rsa(size) = self.kind else { return Err(NotUnwrapped) };
        let (block, material) = wrapped.split_at_checked(size.bytes()).ok_or(NotUnwrapped)?;
        let aes = decrypt(block)?;
        // Other lengths than 256 bits are refused here.
        let kek = AesKek::new(&AES_256, &aes).map_err(|_| NotUnwrapped)?;
        let mut out = Zeroizing::new(vec![0; material.len()]);
        let len = kek.unwrap_with_padding(material, &mut out).map_err(|_| NotUnwrapped)?.len();
        out.truncate(len);
        Ok(out)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const ALGORITHMS: [&str; 4] =
        ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"];

    const RSA: WrappingKeyKind = WrappingKeyKind::Rsa(RsaSize::Bits2048);

    fn wrap(key: &WrappingKey, algorithm: WrappingAlgorithm, material: &[u8]) -> Vec<u8> {
        let oaep = |bytes: &[u8]| key.key.encrypt(algorithm.asymmetric(), bytes).unwrap();
        if !algorithm.is_hybrid() {
            return oaep(material);
        }
        let mut wrapped = vec![0; material.len() + 15];
        let kek = AesKek::new(&AES_256, &[7; 32]).unwrap();
        let body = kek.wrap_with_padding(material, &mut wrapped).unwrap().to_vec();
        [oaep(&[7; 32]), body].concat()
    }

    #[test]
    fn material_unwraps_by_each_algorithm() {
        let key = WrappingKey::generate(RSA);
        let key = WrappingKey::from_bytes(RSA, Zeroizing::new(key.expose().to_vec())).unwrap();
        for name in ALGORITHMS {
            let algorithm = WrappingAlgorithm::parse(name).unwrap();
            for len in [1, 32, 33, 128] {
                let material: Vec<u8> = (0..len).collect();
                let wrapped = wrap(&key, algorithm, &material);
                assert_eq!(*key.unwrap(algorithm, &wrapped).unwrap(), material, "{name} {len}");
            }
        }
        assert_eq!(WrappingAlgorithm::parse("RSAES_PKCS1_V1_5"), None);
    }

    #[test]
    fn altered_or_shortened_bytes_do_not_unwrap() {
        let key = WrappingKey::generate(RSA);
        for name in ALGORITHMS {
            let algorithm = WrappingAlgorithm::parse(name).unwrap();
            let wrapped = wrap(&key, algorithm, &[1; 32]);
            for at in (0..wrapped.len()).step_by(13) {
                let mut altered = wrapped.clone();
                altered[at] ^= 1;
                assert_eq!(key.unwrap(algorithm, &altered), Err(NotUnwrapped), "{name} {at}");
                assert_eq!(key.unwrap(algorithm, &wrapped[..at]), Err(NotUnwrapped), "{name} {at}");
            }
            assert_eq!(key.unwrap(algorithm, &[&wrapped[..], &[0; 8]].concat()), Err(NotUnwrapped));
        }
    }

    #[test]
    fn material_unwraps_by_sm2pke() {
        let key = WrappingKey::generate(WrappingKeyKind::Sm2);
        let key = WrappingKey::from_bytes(WrappingKeyKind::Sm2, Zeroizing::new(key.expose().to_vec())).unwrap();
        let algorithm = WrappingAlgorithm::parse("SM2PKE").unwrap();
        let wrapped = wrap(&key, algorithm, &[1; 138]);
        assert_eq!(*key.unwrap(algorithm, &wrapped).unwrap(), [1; 138]);
        for at in 0..wrapped.len() {
            let mut altered = wrapped.clone();
            altered[at] ^= 1;
            assert_eq!(key.unwrap(algorithm, &altered), Err(NotUnwrapped), "{at}");
            assert_eq!(key.unwrap(algorithm, &wrapped[..at]), Err(NotUnwrapped), "{at}");
        }
    }

    #[test]
    fn a_wrapping_key_has_the_algorithms_of_its_kind_only() {
        let (rsa, sm2) = (WrappingKey::generate(RSA), WrappingKey::generate(WrappingKeyKind::Sm2));
        for name in ALGORITHMS {
            let algorithm = WrappingAlgorithm::parse(name).unwrap();
            assert_eq!(sm2.unwrap(algorithm, &wrap(&rsa, algorithm, &[1; 32])), Err(NotUnwrapped), "{name}");
        }
        let wrapped = wrap(&sm2, WrappingAlgorithm::Sm2Pke, &[1; 32]);
        assert_eq!(rsa.unwrap(WrappingAlgorithm::Sm2Pke, &wrapped), Err(NotUnwrapped));
        assert!(WrappingKey::from_bytes(RSA, Zeroizing::new(sm2.expose().to_vec())).is_err());
        assert_eq!(WrappingKeyKind::of(MaterialKind::Symmetric), None);
    }

    #[test]
    fn a_shorter_aes_key_is_refused() {
        let key = WrappingKey::generate(RSA);
        let block = key.key.encrypt(Algorithm::RsaesOaepSha256, &[7; 16]).unwrap();
        let mut wrapped = vec![0; 47];
        let kek = AesKek::new(&aws_lc_rs::key_wrap::AES_128, &[7; 16]).unwrap();
        let body = kek.wrap_with_padding(&[1; 32], &mut wrapped).unwrap().to_vec();
        let wrapped = [block, body].concat();
        assert_eq!(key.unwrap(WrappingAlgorithm::AesKeyWrapSha256, &wrapped), Err(NotUnwrapped));
    }
}
