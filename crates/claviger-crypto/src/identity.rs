//! A region's identity: the key that it signs with, and the public key that other regions verify its signatures with.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use claviger_types::Random;
use minicbor::{Decode, Encode};

use crate::primitive::{self, KeyBytes, WrongKeyLength, silent_debug};

/// A region's signing key: Ed25519.
pub struct Identity {
    seed: KeyBytes,
    pair: Ed25519KeyPair,
}
silent_debug!(Identity);

impl Identity {
    /// A new identity.
    pub fn generate(random: &dyn Random) -> Identity {
        Identity::new(KeyBytes::generate(random))
    }

    /// The identity that [`Identity::seed`] was taken from.
    ///
    /// # Errors
    ///
    /// [`WrongKeyLength`] if the seed is not 32 bytes.
    pub fn from_seed(seed: &[u8]) -> Result<Identity, WrongKeyLength> {
        KeyBytes::from_slice(seed).map(Identity::new)
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are a seed")]
    fn new(seed: KeyBytes) -> Identity {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).expect("any 32 bytes are a seed");
        Identity { seed, pair }
    }

    /// The seed itself, only for sealing it into the region's own store.
    pub fn seed(&self) -> &[u8] {
        self.seed.expose()
    }

    /// The public key, with which other regions verify this identity's signatures.
    pub fn public(&self) -> PublicIdentity {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(self.pair.public_key().as_ref()).for_each(|(to, from)| *to = *from);
        PublicIdentity(bytes)
    }

    /// Signs a message of one domain. The signature does not verify in another domain.
    pub fn sign(&self, domain: &str, message: &[u8]) -> [u8; 64] {
        let mut out = [0; 64];
        let signature = self.pair.sign(&in_domain(domain, message));
        out.iter_mut().zip(signature.as_ref()).for_each(|(to, from)| *to = *from);
        out
    }

    /// Signs the input of a TLS 1.3 `CertificateVerify` message (RFC 8446, section 4.4.3): 64 spaces, the context string of a client or
    /// of a server, a zero byte, and the hash of the handshake. Any other input is refused.
    ///
    /// This signature can never be taken for one of [`Identity::sign`], nor the other way round. An input of `sign` begins with the
    /// length of its fixed prefix as eight bytes, so its first byte is zero. An input that passes here begins with a space. No
    /// string of bytes is an input of both, and an Ed25519 signature is valid for one input.
    ///
    /// # Errors
    ///
    /// [`NotAHandshake`] if the input does not have this form.
    pub fn sign_tls13_handshake(&self, input: &[u8]) -> Result<[u8; 64], NotAHandshake> {
        if !is_certificate_verify(input) {
            return Err(NotAHandshake);
        }
        let mut out = [0; 64];
        out.iter_mut().zip(self.pair.sign(input).as_ref()).for_each(|(to, from)| *to = *from);
        Ok(out)
    }
}

/// Bytes that [`Identity::sign_tls13_handshake`] does not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not the input of a TLS 1.3 CertificateVerify message")]
pub struct NotAHandshake;

/// Whether these bytes are the input of a `CertificateVerify` message, over a hash of 32 or 48 bytes.
fn is_certificate_verify(input: &[u8]) -> bool {
    const SPACES: [u8; 64] = [b' '; 64];
    let contexts: [&[u8]; 2] = [b"TLS 1.3, server CertificateVerify\0", b"TLS 1.3, client CertificateVerify\0"];
    let Some(rest) = input.strip_prefix(SPACES.as_slice()) else { return false };
    contexts.iter().filter_map(|context| rest.strip_prefix(*context)).any(|hash| matches!(hash.len(), 32 | 48))
}

/// The public key of a region's [`Identity`]. Any 32 bytes are accepted. With bytes that are no public key, no signature verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicIdentity(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl PublicIdentity {
    /// Whether this identity signed the message in this domain.
    pub fn verify(&self, domain: &str, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(&in_domain(domain, message), signature).is_ok()
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for PublicIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

fn in_domain(domain: &str, message: &[u8]) -> Vec<u8> {
    primitive::join(&[b"claviger signature v1", domain.as_bytes(), message])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    #[test]
    fn a_signature_is_of_one_message_in_one_domain() {
        let identity = Identity::generate(&SeededRandom::new(1));
        let public = identity.public();
        let signature = identity.sign("parcel", b"message");
        assert!(public.verify("parcel", b"message", &signature));
        assert!(!public.verify("frame", b"message", &signature));
        assert!(!public.verify("parcel", b"massage", &signature));
        assert!(!public.verify("parcelm", b"essage", &signature));
        assert!(!public.verify("parcel", b"message", &signature[..63]));
        assert!(!Identity::generate(&SeededRandom::new(2)).public().verify("parcel", b"message", &signature));
        for bit in 0..512 {
            let mut altered = signature;
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(!public.verify("parcel", b"message", &altered), "bit {bit}");
        }
    }

    #[test]
    fn a_handshake_is_signed_and_nothing_else_is() {
        let identity = Identity::generate(&SeededRandom::new(1));
        let input = |context: &str, hash: usize| [&[b' '; 64], context.as_bytes(), &[0], &vec![7; hash]].concat();
        let (server, client) = ("TLS 1.3, server CertificateVerify", "TLS 1.3, client CertificateVerify");
        for good in [input(server, 32), input(server, 48), input(client, 32), input(client, 48)] {
            let signature = identity.sign_tls13_handshake(&good).unwrap();
            let key = UnparsedPublicKey::new(&ED25519, identity.public().0);
            assert!(key.verify(&good, &signature).is_ok());
            // Whatever the domain and the message are, the signature is not one of `sign`.
            assert!(!identity.public().verify("", &good, &signature));
        }
        let of_sign = in_domain("frame", &input(server, 32));
        assert_eq!(of_sign[0], 0);
        for bad in [
            of_sign,
            vec![],
            vec![b' '; 146],
            input("TLS 1.3, other CertificateVerify!", 32),
            input(server, 33),
            input(client, 31),
        ] {
            assert_eq!(identity.sign_tls13_handshake(&bad), Err(NotAHandshake));
        }
    }

    #[test]
    fn bytes_that_are_no_key_verify_nothing() {
        let signature = Identity::generate(&SeededRandom::new(1)).sign("parcel", b"message");
        for byte in [0, 2, 0xff] {
            assert!(!PublicIdentity([byte; 32]).verify("parcel", b"message", &signature), "{byte}");
        }
    }

    #[test]
    fn a_seed_gives_the_identity_back() {
        let identity = Identity::generate(&SeededRandom::new(1));
        assert_eq!(Identity::from_seed(identity.seed()).unwrap().public(), identity.public());
        assert_eq!(Identity::from_seed(&[0; 31]).unwrap_err(), WrongKeyLength);
    }

    /// The first test of RFC 8032, section 7.1.
    #[test]
    fn published_key() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
        };
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        assert_eq!(
            Identity::from_seed(&seed).unwrap().public().to_string(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
    }
}
