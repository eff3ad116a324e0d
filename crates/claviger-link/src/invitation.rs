//! The text that an operator carries from one region to another: `clv1.` and base64url of CBOR and a checksum.
//!
//! It holds all that the joining region needs: the inviter's name, identity and addresses, a secret that proves that it was invited, and
//! when the invitation ends. The inviter's whole identity is in it, so nobody between the two can pose as the inviter.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use claviger_crypto::{EnrolmentSecret, PublicIdentity, sha256};
use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteSlice;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::address::are_addresses;
use crate::cbor;

/// How long an invitation is valid, in seconds.
pub const INVITATION_SECS: i64 = 15 * 60;

/// The most bytes of an invitation's text.
const TEXT_BYTES_MAX: usize = 4096;
const PREFIX: &str = "clv1.";
/// The first bytes of the SHA-256 of the CBOR. They find a text that was cut off or mistyped; they protect nothing.
const CHECKSUM_BYTES: usize = 4;

/// An invitation to join the inviter's fleet.
#[derive(Debug)]
pub struct Invitation {
    /// The region that invites.
    pub inviter: Region,
    /// The inviter's identity. The joining region accepts no other.
    pub identity: PublicIdentity,
    /// Where the inviter's listener is: `host:port`, at most 8.
    pub addresses: Vec<String>,
    /// The end of the invitation. The inviter's clock decides.
    pub expires: Timestamp,
    /// The proof of having been invited.
    pub secret: EnrolmentSecret,
}

/// Why a text is not an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// It does not begin with `clv1.`.
    #[error("the text is not an invitation of this version, which begins with `clv1.`")]
    Prefix,
    /// It was cut off, mistyped or changed.
    #[error("the invitation is incomplete or mistyped")]
    Damaged,
    /// Its parts are not those of an invitation.
    #[error("the invitation is malformed")]
    Malformed,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body<'a> {
    #[b(0)]
    secret: &'a ByteSlice,
    #[n(1)]
    expires: Timestamp,
    #[b(2)]
    inviter: &'a str,
    #[n(3)]
    addresses: Vec<String>,
    #[n(4)]
    identity: PublicIdentity,
}

impl Invitation {
    /// The text for the operator. It is as secret as a password until it was used or has expired.
    pub fn to_text(&self) -> Zeroizing<String> {
        let body = Body {
            secret: self.secret.expose().as_slice().into(),
            expires: self.expires,
            inviter: self.inviter.as_str(),
            addresses: self.addresses.clone(),
            identity: self.identity,
        };
        let mut bytes = cbor::encode(&body, TEXT_BYTES_MAX);
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        let mut text = Zeroizing::new(String::with_capacity(TEXT_BYTES_MAX));
        text.push_str(PREFIX);
        BASE64_URL_SAFE_NO_PAD.encode_string(&*bytes, &mut text);
        text
    }

    /// Reads the text, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`InvitationError`] if the text is not an invitation. Whether it has expired is not looked at.
    pub fn parse(text: &str) -> Result<Invitation, InvitationError> {
        let encoded = text.trim_ascii().strip_prefix(PREFIX).ok_or(InvitationError::Prefix)?;
        if encoded.len() > TEXT_BYTES_MAX {
            return Err(InvitationError::Damaged);
        }
        let mut bytes = Zeroizing::new(vec![0; TEXT_BYTES_MAX]);
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).map_err(|_| InvitationError::Damaged)?;
        let bytes = bytes.get(..length).unwrap_or_default();
        let (body, check) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(InvitationError::Damaged)?;
        if checksum(body) != *check {
            return Err(InvitationError::Damaged);
        }
        Invitation::read(body)
    }

    /// Reads the CBOR inside the text.
    pub(crate) fn read(body: &[u8]) -> Result<Invitation, InvitationError> {
        let body: Body = minicbor::decode(body).map_err(|_| InvitationError::Malformed)?;
        let secret = EnrolmentSecret::from_bytes(body.secret).ok_or(InvitationError::Malformed)?;
        let inviter = Region::parse(body.inviter).map_err(|_| InvitationError::Malformed)?;
        if body.addresses.is_empty() || !are_addresses(&body.addresses) {
            return Err(InvitationError::Malformed);
        }
        let Body { expires, addresses, identity, .. } = body;
        Ok(Invitation { inviter, identity, addresses, expires, secret })
    }
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut out = [0; CHECKSUM_BYTES];
    out.iter_mut().zip(sha256(body)).for_each(|(to, from)| *to = from);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    fn invitation() -> Invitation {
        Invitation {
            inviter: Region::parse("eu-west-1").unwrap(),
            identity: PublicIdentity([7; 32]),
            addresses: vec!["192.0.2.7:7443".to_owned(), "kms.example.org:7443".to_owned()],
            expires: Timestamp(1_795_532_645_000),
            secret: EnrolmentSecret::generate(&SeededRandom::new(1)),
        }
    }

    /// A text with another body and the right checksum.
    fn text_of(body: &[u8]) -> String {
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode([body, &checksum(body)].concat()))
    }

    #[test]
    fn an_invitation_is_read_as_it_was_written() {
        let invitation = invitation();
        let text = invitation.to_text();
        assert!(text.starts_with("clv1.") && text.len() < 250, "{}", text.len());
        let read = Invitation::parse(&format!(" {}\n", *text)).unwrap();
        assert_eq!((&read.inviter, read.identity), (&invitation.inviter, invitation.identity));
        assert_eq!((&read.addresses, read.expires), (&invitation.addresses, invitation.expires));
        assert_eq!(read.secret.expose(), invitation.secret.expose());
        assert!(!format!("{invitation:?}").contains(&format!("{:?}", invitation.secret.expose())));
    }

    #[test]
    fn every_slip_of_the_pen_is_noticed() {
        let text = invitation().to_text();
        for at in PREFIX.len()..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Invitation::parse(&changed).unwrap_err(), InvitationError::Damaged, "{at}");
            assert_eq!(Invitation::parse(&text[..at]).unwrap_err(), InvitationError::Damaged, "{at}");
        }
        assert_eq!(Invitation::parse(&format!("{}=", *text)).unwrap_err(), InvitationError::Damaged);
        assert_eq!(Invitation::parse(&text.replace("clv1.", "clv2.")).unwrap_err(), InvitationError::Prefix);
        assert_eq!(Invitation::parse("").unwrap_err(), InvitationError::Prefix);
        let long = format!("clv1.{}", "A".repeat(TEXT_BYTES_MAX + 1));
        assert_eq!(Invitation::parse(&long).unwrap_err(), InvitationError::Damaged);
    }

    #[test]
    fn parts_that_are_none_are_refused() {
        let malformed = |change: fn(&mut Body)| {
            let mut body = Body {
                secret: [1; 16].as_slice().into(),
                expires: Timestamp(1),
                inviter: "eu-west-1",
                addresses: vec!["a:1".to_owned()],
                identity: PublicIdentity([7; 32]),
            };
            change(&mut body);
            Invitation::parse(&text_of(&cbor::encode(&body, 0))).err()
        };
        assert_eq!(malformed(|_| {}), None);
        assert_eq!(malformed(|body| body.secret = b"short".as_slice().into()), Some(InvitationError::Malformed));
        assert_eq!(malformed(|body| body.inviter = "nowhere"), Some(InvitationError::Malformed));
        assert_eq!(malformed(|body| body.addresses.clear()), Some(InvitationError::Malformed));
        assert_eq!(malformed(|body| body.addresses = vec!["a".to_owned()]), Some(InvitationError::Malformed));
        assert_eq!(Invitation::parse(&text_of(b"")).unwrap_err(), InvitationError::Malformed);
    }
}
