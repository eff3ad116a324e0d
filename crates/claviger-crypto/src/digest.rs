//! Hashing and constant-time comparison for the crates that may not use a cryptography library.

use crate::primitive;

/// SHA-256 of the bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    primitive::sha256(&[bytes])
}

/// Whether two strings of bytes are equal, in a time that depends on their lengths only.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    primitive::equal(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest() {
        let hex: String = sha256(b"abc").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
