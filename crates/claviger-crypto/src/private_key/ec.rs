//! ECDSA and ECDH.

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use aws_lc_rs::digest::{Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, UnparsedPublicKey,
};
use claviger_types::Algorithm;
use zeroize::Zeroizing;

use super::{MessageToSign, PrivateKeyError, WrongPrivateKey};

/// The prime curves of KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// secp256k1, without ECDH.
    Secp256k1,
}

impl Curve {
    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            Curve::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
            Curve::Secp256k1 => &ECDSA_P256K1_SHA256_ASN1_SIGNING,
        }
    }

    fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Curve::P256 => &ECDSA_P256_SHA256_ASN1,
            Curve::P384 => &ECDSA_P384_SHA384_ASN1,
            Curve::P521 => &ECDSA_P521_SHA512_ASN1,
            Curve::Secp256k1 => &ECDSA_P256K1_SHA256_ASN1,
        }
    }

    /// The one signature algorithm, and its hash.
    fn algorithm(self) -> (Algorithm, &'static aws_lc_rs::digest::Algorithm) {
        match self {
            Curve::P256 | Curve::Secp256k1 => (Algorithm::EcdsaSha256, &SHA256),
            Curve::P384 => (Algorithm::EcdsaSha384, &SHA384),
            Curve::P521 => (Algorithm::EcdsaSha512, &SHA512),
        }
    }

    fn agreement(self) -> Option<&'static agreement::Algorithm> {
        match self {
            Curve::P256 => Some(&ECDH_P256),
            Curve::P384 => Some(&ECDH_P384),
            Curve::P521 => Some(&ECDH_P521),
            Curve::Secp256k1 => None,
        }
    }
}

pub(super) fn generate(curve: Curve) -> Option<Zeroizing<Vec<u8>>> {
    let document = EcdsaKeyPair::generate(curve.signing()).ok()?.to_pkcs8v1().ok()?;
    Some(Zeroizing::new(document.as_ref().to_vec()))
}

pub(super) struct EcKey {
    curve: Curve,
    pair: EcdsaKeyPair,
    agreement: Option<agreement::PrivateKey>,
}

impl EcKey {
    pub(super) fn parse(curve: Curve, pkcs8: &[u8]) -> Result<(EcKey, Vec<u8>), WrongPrivateKey> {
        let pair = EcdsaKeyPair::from_pkcs8(curve.signing(), pkcs8).map_err(|_| WrongPrivateKey)?;
        let agreement =
            curve.agreement().map(|algorithm| agreement::PrivateKey::from_private_key_der(algorithm, pkcs8));
        let agreement = agreement.transpose().map_err(|_| WrongPrivateKey)?;
        let public = pair.public_key().as_der().map_err(|_| WrongPrivateKey)?.as_ref().to_vec();
        Ok((EcKey { curve, pair, agreement }, public))
    }

    /// The library's own encoding of the key, with its public key.
    pub(super) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        // A pair that was read without a public key would be written without it.
        let (private, public) = (self.pair.private_key().as_be_bytes().ok()?, self.pair.public_key());
        let signing = self.curve.signing();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(signing, private.as_ref(), public.as_ref()).ok()?;
        Some(Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        let signed = match hashed(self.curve, algorithm, message)? {
            // The random source is not used: the library has its own.
            Hashed::Not(bytes) => self.pair.sign(&SystemRandom::new(), bytes),
            Hashed::Is(digest) => self.pair.sign_digest(&digest),
        };
        signed.map(|signature| signature.as_ref().to_vec()).map_err(|_| PrivateKeyError::Invalid)
    }

    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: MessageToSign<'_>,
        signature: &[u8],
    ) -> Result<(), PrivateKeyError> {
        verify(self.curve, algorithm, message, signature, self.pair.public_key().as_ref())
    }

    pub(super) fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        let own = self.agreement.as_ref().ok_or(PrivateKeyError::WrongAlgorithm)?;
        // The library also reads bare points, and curves that are described by their parameters. KMS takes SubjectPublicKeyInfo that
        // names the curve.
        if !names_curve(peer, self.curve) {
            return Err(PrivateKeyError::Invalid);
        }
        let peer = agreement::UnparsedPublicKey::new(own.algorithm(), peer);
        agreement::agree(own, peer, PrivateKeyError::Invalid, |secret| Ok(Zeroizing::new(secret.to_vec())))
    }
}

/// Checks a signature by the key with this public key, an uncompressed point.
pub(super) fn verify(
    curve: Curve,
    algorithm: Algorithm,
    message: MessageToSign<'_>,
    signature: &[u8],
    public: &[u8],
) -> Result<(), PrivateKeyError> {
    let key = UnparsedPublicKey::new(curve.verification(), public);
    let verified = match hashed(curve, algorithm, message)? {
        Hashed::Not(bytes) => key.verify(bytes, signature),
        Hashed::Is(digest) => key.verify_digest(&digest, signature),
    };
    verified.map_err(|_| PrivateKeyError::Invalid)
}

fn hashed<'m>(curve: Curve, algorithm: Algorithm, message: MessageToSign<'m>) -> Result<Hashed<'m>, PrivateKeyError> {
    let (own, hash) = curve.algorithm();
    match message {
        _ if algorithm != own => Err(PrivateKeyError::WrongAlgorithm),
        MessageToSign::Raw(bytes) => Ok(Hashed::Not(bytes)),
        MessageToSign::Digest(bytes) => {
            Digest::import_less_safe(bytes, hash).map(Hashed::Is).map_err(|_| PrivateKeyError::WrongLength)
        }
        MessageToSign::ExternalMu(_) => Err(PrivateKeyError::WrongAlgorithm),
    }
}

/// Whether DER begins as SubjectPublicKeyInfo with the curve's name does.
fn names_curve(der: &[u8], curve: Curve) -> bool {
    let content = match der {
        [SEQUENCE, length, rest @ ..] if usize::from(*length) == rest.len() && *length < 0x80 => rest,
        [SEQUENCE, 0x81, length, rest @ ..] if usize::from(*length) == rest.len() && *length >= 0x80 => rest,
        _ => return false,
    };
    content.starts_with(match curve {
        Curve::P256 => b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
        Curve::P384 => b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22",
        Curve::P521 => b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23",
        Curve::Secp256k1 => b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a",
    })
}

/// The tag of a SEQUENCE in DER.
const SEQUENCE: u8 = 0x30;

enum Hashed<'m> {
    Not(&'m [u8]),
    Is(Digest),
}
