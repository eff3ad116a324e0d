//! Wrappers around the cryptography library, one for each way in which this crate uses it.
//!
//! The library returns errors here only when memory runs out or when a length is wrong that the types of this crate rule
//! out. No input causes either, so these functions panic instead of returning an error.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hkdf, hmac};
use zeroize::{Zeroize, Zeroizing};

use crate::open_error::OpenError;

/// Bytes given as a key that are not 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not 32 bytes long")]
pub struct WrongKeyLength;

/// Bytes of an authentication tag.
pub(crate) const TAG_LEN: usize = 16;
/// Bytes of the random value that makes a message's key its own.
pub(crate) const NONCE_LEN: usize = 16;

/// Constant, because no key encrypts two messages.
const IV: [u8; 12] = [0; 12];

/// A key that others are derived from by SP 800-108 in counter mode with HMAC-SHA256.
///
/// The library has this function too, and the tests compare the two. But it prepares the key at each call, which costs more than
/// the derivation. Here the key is prepared once. It is boxed, so that moving the value leaves no copy; the library wipes it when
/// it is dropped.
pub(crate) struct DerivationKey(Box<hmac::Key>);

impl DerivationKey {
    pub(crate) fn new(key: &[u8; 32]) -> DerivationKey {
        DerivationKey(Box::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    /// `N` keys of 32 bytes; fixed input `label ‖ 0 ‖ context ‖ bits of output`.
    #[expect(clippy::expect_used, reason = "a constant of the caller")]
    pub(crate) fn derive<const N: usize>(&self, label: &str, context: &[u8]) -> Zeroizing<[[u8; 32]; N]> {
        let bits = u32::try_from(N * 256).expect("a handful of keys");
        let mut out = Zeroizing::new([[0; 32]; N]);
        for (number, key) in (1_u32..).zip(out.iter_mut()) {
            let mut mac = hmac::Context::with_key(&self.0);
            mac.update(&number.to_be_bytes());
            mac.update(label.as_bytes());
            mac.update(&[0]);
            mac.update(context);
            mac.update(&bits.to_be_bytes());
            // The library's tag is not wiped: a copy of the message's key stays on the stack until it is overwritten.
            key.iter_mut().zip(mac.sign().as_ref()).for_each(|(to, from)| *to = *from);
        }
        out
    }
}

/// A key of 32 bytes by HKDF-SHA256.
#[expect(clippy::expect_used, reason = "see the head of this module")]
pub(crate) fn hkdf(secret: &[u8], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    let pseudo_random_key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let output = pseudo_random_key.expand(info, hkdf::HKDF_SHA256).expect("the length is the hash's own");
    output.fill(&mut *out).expect("the length is the hash's own");
    out
}

/// Appends AES-256-GCM's ciphertext and tag to `out`. The key must be used for this one message.
#[expect(clippy::expect_used, reason = "see the head of this module")]
pub(crate) fn aead_seal(key: &[u8; 32], aad: &[u8], plaintext: &[u8], out: &mut Vec<u8>) {
    // `out` holds the plaintext until it is encrypted in place. Growing the vector in between would leave a copy in freed memory.
    out.reserve_exact(plaintext.len() + TAG_LEN);
    let start = out.len();
    out.extend_from_slice(plaintext);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the length is the cipher's own"));
    let (_, message) = out.split_at_mut(start);
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(IV), Aad::from(aad), message)
        .expect("under 64 GiB of plaintext");
    out.extend_from_slice(tag.as_ref());
}

/// The plaintext of what [`aead_seal`] wrote.
#[expect(clippy::expect_used, reason = "see the head of this module")]
pub(crate) fn aead_open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut message = Zeroizing::new(sealed.to_vec());
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the length is the cipher's own"));
    let len =
        key.open_in_place(Nonce::assume_unique_for_key(IV), Aad::from(aad), &mut message).map_err(|_| OpenError)?.len();
    message.truncate(len);
    Ok(message)
}

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut out = [0; 32];
    out.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut out = [0; 32];
    out.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// Whether two strings of bytes are equal, in a time that depends on their lengths only.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// Each part behind its length (8 bytes, big-endian), so that no two lists of parts give the same bytes.
pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// 32 secret bytes. They are boxed, so that moving the value leaves no copy and dropping it wipes the only one.
pub(crate) struct KeyBytes(Box<[u8; 32]>);

impl KeyBytes {
    /// Fresh bytes.
    pub(crate) fn generate(random: &dyn claviger_types::Random) -> KeyBytes {
        let mut key = KeyBytes(Box::new([0; 32]));
        random.fill(&mut *key.0);
        key
    }

    /// A copy of the bytes given, which must be 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<KeyBytes, WrongKeyLength> {
        bytes.try_into().map(KeyBytes::copy).map_err(|_| WrongKeyLength)
    }

    /// A copy of the bytes given.
    pub(crate) fn copy(bytes: &[u8; 32]) -> KeyBytes {
        KeyBytes(Box::new(*bytes))
    }

    /// The bytes.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for KeyBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Implements `Debug` as the type's name, without the key.
macro_rules! silent_debug {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}
pub(crate) use silent_debug;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use aws_lc_rs::kdf;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The expected keys are Python's, in which the formula of SP 800-108 is one line:
    /// `hmac.digest(bytes(range(32)), i.to_bytes(4, "big") + b"label\0context" + (512).to_bytes(4, "big"), "sha256")`.
    #[test]
    fn kdf_is_that_of_sp_800_108() {
        let key: [u8; 32] = std::array::from_fn(|i| i as u8);
        let [first, second] = &*DerivationKey::new(&key).derive("label", b"context");
        assert_eq!(hex(first), "a96742dab629385c2fda3ab31ff80ae5ab8f18d61a903f75d4cb97422e3b9586");
        assert_eq!(hex(second), "4f650329d558a492707fde746725067868d9647d1a5d07f510bb09aa8d05efaa");
    }

    #[test]
    fn kdf_is_the_librarys() {
        let algorithm = kdf::get_kbkdf_ctr_hmac_algorithm(kdf::KbkdfCtrHmacAlgorithmId::Sha256).unwrap();
        let random = claviger_types::SeededRandom::new(1);
        for len in 0..80 {
            let (key, mut context) = (KeyBytes::generate(&random), vec![0; len]);
            claviger_types::Random::fill(&random, &mut context);
            let info = [b"a label\0".as_slice(), &context, &768_u32.to_be_bytes()].concat();
            let mut expected = [[0; 32]; 3];
            kdf::kbkdf_ctr_hmac(algorithm, key.expose(), &info, expected.as_flattened_mut()).unwrap();
            assert_eq!(*DerivationKey::new(key.expose()).derive::<3>("a label", &context), expected, "{len}");
        }
    }

    /// The first 32 bytes of the first test of RFC 5869, appendix A.
    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        let salt: [u8; 13] = std::array::from_fn(|i| i as u8);
        let info: [u8; 10] = std::array::from_fn(|i| 0xf0 + i as u8);
        let key = hkdf(&[0x0b; 22], &salt, &[&info]);
        assert_eq!(hex(&*key), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    #[test]
    fn parts_cannot_be_moved_across_their_border() {
        assert_ne!(join(&[b"ab", b"c"]), join(&[b"a", b"bc"]));
        assert_ne!(join(&[b"ab"]), join(&[b"ab", b""]));
    }

    #[test]
    fn equality_is_of_all_bytes() {
        assert!(equal(b"", b"") && equal(b"same", b"same"));
        assert!(!equal(b"same", b"sama") && !equal(b"same", b"sam") && !equal(b"", b"x"));
    }
}
