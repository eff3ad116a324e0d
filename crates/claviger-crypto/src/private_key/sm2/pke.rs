//! SM2PKE of GB/T 32918.4: encryption to a public key by a shared point, a mask from SM3, and a hash of the plaintext.
//!
//! A ciphertext is the DER of GM/T 0009: `SEQUENCE { x INTEGER, y INTEGER, hash OCTET STRING, ciphertext OCTET STRING }`, the form that
//! AWS KMS and OpenSSL take and give.
//!
//! The crate's own decryption compares the hash in a time that shows where the first difference is, and leaves the shared point and the
//! mask in memory. So it is put together here from the crate's arithmetic and SM3.

use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::pkcs8::der::Decode;
use sm2::pke::{Cipher, EncryptingKey};
use sm2::{FieldBytes, NonZeroScalar, ProjectivePoint, PublicKey};
use sm3::{Digest, Sm3};
use zeroize::Zeroizing;

use super::LibraryRandom;
use crate::primitive;
use crate::private_key::PrivateKeyError;

/// The most bytes that AWS KMS encrypts.
const PLAINTEXT_LEN_MAX: usize = 1024;

pub(super) fn encrypt(key: PublicKey, plaintext: &[u8]) -> Result<Vec<u8>, PrivateKeyError> {
    if plaintext.len() > PLAINTEXT_LEN_MAX {
        return Err(PrivateKeyError::TooLong);
    }
    EncryptingKey::new(key).encrypt_der(&mut LibraryRandom, plaintext).map_err(|_| PrivateKeyError::Invalid)
}

pub(super) fn decrypt(key: &NonZeroScalar, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    // Refused here: coordinates that are not those of a point of the curve.
    let parts: Cipher<'_> = Cipher::from_der(ciphertext).map_err(|_| PrivateKeyError::Invalid)?;
    if parts.c2().is_empty() {
        return Err(PrivateKeyError::Invalid);
    }
    let shared = SharedPoint::new(key, &parts);
    let mut plaintext = shared.mask(parts.c2().len());
    // A mask of zeros is an error on both sides (GB/T 32918.4, steps A5 and B4): the ciphertext would be the plaintext.
    if plaintext.iter().fold(0, |all, byte| all | byte) == 0 {
        return Err(PrivateKeyError::Invalid);
    }
    plaintext.iter_mut().zip(parts.c2()).for_each(|(byte, masked)| *byte ^= masked);
    let hash = shared.hash(&plaintext);
    if primitive::equal(&hash, parts.c3()) { Ok(plaintext) } else { Err(PrivateKeyError::Invalid) }
}

/// The point that only the two parties can compute.
struct SharedPoint {
    x: Zeroizing<FieldBytes>,
    y: Zeroizing<FieldBytes>,
}

impl SharedPoint {
    fn new(key: &NonZeroScalar, parts: &Cipher<'_>) -> SharedPoint {
        let point = Zeroizing::new(ProjectivePoint::from(*parts.c1()) * **key);
        let point = Zeroizing::new(point.to_affine());
        SharedPoint { x: Zeroizing::new(point.x()), y: Zeroizing::new(point.y()) }
    }

    /// As many bytes of the key derivation function: SM3 over the coordinates and a counter that begins at one.
    fn mask(&self, length: usize) -> Zeroizing<Vec<u8>> {
        let mut mask = Zeroizing::new(vec![0; length]);
        for (counter, out) in (1_u32..).zip(mask.chunks_mut(Sm3::output_size())) {
            let mut hash = Sm3::new_with_prefix(*self.x);
            hash.update(*self.y);
            hash.update(counter.to_be_bytes());
            let block = Zeroizing::new(hash.finalize());
            out.iter_mut().zip(block.iter()).for_each(|(byte, mask)| *byte = *mask);
        }
        mask
    }

    /// The hash that proves that the plaintext was encrypted as it is.
    fn hash(&self, plaintext: &[u8]) -> Zeroizing<sm3::digest::Output<Sm3>> {
        let mut hash = Sm3::new_with_prefix(*self.x);
        hash.update(plaintext);
        hash.update(*self.y);
        Zeroizing::new(hash.finalize())
    }
}
