//! The secret of an invitation, with which a region that is not a peer yet proves that it was invited.

use claviger_types::Random;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::primitive::{self, silent_debug};

/// The 128-bit secret of an invitation. It is wiped when dropped and cannot be printed.
pub struct EnrolmentSecret(Box<Zeroizing<[u8; 16]>>);
silent_debug!(EnrolmentSecret);

/// The name of an invitation: a hash of its secret. The inviter finds the invitation by it. It gives away nothing of the secret
/// that would help to guess it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct InvitationId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl EnrolmentSecret {
    /// A fresh secret.
    pub fn generate(random: &dyn Random) -> EnrolmentSecret {
        let mut secret = EnrolmentSecret(Box::new(Zeroizing::new([0; 16])));
        random.fill(&mut **secret.0);
        secret
    }

    /// The secret that [`EnrolmentSecret::expose`] gave; none if the bytes are not 16.
    pub fn from_bytes(bytes: &[u8]) -> Option<EnrolmentSecret> {
        let mut secret = EnrolmentSecret(Box::new(Zeroizing::new([0; 16])));
        if bytes.len() != secret.0.len() {
            return None;
        }
        secret.0.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Some(secret)
    }

    /// The bytes, only to write them into the text of an invitation or to seal them into the inviter's store.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// The invitation's name.
    pub fn id(&self) -> InvitationId {
        let digest = primitive::sha256(&[b"claviger invitation id v1\0", self.expose()]);
        let mut id = [0; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        InvitationId(id)
    }

    /// The proof of knowing the secret, over the parts that it is bound to: HMAC-SHA256 under a key that HKDF-SHA256 derives from the
    /// secret. Each part is preceded by its length.
    pub fn proof(&self, bound_to: &[&[u8]]) -> [u8; 32] {
        let key = primitive::hkdf(self.expose(), b"claviger enrolment v1", &[b"proof"]);
        primitive::hmac(&key, &primitive::join(bound_to))
    }

    /// Whether a proof is that of the secret over these parts, in a time that does not depend on where the two differ.
    pub fn verify(&self, bound_to: &[&[u8]], proof: &[u8]) -> bool {
        primitive::equal(&self.proof(bound_to), proof)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    #[test]
    fn a_proof_is_of_one_secret_and_one_list_of_parts() {
        let secret = EnrolmentSecret::generate(&SeededRandom::new(1));
        let same = EnrolmentSecret::from_bytes(secret.expose()).unwrap();
        let other = EnrolmentSecret::generate(&SeededRandom::new(2));
        let proof = secret.proof(&[b"session", b"inviter", b"joiner"]);
        assert!(same.verify(&[b"session", b"inviter", b"joiner"], &proof));
        assert!(!other.verify(&[b"session", b"inviter", b"joiner"], &proof));
        assert!(!same.verify(&[b"sessioni", b"nviter", b"joiner"], &proof));
        assert!(!same.verify(&[b"session", b"joiner", b"inviter"], &proof));
        assert!(!same.verify(&[b"session", b"inviter", b"joiner"], &proof[..31]));
        assert!(!same.verify(&[b"session", b"inviter", b"joiner"], &[]));
        assert_eq!(secret.id(), same.id());
        assert_ne!(secret.id(), other.id());
        assert_eq!(format!("{secret:?}"), "EnrolmentSecret(..)");
        assert!(EnrolmentSecret::from_bytes(&[0; 15]).is_none());
    }

    /// The expected values are Python's: `hashlib.sha256(b"claviger invitation id v1\0" + bytes(16)).hexdigest()[:32]`, and the HMAC of
    /// `(1).to_bytes(8, "big") + b"x"` under HKDF of `bytes(16)` with the salt and the info of this file.
    #[test]
    fn known_values() {
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        let secret = EnrolmentSecret::from_bytes(&[0; 16]).unwrap();
        assert_eq!(hex(&secret.id().0), "938c91575ee2fcaa7790fa55f4f7ea11");
        assert_eq!(hex(&secret.proof(&[b"x"])), "2488e207178202185ec4d1eb22c782ae2eb34f49074baa2a4b2876ecf270353a");
    }
}
