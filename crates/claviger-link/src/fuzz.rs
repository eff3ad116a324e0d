//! The fuzz targets of this crate: the bytes of a connection inside TLS, and the text of an invitation.

use crate::chunk::{Assembler, ChunkError, Kind, Limits, Message, write_chunk};
use crate::enrolment::{EnrolRequest, decode_answer, encode_answer};
use crate::forward;
use crate::hello::{Hello, LinkVersion};
use crate::http_codec;
use crate::invitation::Invitation;

const LIMITS: Limits = Limits { frame: 40_000, exchange: 20_000 };

/// Reads the input as the bytes of a connection, and each message as what its kind says.
///
/// # Panics
///
/// If the pieces in which the bytes arrive make a difference, a message is over its limit, or a value that was read does not
/// survive an encoding and a second decoding.
pub fn link_messages(data: &[u8]) {
    let at_once = read(data, data.len().max(1));
    assert!(at_once == read(data, 7), "the pieces matter");
    let (messages, _) = at_once;
    let written: Vec<u8> = messages.iter().flat_map(write).collect();
    assert!(read(&written, 1000) == (messages, None), "messages change as they are written");
    // The assembler takes a message of random bytes for a frame. So each decoder also gets the input itself.
    let whole = [Kind::Hello, Kind::Request, Kind::Answer, Kind::Enrol, Kind::Enrolled];
    whole.into_iter().for_each(|kind| decode(kind, data));
}

/// The messages, and the error that ended the reading.
fn read(data: &[u8], piece: usize) -> (Vec<Message>, Option<ChunkError>) {
    let (mut assembler, mut messages) = (Assembler::new(LIMITS), Vec::new());
    for mut piece in data.chunks(piece) {
        loop {
            match assembler.feed(&mut piece) {
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
                Ok(Some(message)) => {
                    assert!(message.bytes.len() <= LIMITS.of(message.kind.lane()), "a message is too long");
                    decode(message.kind, &message.bytes);
                    messages.push(message);
                }
            }
        }
    }
    (messages, None)
}

fn write(message: &Message) -> Vec<u8> {
    let (mut out, mut sent) = (Vec::new(), 0);
    loop {
        sent = write_chunk(&mut out, message.kind, &message.bytes, sent);
        if sent >= message.bytes.len() {
            return out;
        }
    }
}

fn decode(kind: Kind, bytes: &[u8]) {
    match kind {
        Kind::Hello => {
            if let Ok(hello) = Hello::decode(bytes, LinkVersion::CURRENT) {
                assert_eq!(Hello::decode(&hello.encode(), LinkVersion::CURRENT), Ok(hello), "a hello changes");
            }
        }
        Kind::Request => {
            if let Some((_, request)) = forward::read_request(bytes) {
                let encoded = http_codec::encode_request(&request);
                let again = http_codec::decode_request(&encoded).map(|again| http_codec::encode_request(&again));
                assert_eq!(again, Ok(encoded), "a request changes");
            }
        }
        Kind::Answer => {
            if let Some((id, answer)) = forward::read_answer(bytes) {
                let encoded = forward::answer(id, &answer);
                let again = forward::read_answer(&encoded).map(|(id, again)| forward::answer(id, &again));
                assert_eq!(again, Some(encoded), "an answer changes");
            }
        }
        Kind::Enrol => {
            if let Ok(request) = EnrolRequest::decode(bytes) {
                assert_eq!(EnrolRequest::decode(&request.encode()), Ok(request), "a request to enrol changes");
            }
        }
        Kind::Enrolled => {
            if let Some(answer) = decode_answer(bytes) {
                assert_eq!(decode_answer(&encode_answer(answer.clone())), Some(answer), "an answer changes");
            }
        }
        Kind::Close | Kind::Ping | Kind::Pong | Kind::Frame => {}
    }
}

/// Reads the input as the text of an invitation, and as the CBOR in one, which no text of random edits reaches behind its checksum.
///
/// # Panics
///
/// If an invitation that was read does not survive being written and read again.
pub fn invitation(data: &[u8]) {
    let from_text = std::str::from_utf8(data).ok().and_then(|text| Invitation::parse(text).ok());
    for invitation in from_text.into_iter().chain(Invitation::read(data)) {
        let again = Invitation::parse(&invitation.to_text());
        let is_same = again.is_ok_and(|again| {
            (again.inviter, again.identity, again.addresses, again.expires)
                == (invitation.inviter, invitation.identity, invitation.addresses, invitation.expires)
                && again.secret.expose() == invitation.secret.expose()
        });
        assert!(is_same, "an invitation changes");
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    #[test]
    fn messages_of_the_link() {
        super::seeds::check("link_messages", Vec::new(), 4000, super::link_messages);
    }

    #[test]
    fn invitations() {
        super::seeds::check("invitation", Vec::new(), 4000, super::invitation);
    }
}
