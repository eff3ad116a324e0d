//! The messages between regions: addressed, signed, with numbered changes.

use std::sync::Arc;

use claviger_crypto::{Identity, PublicIdentity};
use claviger_store::tables::log::{AckedRecord, InboxRecord};
use claviger_store::tables::run_table::SignedPoint;
use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::backlog::Backlog;
use crate::change::{Payload, cbor};

/// The most bytes of a message. The largest is a secret's: twenty labelled versions of 64 KiB, and its policy.
pub const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The most bytes of a payload, so that the message around it stays within its own limit.
pub(crate) const PAYLOAD_BYTES_MAX: usize = MESSAGE_BYTES_MAX - 1024;

/// The most frames of a message, and the most bytes of the payloads of more than one. One signature is made and verified for all of them:
/// with many changes that is much of the work.
pub(crate) const FRAMES_MAX: usize = 64;
const FRAMES_BYTES: usize = 256 * 1024;

/// The version of the message format. It is raised when a region of the previous release could misread a message.
const VERSION: u64 = 1;

const DOMAIN: &str = "replication message";

/// A message from one region to another. The receiver trusts no part of it, and does not parse its body, before it has
/// checked the signature against the sender's pinned identity.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Message {
    /// The first field, so that it can be read whatever the format of the rest.
    #[n(0)]
    version: u64,
    /// The sender that the message names.
    #[n(1)]
    pub from: Region,
    /// The region that the message is for.
    #[n(2)]
    pub to: Region,
    #[cbor(n(3), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[cbor(n(4), with = "minicbor::bytes")]
    signature: [u8; 64],
}

/// Bytes that are not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// More than [`MESSAGE_BYTES_MAX`].
    #[error("the message is too large")]
    TooLarge,
    /// A message of a release with another format.
    #[error("the message is of version {0}, and this release reads version {VERSION}")]
    Version(u64),
    /// Not the encoding of a message.
    #[error("the message cannot be read")]
    Garbage,
}

impl Message {
    /// The message as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor(self)
    }

    /// Decodes a message. The engine checks the signature later.
    ///
    /// # Errors
    ///
    /// [`MessageError`] if there are too many bytes, or if they have another version or form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Message, MessageError> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(MessageError::TooLarge);
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let version = decoder.array().and_then(|_| decoder.u64()).map_err(|_| MessageError::Garbage)?;
        if version != VERSION {
            return Err(MessageError::Version(version));
        }
        minicbor::decode(bytes).map_err(|_| MessageError::Garbage)
    }

    /// Writes and signs a message with these frames, in their order.
    pub(crate) fn signed(from: &Region, to: &Region, frames: &[Frame], identity: &Identity) -> Message {
        let body = cbor(&frames);
        let signature = identity.sign(DOMAIN, &to_sign(from, to, &body));
        Message { version: VERSION, from: from.clone(), to: to.clone(), body, signature }
    }

    /// Whether the holder of `identity` wrote this message with this sender and receiver.
    pub(crate) fn is_from(&self, identity: &PublicIdentity) -> bool {
        identity.verify(DOMAIN, &to_sign(&self.from, &self.to, &self.body), &self.signature)
    }

    /// The frames in the message, in the order in which they are handled. `None` if they do not decode, or are too many.
    pub(crate) fn frames(&self) -> Option<Vec<Frame>> {
        let mut decoder = minicbor::Decoder::new(&self.body);
        let count = decoder.array().ok()??;
        if count > FRAMES_MAX as u64 {
            return None;
        }
        (0..count).map(|_| decoder.decode().ok()).collect()
    }
}

#[cfg(test)]
impl Message {
    /// A message with one frame.
    pub(crate) fn of(from: &Region, to: &Region, frame: &Frame, identity: &Identity) -> Message {
        Message::signed(from, to, std::slice::from_ref(frame), identity)
    }

    /// The frame of a message that has only this one.
    pub(crate) fn frame(&self) -> Option<Frame> {
        let mut frames = self.frames()?;
        assert_eq!(frames.len(), 1);
        frames.pop()
    }
}

fn to_sign(from: &Region, to: &Region, body: &[u8]) -> Vec<u8> {
    cbor(&(VERSION, from, to, minicbor::bytes::ByteVec::from(body.to_vec())))
}

/// One part of the body of a message. `session` is always that of the stream to which the frame belongs: the sender's own session in
/// `Hello`, `Data` and `Status`, and the session of the receiver of the frame in `Welcome` and `Ack`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Frame {
    /// A sender begins a session.
    #[n(0)]
    Hello {
        #[n(0)]
        session: u64,
        /// How far the sender has applied the receiver's changes: by their session and sequence number. If that is less than the receiver
        /// knows to be acknowledged, the sender's store was restored from an older copy.
        #[n(1)]
        applied: AckedRecord,
    },
    /// The receiver's answer.
    #[n(1)]
    Welcome {
        #[n(0)]
        session: u64,
        /// How far it has applied changes of the sender: the last session of which it has applied any, or zero, and the last sequence number in
        /// it. If that is less than it had acknowledged, its store was restored from an older copy.
        #[n(1)]
        known: AckedRecord,
        /// The furthest point of the store of this frame's receiver that a change has told of.
        #[n(2)]
        seen: Option<SignedPoint>,
    },
    /// One change.
    #[n(2)]
    Data {
        #[n(0)]
        session: u64,
        /// 1, 2, 3, ...
        #[n(1)]
        sequence: u64,
        /// Raised with each sending, also of the same change. The answer repeats it.
        #[n(2)]
        sending: u64,
        #[n(3)]
        payload: Bytes,
        /// The point of the sender's store.
        #[n(4)]
        point: Option<SignedPoint>,
        /// Whether nothing that the sender's store had at that point waits behind this change.
        #[n(5)]
        whole: bool,
    },
    /// All changes up to `applied` are durable at the receiver.
    #[n(3)]
    Ack {
        #[n(0)]
        session: u64,
        #[n(1)]
        applied: u64,
        /// The `sending` of the message that this answers.
        #[n(2)]
        sending: u64,
        /// That message was ahead of the next one to apply.
        #[n(3)]
        gap: bool,
    },
    /// What the sender has for the receiver of this frame. It is sent about once a second, may be lost, and is not answered.
    #[n(4)]
    Status {
        #[n(0)]
        session: u64,
        /// Raised with each status of the session. An earlier one that comes late has no effect.
        #[n(1)]
        number: u64,
        #[n(2)]
        backlog: Backlog,
        /// The last snapshot of the session, as two numbers of changes: those behind the first one, up to the second one, announce everything
        /// that the sender shares with the receiver.
        #[n(3)]
        snapshot: Option<(u64, u64)>,
    },
}

/// Parts frames, in their order, into those of one message each, with at most `count_max` frames.
pub(crate) fn by_message(frames: Vec<Frame>, count_max: usize) -> Vec<Vec<Frame>> {
    let mut messages: Vec<Vec<Frame>> = Vec::new();
    let mut bytes = 0;
    for frame in frames {
        let more = frame.payload_bytes();
        match messages.last_mut().filter(|last| last.len() < count_max && bytes + more <= FRAMES_BYTES) {
            Some(last) => {
                bytes += more;
                last.push(frame);
            }
            None => {
                bytes = more;
                messages.push(vec![frame]);
            }
        }
    }
    messages
}

impl Frame {
    fn payload_bytes(&self) -> usize {
        match self {
            Frame::Data { payload, .. } => payload.0.len(),
            _ => 0,
        }
    }

    /// Whether the receiver of this frame needs an earlier one of the same sender no longer: both are acknowledgements of one session.
    pub(crate) fn supersedes(&self, before: &Frame) -> bool {
        match (self, before) {
            (Frame::Ack { session, gap, .. }, Frame::Ack { session: other, gap: before, .. }) => {
                session == other && gap == before
            }
            _ => false,
        }
    }

    /// The frame with the point of the sender's store, where nothing waits behind the change with the sequence number `last`.
    pub(crate) fn at(self, now: Option<SignedPoint>, last: Option<u64>) -> Frame {
        match self {
            Frame::Data { session, sequence, sending, payload, .. } => {
                Frame::Data { session, sequence, sending, payload, point: now, whole: last == Some(sequence) }
            }
            other => other,
        }
    }

    /// The frame with how far the sender has applied the receiver's changes, if it begins a session.
    pub(crate) fn with_applied(self, inbox: &InboxRecord) -> Frame {
        match self {
            Frame::Hello { session, .. } => {
                Frame::Hello { session, applied: AckedRecord { session: inbox.session, applied: inbox.applied } }
            }
            other => other,
        }
    }
}

/// An encoded [`Payload`], kept as bytes until the frame is known to be the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Arc<[u8]>);

impl Bytes {
    pub(crate) fn of(payload: &Payload) -> Bytes {
        Bytes(cbor(payload).into())
    }

    pub(crate) fn read(&self) -> Option<Payload> {
        minicbor::decode(&self.0).ok()
    }
}

impl<C> Encode<C> for Bytes {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Bytes {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Bytes, minicbor::decode::Error> {
        Ok(Bytes(d.bytes()?.into()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use claviger_types::SeededRandom;

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    fn message(identity: &Identity) -> Message {
        let payload = Bytes::of(&None);
        let frame = Frame::Data { session: 7, sequence: 1, sending: 2, payload, point: None, whole: false };
        Message::signed(&region("eu-west-1"), &region("us-east-1"), &[frame], identity)
    }

    #[test]
    fn a_signature_covers_sender_and_receiver() {
        let identity = Identity::generate(&SeededRandom::new(1));
        let message = Message::from_bytes(&message(&identity).to_bytes()).unwrap();
        assert!(message.is_from(&identity.public()));
        let frames = message.frames().unwrap();
        assert!(matches!(&frames[..], [Frame::Data { session: 7, payload, .. }] if payload.read().is_some()));
        assert!(!message.is_from(&Identity::generate(&SeededRandom::new(2)).public()));
        assert!(!Message { to: region("us-east-2"), ..message.clone() }.is_from(&identity.public()));
        assert!(!Message { from: region("us-east-2"), ..message.clone() }.is_from(&identity.public()));
    }

    #[test]
    fn a_flipped_bit_invalidates_the_message() {
        let identity = Identity::generate(&SeededRandom::new(1));
        let bytes = message(&identity).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let read = Message::from_bytes(&altered);
            assert!(read.is_err() || !read.unwrap().is_from(&identity.public()), "bit {bit}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        let identity = Identity::generate(&SeededRandom::new(1));
        let later = Message { version: VERSION + 1, ..message(&identity) };
        assert_eq!(Message::from_bytes(&later.to_bytes()), Err(MessageError::Version(VERSION + 1)));
        assert_eq!(Message::from_bytes(&cbor(&(VERSION + 1, "another form"))), Err(MessageError::Version(VERSION + 1)));
        assert_eq!(Message::from_bytes(&cbor(&(VERSION, "another form"))), Err(MessageError::Garbage));
    }

    #[test]
    fn a_message_over_the_limit_is_refused() {
        assert_eq!(Message::from_bytes(&vec![0; MESSAGE_BYTES_MAX + 1]), Err(MessageError::TooLarge));
    }

    #[test]
    fn frames_are_parted_by_number_and_by_bytes() {
        let data = |bytes: usize| {
            let payload = Bytes(vec![0; bytes].into());
            Frame::Data { session: 7, sequence: 1, sending: 2, payload, point: None, whole: false }
        };
        let sizes = |payloads: &[usize], max: usize| -> Vec<usize> {
            let frames = payloads.iter().map(|bytes| data(*bytes)).collect();
            by_message(frames, max).iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(&[], 3), [0; 0]);
        assert_eq!(sizes(&[1; 7], 3), [3, 3, 1]);
        assert_eq!(sizes(&[FRAMES_BYTES, 0, 1, FRAMES_BYTES + 1, 1], 3), [2, 1, 1, 1]);
        let largest = data(PAYLOAD_BYTES_MAX);
        let identity = Identity::generate(&SeededRandom::new(1));
        let message = Message::signed(&region("eu-west-1"), &region("us-east-1"), &[largest], &identity);
        assert!(Message::from_bytes(&message.to_bytes()).is_ok());
    }

    #[test]
    fn a_message_with_too_many_frames_has_none() {
        let of = |count: usize| {
            let frames = vec![Frame::Hello { session: 1, applied: AckedRecord::default() }; count];
            let identity = Identity::generate(&SeededRandom::new(1));
            Message::signed(&region("eu-west-1"), &region("us-east-1"), &frames, &identity).frames()
        };
        assert_eq!(of(FRAMES_MAX).unwrap().len(), FRAMES_MAX);
        assert_eq!(of(FRAMES_MAX + 1), None);
    }

    proptest! {
        #[test]
        fn garbage_is_refused(bytes: Vec<u8>) {
            prop_assert!(Message::from_bytes(&bytes).is_err());
            prop_assert!(Bytes(bytes.into()).read().is_none_or(|payload| payload.is_none()));
        }
    }
}
