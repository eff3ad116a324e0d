//! The exchange of enrolment: the request of a region that was invited, the proof in it, and the inviter's answer. Pure functions.
//!
//! The request names the invitation by the hash of its secret, and carries an HMAC under a key from the secret. The HMAC is over the
//! exporter value of this TLS session (RFC 8446, section 7.5), both identities, both names, and the request itself. A proof that was made in another
//! session, for another inviter or by another joiner does not verify. Somebody in between has a TLS session of its own with each side, so
//! the exporter values differ and the proof is worth nothing to it.

use claviger_crypto::{EnrolmentSecret, InvitationId, PublicIdentity};
use claviger_types::Region;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::address::are_addresses;
use crate::cbor;

/// The label of the exporter value, and its bytes.
pub(crate) const EXPORTER_LABEL: &[u8] = b"EXPORTER-claviger-enrolment-v1";
pub(crate) const EXPORTER_BYTES: usize = 32;

/// The most bytes of a joiner's details.
pub const DETAILS_BYTES_MAX: usize = 16 * 1024;

/// A region that proved that it was invited. Its identity is the key with which it made the TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joiner {
    /// The name that it wants to have in the fleet. The inviter's fleet decides whether it is free.
    pub region: Region,
    /// Its identity.
    pub identity: PublicIdentity,
    /// Where its listener is; may be empty.
    pub addresses: Vec<String>,
    /// Bytes for the inviter's handler, which the link does not look into.
    pub details: Vec<u8>,
}

/// Both ends of the TLS session that a proof is bound to.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) exporter: [u8; EXPORTER_BYTES],
    pub(crate) inviter: (Region, PublicIdentity),
    pub(crate) joiner: (Region, PublicIdentity),
}

/// The typed refusals of an inviter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Encode, Decode)]
pub enum EnrolRefusal {
    /// There is no such invitation, or the proof is wrong. The two are not told apart.
    #[n(0)]
    #[error("the inviter does not know this invitation")]
    Unknown,
    /// The invitation has expired.
    #[n(1)]
    #[error("the invitation has expired")]
    Expired,
    /// The invitation was used before.
    #[n(2)]
    #[error("the invitation was used before")]
    Used,
    /// The fleet has another region of this name.
    #[n(3)]
    #[error("the fleet has another region of this name")]
    NameTaken,
    /// The invitation is for a region of another name.
    #[n(7)]
    #[error("the invitation is for another region")]
    OtherRegion,
    /// There were too many attempts in the last minute.
    #[n(4)]
    #[error("the inviter had too many attempts to join; try again in a minute")]
    TooManyAttempts,
    /// The request is malformed or over a limit.
    #[n(5)]
    #[error("the inviter cannot read the request")]
    Malformed,
    /// The inviter cannot admit a region now.
    #[n(6)]
    #[error("the inviter cannot admit a region now")]
    Unavailable,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct EnrolRequest {
    #[n(0)]
    pub(crate) invitation: InvitationId,
    #[n(1)]
    pub(crate) addresses: Vec<String>,
    #[n(2)]
    pub(crate) details: ByteVec,
    #[n(3)]
    proof: ByteVec,
}

impl EnrolRequest {
    pub(crate) fn new(
        secret: &EnrolmentSecret,
        session: &Session,
        addresses: Vec<String>,
        details: Vec<u8>,
    ) -> EnrolRequest {
        let invitation = secret.id();
        let mut request = EnrolRequest { invitation, addresses, details: details.into(), proof: Vec::new().into() };
        request.proof = secret.proof(&borrowed(&request.bound_to(session))).to_vec().into();
        request
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        cbor::encode(self, 1024).to_vec()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<EnrolRequest, EnrolRefusal> {
        let request: EnrolRequest = minicbor::decode(bytes).map_err(|_| EnrolRefusal::Malformed)?;
        let is_good = are_addresses(&request.addresses) && request.details.len() <= DETAILS_BYTES_MAX;
        if is_good { Ok(request) } else { Err(EnrolRefusal::Malformed) }
    }

    /// Whether the sender knows the secret and made the proof for this session.
    pub(crate) fn verify(&self, secret: &EnrolmentSecret, session: &Session) -> bool {
        secret.verify(&borrowed(&self.bound_to(session)), &self.proof)
    }

    fn bound_to(&self, session: &Session) -> Vec<Vec<u8>> {
        let (inviter, joiner) = (&session.inviter, &session.joiner);
        let mut parts: Vec<Vec<u8>> = vec![
            b"claviger enrolment request v1".to_vec(),
            session.exporter.to_vec(),
            inviter.0.as_str().into(),
            inviter.1.0.to_vec(),
            joiner.0.as_str().into(),
            joiner.1.0.to_vec(),
            self.invitation.0.to_vec(),
            self.details.to_vec(),
        ];
        parts.extend(self.addresses.iter().map(|address| address.as_bytes().to_vec()));
        parts
    }
}

fn borrowed(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// The inviter's answer: its handler's bytes, or a refusal.
#[derive(Encode, Decode)]
enum Answer {
    #[n(0)]
    Admitted(#[n(0)] ByteVec),
    #[n(1)]
    Refused(#[n(0)] EnrolRefusal),
}

pub(crate) fn encode_answer(answer: Result<Vec<u8>, EnrolRefusal>) -> Vec<u8> {
    let answer = answer.map_or_else(Answer::Refused, |bytes| Answer::Admitted(bytes.into()));
    cbor::encode(&answer, 1024).to_vec()
}

/// None if the bytes are no answer.
pub(crate) fn decode_answer(bytes: &[u8]) -> Option<Result<Vec<u8>, EnrolRefusal>> {
    match minicbor::decode(bytes).ok()? {
        Answer::Admitted(bytes) => Some(Ok(bytes.into())),
        Answer::Refused(refusal) => Some(Err(refusal)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    fn session() -> Session {
        Session {
            exporter: [1; 32],
            inviter: (region("eu-west-1"), PublicIdentity([2; 32])),
            joiner: (region("us-east-1"), PublicIdentity([3; 32])),
        }
    }

    #[test]
    fn a_proof_is_of_one_session() {
        let secret = EnrolmentSecret::generate(&SeededRandom::new(1));
        let request = EnrolRequest::new(&secret, &session(), vec!["a:1".to_owned()], b"details".to_vec());
        let request = EnrolRequest::decode(&request.encode()).unwrap();
        assert!(request.verify(&secret, &session()));
        assert!(!request.verify(&EnrolmentSecret::generate(&SeededRandom::new(2)), &session()));
        let changes: [fn(&mut Session); 5] = [
            |session| session.exporter[0] ^= 1,
            |session| session.inviter.0 = region("eu-west-2"),
            |session| session.inviter.1.0[31] ^= 1,
            |session| session.joiner.0 = region("us-east-2"),
            |session| session.joiner.1.0[31] ^= 1,
        ];
        for (n, change) in changes.iter().enumerate() {
            let mut other = session();
            change(&mut other);
            assert!(!request.verify(&secret, &other), "change {n}");
        }
        let other = EnrolRequest { addresses: vec!["b:1".to_owned()], ..request.clone() };
        assert!(!other.verify(&secret, &session()));
        let other = EnrolRequest { details: b"other".to_vec().into(), ..request };
        assert!(!other.verify(&secret, &session()));
    }

    #[test]
    fn requests_over_a_limit_are_malformed() {
        let secret = EnrolmentSecret::generate(&SeededRandom::new(1));
        let bytes = |addresses: &[&str], details: usize| {
            let addresses = addresses.iter().map(|&a| a.to_owned()).collect();
            EnrolRequest::new(&secret, &session(), addresses, vec![0; details]).encode()
        };
        assert!(EnrolRequest::decode(&bytes(&[], DETAILS_BYTES_MAX)).is_ok());
        assert_eq!(EnrolRequest::decode(&bytes(&[], DETAILS_BYTES_MAX + 1)), Err(EnrolRefusal::Malformed));
        assert_eq!(EnrolRequest::decode(&bytes(&["nonsense"], 0)), Err(EnrolRefusal::Malformed));
        assert_eq!(EnrolRequest::decode(&bytes(&["a:1"; 9], 0)), Err(EnrolRefusal::Malformed));
        assert_eq!(EnrolRequest::decode(b"garbage"), Err(EnrolRefusal::Malformed));
    }

    #[test]
    fn answers() {
        for answer in [Ok(b"fleet".to_vec()), Err(EnrolRefusal::Used), Err(EnrolRefusal::Unavailable)] {
            assert_eq!(decode_answer(&encode_answer(answer.clone())), Some(answer));
        }
        assert_eq!(decode_answer(b"garbage"), None);
    }
}
