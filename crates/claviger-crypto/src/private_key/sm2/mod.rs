//! SM2 of GB/T 32918: SM2DSA, SM2PKE, and ECDH on the same curve. AWS-LC does not have SM2, so the arithmetic and the signatures are
//! those of the `sm2` crate.

mod pke;

use std::sync::LazyLock;

use aws_lc_rs::error::Unspecified;
use claviger_types::Algorithm;
use sm2::dsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use sm2::dsa::signature::{RandomizedSigner, Verifier};
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use sm2::pkcs8::spki::SubjectPublicKeyInfoRef;
use sm2::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use sm2::{NonZeroScalar, ProjectivePoint, PublicKey, Scalar, SecretKey};
use zeroize::{Zeroizing, optimization_barrier};

use super::{MessageToSign, PrivateKeyError, WrongPrivateKey};

/// The distinguishing identifier of the signer, the default of GM/T 0009. AWS KMS takes no other. A caller who wants another hashes the
/// message itself and signs the digest.
const SIGNER_ID: &str = "1234567812345678";

/// The bytes of SM3.
const DIGEST_LEN: usize = 32;

pub(super) fn generate() -> Option<Zeroizing<Vec<u8>>> {
    loop {
        let mut bytes = Zeroizing::new([0; 32]);
        LibraryRandom.try_fill_bytes(&mut *bytes).ok()?;
        // A number that is not below the curve's order is drawn again: one in 2^32.
        let Ok(secret) = SecretKey::from_slice(&*bytes) else { continue };
        return encoded(&secret);
    }
}

/// The crate's encoding: version 0, the curve's name in front, and the public key behind the private one, as AWS-LC encodes keys of
/// other curves.
fn encoded(secret: &SecretKey) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(secret.to_pkcs8_der().ok()?.as_bytes().to_vec()))
}

pub(super) struct Sm2Key {
    /// Boxed, so that later moves of the key leave no copy of it.
    signing: Box<SigningKey>,
}

impl Sm2Key {
    pub(super) fn parse(pkcs8: &[u8]) -> Result<(Sm2Key, Vec<u8>), WrongPrivateKey> {
        // Refused here: another curve, and a public key that is not that of the private key.
        let secret = SecretKey::from_pkcs8_der(pkcs8).map_err(|_| WrongPrivateKey)?;
        let scalar = Zeroizing::new(secret.to_nonzero_scalar());
        // A signature divides by the private key plus one.
        if **scalar + Scalar::ONE == Scalar::ZERO {
            return Err(WrongPrivateKey);
        }
        let public = secret.public_key().to_public_key_der().map_err(|_| WrongPrivateKey)?.into_vec();
        let signing = SigningKey::new(SIGNER_ID, &secret).map(Box::new).map_err(|_| WrongPrivateKey)?;
        Ok((Sm2Key { signing }, public))
    }

    /// The crate's own encoding of the key, with its public key.
    pub(super) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        encoded(&SecretKey::from(self.scalar()))
    }

    /// A message is hashed with SM3 after the hash `ZA` of the signer's identifier, the curve and the public key. A digest is the result.
    pub(super) fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        // The nonce depends on the private key and the digest as in RFC 6979, and on these random bytes: a fault or a weak source
        // alone does not repeat one.
        let signed: Result<Signature, _> = match form(algorithm, message)? {
            Form::Message(bytes) => self.signing.try_sign_with_rng(&mut LibraryRandom, bytes),
            Form::Digest(digest) => self.signing.sign_prehash_with_rng(&mut LibraryRandom, digest),
        };
        signed.map(|signature| signature.to_der().as_bytes().to_vec()).map_err(|_| PrivateKeyError::Invalid)
    }

    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: MessageToSign<'_>,
        signature: &[u8],
    ) -> Result<(), PrivateKeyError> {
        let form = form(algorithm, message)?;
        let signature = Signature::from_der(signature).map_err(|_| PrivateKeyError::Invalid)?;
        let key = self.signing.verifying_key();
        let verified = match form {
            Form::Message(bytes) => key.verify(bytes, &signature),
            Form::Digest(digest) => key.verify_prehash(digest, &signature),
        };
        verified.map_err(|_| PrivateKeyError::Invalid)
    }

    pub(super) fn encrypt(&self, algorithm: Algorithm, plaintext: &[u8]) -> Result<Vec<u8>, PrivateKeyError> {
        match algorithm {
            Algorithm::Sm2Pke => pke::encrypt(self.signing.verifying_key().into(), plaintext),
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    pub(super) fn decrypt(
        &self,
        algorithm: Algorithm,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        match algorithm {
            Algorithm::Sm2Pke => pke::decrypt(self.signing.as_nonzero_scalar(), ciphertext),
            _ => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    /// ECDH. The curve has no cofactor, and the peer's key is never the point at infinity.
    pub(super) fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        let peer = peer_key(peer).ok_or(PrivateKeyError::Invalid)?;
        let shared = ProjectivePoint::from(*peer.as_affine()) * **self.signing.as_nonzero_scalar();
        let shared = Zeroizing::new(shared);
        let x = Zeroizing::new(Zeroizing::new(shared.to_affine()).x());
        Ok(Zeroizing::new(x.to_vec()))
    }

    fn wipe(&mut self) {
        SigningKey::clone_from(&mut self.signing, &BLANK);
        optimization_barrier(&*self.signing);
    }

    fn scalar(&self) -> NonZeroScalar {
        *self.signing.as_nonzero_scalar()
    }
}

/// The crate's signing key does not wipe itself, so another key is written over it. The public half goes too.
impl Drop for Sm2Key {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// A key that everybody knows: its number is two.
#[expect(clippy::expect_used, reason = "constants: a test makes this key")]
static BLANK: LazyLock<SigningKey> = LazyLock::new(|| {
    let two = NonZeroScalar::from_repr(Scalar::from(2_u64).into()).into_option().expect("two is not zero");
    SigningKey::from_nonzero_scalar(SIGNER_ID, two).expect("the identifier is short")
});

enum Form<'m> {
    Message(&'m [u8]),
    Digest(&'m [u8]),
}

fn form<'m>(algorithm: Algorithm, message: MessageToSign<'m>) -> Result<Form<'m>, PrivateKeyError> {
    match message {
        _ if algorithm != Algorithm::Sm2Dsa => Err(PrivateKeyError::WrongAlgorithm),
        MessageToSign::Raw(bytes) => Ok(Form::Message(bytes)),
        MessageToSign::Digest(digest) if digest.len() == DIGEST_LEN => Ok(Form::Digest(digest)),
        MessageToSign::Digest(_) => Err(PrivateKeyError::WrongLength),
        MessageToSign::ExternalMu(_) => Err(PrivateKeyError::WrongAlgorithm),
    }
}

/// Reads SubjectPublicKeyInfo. The crate also reads points in a form that holds `x` alone, which no standard of SM2 has.
fn peer_key(der: &[u8]) -> Option<PublicKey> {
    let info = SubjectPublicKeyInfoRef::try_from(der).ok()?;
    let is_standard = matches!(info.subject_public_key.raw_bytes(), [2..=4, ..]);
    PublicKey::try_from(info).ok().filter(|_| is_standard)
}

/// The random source of AWS-LC, which makes the keys and signatures of other kinds, for the `sm2` crate.
struct LibraryRandom;

impl TryRng for LibraryRandom {
    type Error = Unspecified;

    fn try_next_u32(&mut self) -> Result<u32, Unspecified> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Unspecified> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "private keys of every kind draw from this source, which the other library reads itself"
    )]
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Unspecified> {
        aws_lc_rs::rand::fill(out)
    }
}

impl TryCryptoRng for LibraryRandom {}

#[cfg(test)]
mod tests;
