//! Keyed hashes of names, by which a store finds rows without knowing the names.

use crate::primitive::{self, KeyBytes, silent_debug};

/// A key that turns names into fixed-size tags; made by [`RootKey::name_key`](crate::RootKey::name_key).
pub struct NameKey(KeyBytes);
silent_debug!(NameKey);

impl NameKey {
    pub(crate) fn new(bytes: KeyBytes) -> NameKey {
        NameKey(bytes)
    }

    /// The tag of a name of several parts: equal for equal parts, revealing nothing about them without the key, and
    /// without their order. HMAC-SHA256 over the parts, each after its length, cut to 16 bytes.
    pub fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        let full = primitive::hmac(self.0.expose(), &primitive::join(parts));
        let mut out = [0; 16];
        out.iter_mut().zip(full).for_each(|(to, from)| *to = from);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    #[test]
    fn a_tag_is_of_the_key_and_of_each_part() {
        let a = NameKey(KeyBytes::generate(&SeededRandom::new(1)));
        let b = NameKey(KeyBytes::generate(&SeededRandom::new(2)));
        assert_eq!(a.hash(&[b"alias", b"x"]), a.hash(&[b"alias", b"x"]));
        assert_ne!(a.hash(&[b"alias", b"x"]), b.hash(&[b"alias", b"x"]));
        assert_ne!(a.hash(&[b"alias", b"x"]), a.hash(&[b"aliasx"]));
        assert_ne!(a.hash(&[b"alias", b"x"]), a.hash(&[b"alia", b"sx"]));
    }
}
