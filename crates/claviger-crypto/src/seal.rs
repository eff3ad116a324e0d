//! Sealing of rows, tokens and records: authenticated encryption that is bound to the place of the bytes.
//!
//! A sealed message is `version (1) ‖ nonce (16) ‖ ciphertext ‖ tag (16)`. Its key is derived from the seal key and the
//! random nonce, so that one seal key may seal any number of messages. It opens only with the associated data that it was sealed with.

use claviger_types::Random;
use zeroize::Zeroizing;

use crate::open_error::OpenError;
use crate::primitive::{self, DerivationKey, KeyBytes, NONCE_LEN, TAG_LEN, silent_debug};

/// Bytes that sealing adds to the plaintext.
pub const SEAL_OVERHEAD: usize = 1 + NONCE_LEN + TAG_LEN;

const VERSION: u8 = 1;
const LABEL: &str = "claviger seal v1";

/// A key that seals messages; made by [`RootKey::seal_key`](crate::RootKey::seal_key).
pub struct SealKey(DerivationKey);
silent_debug!(SealKey);

impl SealKey {
    pub(crate) fn new(bytes: &KeyBytes) -> SealKey {
        SealKey(DerivationKey::new(bytes.expose()))
    }

    /// Seals `plaintext`. It opens with this key and the same `aad` only.
    pub fn seal(&self, random: &dyn Random, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let [key] = &*self.message_key(&nonce);
        let mut out = Vec::with_capacity(SEAL_OVERHEAD + plaintext.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        primitive::aead_seal(key, aad, plaintext, &mut out);
        out
    }

    /// Opens what [`SealKey::seal`] made.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if a bit differs in `sealed` or `aad`, or if another key sealed it.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (&version, rest) = sealed.split_first().ok_or(OpenError)?;
        let (nonce, message) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
        if version != VERSION {
            return Err(OpenError);
        }
        let [key] = &*self.message_key(nonce);
        primitive::aead_open(key, aad, message)
    }

    fn message_key(&self, nonce: &[u8; NONCE_LEN]) -> Zeroizing<[[u8; 32]; 1]> {
        self.0.derive(LABEL, nonce)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use claviger_types::SeededRandom;

    fn key(seed: u64) -> SealKey {
        SealKey::new(&KeyBytes::generate(&SeededRandom::new(seed)))
    }

    proptest! {
        #[test]
        fn opens_in_its_place_only(seed: u64, aad: Vec<u8>, other: Vec<u8>, plaintext: Vec<u8>) {
            let sealed = key(1).seal(&SeededRandom::new(seed), &aad, &plaintext);
            prop_assert_eq!(sealed.len(), plaintext.len() + SEAL_OVERHEAD);
            prop_assert_eq!(key(1).open(&aad, &sealed).map(|p| p.to_vec()), Ok(plaintext));
            prop_assert_eq!(key(2).open(&aad, &sealed), Err(OpenError));
            if aad != other {
                prop_assert_eq!(key(1).open(&other, &sealed), Err(OpenError));
            }
        }
    }

    #[test]
    fn no_bit_and_no_byte_may_change() {
        let sealed = key(1).seal(&SeededRandom::new(7), b"row", b"value");
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key(1).open(b"row", &altered), Err(OpenError), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert_eq!(key(1).open(b"row", &sealed[..len]), Err(OpenError), "length {len}");
        }
        assert_eq!(key(1).open(b"row", &[&sealed[..], b"x"].concat()), Err(OpenError));
    }

    #[test]
    fn equal_values_are_sealed_differently() {
        let random = SeededRandom::new(7);
        assert_ne!(key(1).seal(&random, b"row", b"value"), key(1).seal(&random, b"row", b"value"));
    }

    #[test]
    fn shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", key(1)), "SealKey(..)");
    }
}
