//! RSA: PKCS#1 v1.5 and PSS signatures, and OAEP.

use aws_lc_rs::digest::{Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair, RsaParameters, RsaSignatureEncoding, UnparsedPublicKey,
};
use claviger_types::Algorithm;
use zeroize::Zeroizing;

use super::{MessageToSign, PrivateKeyError, WrongPrivateKey};

/// The sizes of the RSA keys of KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits.
    Bits2048,
    /// 3072 bits.
    Bits3072,
    /// 4096 bits.
    Bits4096,
}

impl RsaSize {
    /// The length of the modulus, of a signature and of a ciphertext.
    pub(crate) fn bytes(self) -> usize {
        match self {
            RsaSize::Bits2048 => 256,
            RsaSize::Bits3072 => 384,
            RsaSize::Bits4096 => 512,
        }
    }
}

pub(super) fn generate(size: RsaSize) -> Option<Zeroizing<Vec<u8>>> {
    let size = match size {
        RsaSize::Bits2048 => KeySize::Rsa2048,
        RsaSize::Bits3072 => KeySize::Rsa3072,
        RsaSize::Bits4096 => KeySize::Rsa4096,
    };
    let der = PrivateDecryptingKey::generate(size).ok()?.as_der().ok()?;
    Some(Zeroizing::new(der.as_ref().to_vec()))
}

/// The library's own encoding of a key.
pub(super) fn encode(pkcs8: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let der = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?.as_der().ok()?;
    Some(Zeroizing::new(der.as_ref().to_vec()))
}

pub(super) struct RsaKey {
    pair: RsaKeyPair,
    decrypting: OaepPrivateDecryptingKey,
    encrypting: OaepPublicEncryptingKey,
}

/// A signature algorithm: for making one, for checking one, and its hash.
struct Scheme {
    sign: &'static RsaSignatureEncoding,
    verify: &'static RsaParameters,
    hash: &'static aws_lc_rs::digest::Algorithm,
}

impl RsaKey {
    pub(super) fn parse(size: RsaSize, pkcs8: &[u8]) -> Result<(RsaKey, Vec<u8>), WrongPrivateKey> {
        // The library checks that the parts of the key fit each other.
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| WrongPrivateKey)?;
        let private = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| WrongPrivateKey)?;
        if pair.public_modulus_len() != size.bytes() || private.key_size_bits() != size.bytes() * 8 {
            return Err(WrongPrivateKey);
        }
        let public = private.public_key();
        let der = public.as_der().map_err(|_| WrongPrivateKey)?.as_ref().to_vec();
        let encrypting = OaepPublicEncryptingKey::new(public).map_err(|_| WrongPrivateKey)?;
        let decrypting = OaepPrivateDecryptingKey::new(private).map_err(|_| WrongPrivateKey)?;
        Ok((RsaKey { pair, decrypting, encrypting }, der))
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        let scheme = scheme(algorithm)?;
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = match message {
            // The random source is not used: the library has its own.
            MessageToSign::Raw(bytes) => self.pair.sign(scheme.sign, &SystemRandom::new(), bytes, &mut signature),
            MessageToSign::Digest(bytes) => {
                let digest = Digest::import_less_safe(bytes, scheme.hash).map_err(|_| PrivateKeyError::WrongLength)?;
                self.pair.sign_digest(scheme.sign, &digest, &mut signature)
            }
            MessageToSign::ExternalMu(_) => return Err(PrivateKeyError::WrongAlgorithm),
        };
        signed.map(|()| signature).map_err(|_| PrivateKeyError::Invalid)
    }

    pub(super) fn encrypt(&self, algorithm: Algorithm, plaintext: &[u8]) -> Result<Vec<u8>, PrivateKeyError> {
        let padding = padding(algorithm)?;
        if plaintext.len() > self.encrypting.max_plaintext_size(padding) {
            return Err(PrivateKeyError::TooLong);
        }
        let mut out = vec![0; self.encrypting.ciphertext_size()];
        let ciphertext = self.encrypting.encrypt(padding, plaintext, &mut out, None);
        ciphertext.map(|bytes| bytes.to_vec()).map_err(|_| PrivateKeyError::Invalid)
    }

    pub(super) fn decrypt(
        &self,
        algorithm: Algorithm,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        let padding = padding(algorithm)?;
        let mut out = Zeroizing::new(vec![0; self.decrypting.min_output_size()]);
        let plaintext = self.decrypting.decrypt(padding, ciphertext, &mut out, None);
        let len = plaintext.map_err(|_| PrivateKeyError::Invalid)?.len();
        out.truncate(len);
        Ok(out)
    }
}

/// Checks a signature by the key with this public key, as SubjectPublicKeyInfo.
pub(super) fn verify(
    algorithm: Algorithm,
    message: MessageToSign<'_>,
    signature: &[u8],
    public: &[u8],
) -> Result<(), PrivateKeyError> {
    let scheme = scheme(algorithm)?;
    let key = UnparsedPublicKey::new(scheme.verify, public);
    let verified = match message {
        MessageToSign::Raw(bytes) => key.verify(bytes, signature),
        MessageToSign::Digest(bytes) => {
            let digest = Digest::import_less_safe(bytes, scheme.hash).map_err(|_| PrivateKeyError::WrongLength)?;
            key.verify_digest(&digest, signature)
        }
        MessageToSign::ExternalMu(_) => return Err(PrivateKeyError::WrongAlgorithm),
    };
    verified.map_err(|_| PrivateKeyError::Invalid)
}

fn padding(algorithm: Algorithm) -> Result<&'static OaepAlgorithm, PrivateKeyError> {
    match algorithm {
        Algorithm::RsaesOaepSha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        Algorithm::RsaesOaepSha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        _ => Err(PrivateKeyError::WrongAlgorithm),
    }
}

fn scheme(algorithm: Algorithm) -> Result<Scheme, PrivateKeyError> {
    let (sign, verify, hash) = match algorithm {
        Algorithm::RsassaPssSha256 => (&RSA_PSS_SHA256, &RSA_PSS_2048_8192_SHA256, &SHA256),
        Algorithm::RsassaPssSha384 => (&RSA_PSS_SHA384, &RSA_PSS_2048_8192_SHA384, &SHA384),
        Algorithm::RsassaPssSha512 => (&RSA_PSS_SHA512, &RSA_PSS_2048_8192_SHA512, &SHA512),
        Algorithm::RsassaPkcs1V15Sha256 => (&RSA_PKCS1_SHA256, &RSA_PKCS1_2048_8192_SHA256, &SHA256),
        Algorithm::RsassaPkcs1V15Sha384 => (&RSA_PKCS1_SHA384, &RSA_PKCS1_2048_8192_SHA384, &SHA384),
        Algorithm::RsassaPkcs1V15Sha512 => (&RSA_PKCS1_SHA512, &RSA_PKCS1_2048_8192_SHA512, &SHA512),
        _ => return Err(PrivateKeyError::WrongAlgorithm),
    };
    Ok(Scheme { sign, verify, hash })
}
