//! The short form of an identity that two operators read to each other.

use claviger_crypto::{PublicIdentity, sha256};

/// Letters and digits that are not mistaken for each other: no `i`, `l`, `o`, `u`, as in Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The fingerprint of an identity: 8 groups of 4 letters and digits, 160 bits of the SHA-256 of the public key behind a prefix. To find a
/// second identity with the fingerprint of a given one takes about 2^160 attempts.
pub fn fingerprint(identity: &PublicIdentity) -> String {
    let digest = sha256(&[b"claviger fingerprint v1\0".as_slice(), &identity.0].concat());
    let mut text = String::with_capacity(39);
    // Five bytes are eight digits of five bits: two groups.
    for (at, five) in digest.chunks_exact(5).take(4).enumerate() {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for digit in 0..8 {
            if digit % 4 == 0 && (at, digit) != (0, 0) {
                text.push('-');
            }
            let index = (bits >> (35 - 5 * digit)) & 31;
            text.extend(ALPHABET.get(index as usize).map(|digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Python: the first 20 bytes of `hashlib.sha256(b"claviger fingerprint v1\0" + bytes(32))`, as one number, in base 32.
    #[test]
    fn known_fingerprint() {
        assert_eq!(fingerprint(&PublicIdentity([0; 32])), "qdk0-cfe4-554m-r097-y492-a683-xdnw-x79n");
    }

    #[test]
    fn one_bit_makes_another_fingerprint() {
        let mut other = [0; 32];
        other[31] = 1;
        assert_ne!(fingerprint(&PublicIdentity(other)), fingerprint(&PublicIdentity([0; 32])));
    }
}
