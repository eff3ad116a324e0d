//! Ciphertexts of suite 2: encrypted under a key's own material, and then once more by a key outside of the server.
//!
//! The plaintext of the outer encryption is a ciphertext of suite 1 of the same key. The blob names the key and the material, as
//! suite 1 does, and carries what the other side returned.

use claviger_types::{KeyId, MaterialId};

use crate::context::{EncryptionContext, associated_data};
use crate::primitive::{TAG_LEN, sha256};

/// Format version 1, magic, and suite 2.
const PREFIX: [u8; 5] = [1, b'C', b'L', b'V', 2];

/// The most bytes of metadata that the other side may add.
const METADATA_MAX: usize = 20;

/// The result of an AES-GCM encryption by a key outside of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalParts<'a> {
    /// 12 or 16 bytes.
    pub iv: &'a [u8],
    /// The authentication tag.
    pub tag: &'a [u8; TAG_LEN],
    /// Up to 20 bytes of the other side's own.
    pub metadata: &'a [u8],
    /// As long as the plaintext.
    pub ciphertext: &'a [u8],
}

impl ExternalParts<'_> {
    /// Whether the lengths are those that the format holds.
    pub fn fit(&self) -> bool {
        matches!(self.iv.len(), 12 | 16) && self.metadata.len() <= METADATA_MAX
    }

    /// The blob. The parts must [fit](ExternalParts::fit).
    pub fn to_blob(&self, key: &KeyId, material: &MaterialId) -> Vec<u8> {
        let length = |part: &[u8]| u8::try_from(part.len()).unwrap_or(u8::MAX);
        let lengths = [[length(self.iv)], [length(self.metadata)]];
        let [iv, metadata] = &lengths;
        [&header(key, material)[..], iv, self.iv, self.tag, metadata, self.metadata, self.ciphertext].concat()
    }

    /// The additional authenticated data of the outer encryption: a hash of the blob's header and the encryption context.
    pub fn associated_data(key: &KeyId, material: &MaterialId, context: &EncryptionContext) -> [u8; 32] {
        sha256(&[&associated_data(&header(key, material), context)])
    }
}

fn header(key: &KeyId, material: &MaterialId) -> Vec<u8> {
    [&PREFIX[..], &[u8::from(key.is_multi_region())], &key.to_bytes(), &material.0].concat()
}

/// Reads a blob. None if it is not one of suite 2.
pub(crate) fn read(bytes: &[u8]) -> Option<(KeyId, MaterialId, ExternalParts<'_>)> {
    let (&form, rest) = bytes.strip_prefix(&PREFIX)?.split_first()?;
    let (key, rest) = rest.split_first_chunk::<16>()?;
    let (material, rest) = rest.split_first_chunk::<32>()?;
    let (&length, rest) = rest.split_first()?;
    let (iv, rest) = rest.split_at_checked(usize::from(length))?;
    let (tag, rest) = rest.split_first_chunk::<TAG_LEN>()?;
    let (&length, rest) = rest.split_first()?;
    let (metadata, ciphertext) = rest.split_at_checked(usize::from(length))?;
    let parts = ExternalParts { iv, tag, metadata, ciphertext };
    (form <= 1 && parts.fit()).then(|| (KeyId::from_bytes(*key, form == 1), MaterialId(*material), parts))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;
    use crate::Blob;

    fn key() -> (KeyId, MaterialId) {
        (KeyId::generate(&SeededRandom::new(1), false), MaterialId([7; 32]))
    }

    #[test]
    fn what_is_written_is_read() {
        let (key, material) = key();
        for (iv, metadata, ciphertext) in [(12, 0, 0), (16, 20, 4000), (12, 1, 1)] {
            let (iv, metadata, ciphertext) = (vec![1; iv], vec![2; metadata], vec![3; ciphertext]);
            let parts = ExternalParts { iv: &iv, tag: &[4; 16], metadata: &metadata, ciphertext: &ciphertext };
            let bytes = parts.to_blob(&key, &material);
            let blob = Blob::parse(&bytes).unwrap();
            assert_eq!((blob.key_id(), blob.material_id(), blob.external()), (&key, &material, Some(&parts)));
            assert_eq!(bytes[..5], PREFIX);
        }
    }

    #[test]
    fn other_lengths_are_no_ciphertexts() {
        let (key, material) = key();
        for (iv, metadata) in [(11, 0), (13, 0), (17, 0), (0, 0), (12, 21)] {
            let (iv, metadata) = (vec![1; iv], vec![2; metadata]);
            let parts = ExternalParts { iv: &iv, tag: &[4; 16], metadata: &metadata, ciphertext: b"x" };
            assert!(!parts.fit() && Blob::parse(&parts.to_blob(&key, &material)).is_err());
        }
        let parts = ExternalParts { iv: &[1; 12], tag: &[4; 16], metadata: b"", ciphertext: b"" };
        let whole = parts.to_blob(&key, &material);
        for length in 0..whole.len() {
            assert!(Blob::parse(&whole[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn the_associated_data_differ_with_each_of_their_parts() {
        let (key, material) = key();
        let context = |pairs: &[(&str, &str)]| -> EncryptionContext {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let of = |pairs: &[(&str, &str)]| ExternalParts::associated_data(&key, &material, &context(pairs));
        assert_ne!(of(&[("a", "bc")]), of(&[("ab", "c")]));
        assert_ne!(of(&[]), of(&[("", "")]));
        let other = ExternalParts::associated_data(&key, &MaterialId([8; 32]), &context(&[]));
        assert_ne!(of(&[]), other);
    }
}
