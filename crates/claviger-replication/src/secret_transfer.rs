//! Key material, secret values and other secrets in flight.
//!
//! A region that lacks secret parts makes a key for one use, keeps its private half sealed, and asks with the public half. The
//! sender opens what is asked for only when it makes the message, seals it to that key and signs it; the receiver seals it
//! again under its own keys and erases the private half in the same commit. An answer that fits no kept key is worthless.
//!
//! The request says what is held, not what is lacking: so the answer is complete for the state that it comes with, however
//! much has changed since the question, and a busy secret does not run away from its replica.
//!
//! This module knows no kind: it is handed the registry's entry, which opens and receives the parts.

use claviger_crypto::{ReceiveKey, ReceivePublic, SealedPayload, open_from, seal_for};
use claviger_store::tables::log::{self, ReceiveRecord};
use claviger_types::Region;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::change::{Announced, Envelope, Kind, Part, Payload, cbor};
use crate::context::{Error, PeerContext, Verdict};
use crate::entry::KindEntry;
use crate::frame::PAYLOAD_BYTES_MAX;
use crate::kind::{Contents, SecretParts};

/// A question for secret parts, and so also the note that it is to be answered. One at a time for each peer and name.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) struct SecretRequest {
    /// The kind's own encoding.
    #[n(0)]
    pub(crate) name: ByteVec,
    #[n(1)]
    pub(crate) public: ReceivePublic,
    /// Names of the parts that the asker has already.
    #[n(2)]
    pub(crate) held: Vec<ByteVec>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) struct SecretResponse {
    /// [`SecretRequest::name`]
    #[n(0)]
    pub(crate) name: ByteVec,
    /// [`SecretRequest::public`]
    #[n(1)]
    pub(crate) public: ReceivePublic,
    /// The state that the parts belong to, in the kind's own encoding.
    #[n(2)]
    pub(crate) state: Option<ByteVec>,
    /// Absent if there is nothing to send.
    #[n(3)]
    pub(crate) sealed: Option<SealedPayload>,
    /// Why the one who asked for the replica may not have the values.
    #[n(4)]
    pub(crate) refused: Option<String>,
}

/// Asks the peer for all secret parts of the named `K` but those that are held, unless the same question is on its way.
pub(crate) fn request_secrets<K: Announced>(
    cx: &mut PeerContext<'_, '_>,
    name: &K::Name,
    held: Vec<Vec<u8>>,
) -> Result<(), Error> {
    let name = cbor(name);
    let subject = subject(K::KIND, &name);
    let held: Vec<ByteVec> = held.into_iter().map(ByteVec::from).collect();
    let held_bytes = cbor(&held);
    // In a later session of the peer's the question may be lost with its store, so it is asked again.
    let kept = log::receive_key(cx.tx, cx.peer, &subject)?;
    if kept.is_some_and(|kept| kept.session == cx.session && kept.held == held_bytes) {
        return Ok(());
    }
    let key = ReceiveKey::generate(cx.env.random);
    let public = key.public();
    let sealed = cx.env.keyring.seal(cx.env.random, &[b"receive", &subject], &*key.to_bytes());
    let record = ReceiveRecord { sealed, public: public.as_bytes().to_vec(), session: cx.session, held: held_bytes };
    log::save_receive_key(cx.tx, cx.peer, &subject, &record)?;
    let request = SecretRequest { name: ByteVec::from(name), public, held };
    cx.push(Envelope { kind: K::KIND, part: Part::Request, bytes: cbor(&request) })
}

/// What the receiving key is kept under.
fn subject(kind: Kind, name: &[u8]) -> Vec<u8> {
    cbor(&(kind, ByteVec::from(name.to_vec())))
}

/// Notes that a question is to be answered.
pub(crate) fn on_request(cx: &mut PeerContext<'_, '_>, entry: &KindEntry, bytes: Vec<u8>) -> Result<Verdict, Error> {
    if minicbor::decode::<SecretRequest>(&bytes).is_err() {
        return Ok(Verdict::Garbage);
    }
    if entry.sealed_parts.is_none() {
        return Ok(Verdict::Forbidden);
    }
    cx.push(Envelope { kind: entry.kind, part: Part::Response, bytes })?;
    Ok(Verdict::Applied)
}

/// Answers a question with what there is now. The peer's right to it is checked now, too.
pub(crate) fn answer(
    cx: &mut PeerContext<'_, '_>,
    entry: &KindEntry,
    request: SecretRequest,
) -> Result<Envelope, Error> {
    let held = |name: &[u8]| request.held.iter().any(|held| held.as_slice() == name);
    let Contents { state, parts, mut refused } = match &entry.sealed_parts {
        Some(sealed_parts) => (sealed_parts.open)(cx, &request.name, &held)?,
        None => Contents::of(Vec::new()),
    };
    let state = state.map(ByteVec::from);
    let contents = pack(&parts);
    // The sealing adds what is of fixed length, which is checked below; far larger contents need not be sealed at all.
    if contents.len() > PAYLOAD_BYTES_MAX {
        refused = Some(TOO_LARGE.to_owned());
    }
    let info = info(cx.here, cx.peer, entry.kind, &request.name, state.as_ref());
    let sealed = (refused.is_none() && !parts.is_empty())
        .then(|| seal_for(&request.public, &info, &contents, cx.env.identity, cx.env.random));
    let mut response = SecretResponse { name: request.name, public: request.public, state, sealed, refused };
    let mut envelope = response.envelope(entry.kind);
    if contents.len() > SMALL_BYTES && cbor(&envelope).len() > PAYLOAD_BYTES_MAX {
        response.sealed = None;
        response.refused = Some(TOO_LARGE.to_owned());
        envelope = response.envelope(entry.kind);
    }
    Ok(envelope)
}

/// The status message of a replica whose values do not fit into one message.
const TOO_LARGE: &str = "The values of the secret are too large to be replicated.";
/// Contents up to here always fit, whatever state they come with.
const SMALL_BYTES: usize = PAYLOAD_BYTES_MAX / 2;

impl SecretResponse {
    fn envelope(&self, kind: Kind) -> Envelope {
        Envelope { kind, part: Part::Response, bytes: cbor(self) }
    }
}

/// The answer that there is nothing to send.
pub(crate) fn nothing(kind: Kind, request: &SecretRequest) -> Payload {
    let SecretRequest { name, public, .. } = request.clone();
    Some(SecretResponse { name, public, state: None, sealed: None, refused: None }.envelope(kind))
}

/// Takes an answer in.
pub(crate) fn on_response(cx: &mut PeerContext<'_, '_>, entry: &KindEntry, bytes: &[u8]) -> Result<Verdict, Error> {
    let Ok(response) = minicbor::decode::<SecretResponse>(bytes) else { return Ok(Verdict::Garbage) };
    let Some(sealed_parts) = &entry.sealed_parts else { return Ok(Verdict::Forbidden) };
    let subject = subject(entry.kind, &response.name);
    let Some(kept) = log::receive_key(cx.tx, cx.peer, &subject)? else { return Ok(Verdict::Stale) };
    if kept.public != response.public.as_bytes() {
        return Ok(Verdict::Stale);
    }
    log::delete_receive_key(cx.tx, cx.peer, &subject)?;
    let Some(parts) = open(cx, entry.kind, &kept, &response) else { return Ok(Verdict::Forbidden) };
    let contents = Contents { state: response.state.map(Vec::from), parts, refused: response.refused };
    (sealed_parts.receive)(cx, &response.name, contents)
}

/// Answers a response that could not be taken in because a row cannot be read. Reads nothing.
pub(crate) fn on_unreadable_response(
    cx: &mut PeerContext<'_, '_>,
    entry: &KindEntry,
    bytes: &[u8],
) -> Result<(), Error> {
    let Ok(response) = minicbor::decode::<SecretResponse>(bytes) else { return Ok(()) };
    // The question may be asked anew: its answer is used up.
    log::delete_receive_key(cx.tx, cx.peer, &subject(entry.kind, &response.name))?;
    response.state.map_or(Ok(()), |state| (entry.on_unreadable)(cx, &state))
}

fn open(cx: &PeerContext<'_, '_>, kind: Kind, kept: &ReceiveRecord, response: &SecretResponse) -> Option<SecretParts> {
    let Some(sealed) = &response.sealed else { return Some(Vec::new()) };
    let private = cx.env.keyring.open_sealed(&[b"receive", &subject(kind, &response.name)], &kept.sealed).ok()?;
    let key = ReceiveKey::from_bytes(&private).ok()?;
    let info = info(cx.peer, cx.here, kind, &response.name, response.state.as_ref());
    unpack(&open_from(&key, &info, sealed, cx.identity).ok()?)
}

/// What the contents are, between whom, and the whole state that they belong to: bound into the sealing, and told alike by
/// both sides.
fn info(from: &Region, to: &Region, kind: Kind, name: &ByteVec, state: Option<&ByteVec>) -> Vec<u8> {
    cbor(&("replication", from, to, kind, name, state))
}

/// Each name and each secret after its length (4 bytes, big-endian), all in memory that is wiped and never grows.
fn pack(parts: &SecretParts) -> Zeroizing<Vec<u8>> {
    let len = parts.iter().map(|(name, secret)| 8 + name.len() + secret.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(len));
    for (name, secret) in parts {
        for part in [name, &**secret] {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(part);
        }
    }
    out
}

fn unpack(mut bytes: &[u8]) -> Option<SecretParts> {
    let mut part = || {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        bytes = rest;
        Some((part, rest.is_empty()))
    };
    let mut parts = Vec::new();
    loop {
        let (name, _) = part()?;
        let (secret, last) = part()?;
        parts.push((name.to_vec(), Zeroizing::new(secret.to_vec())));
        if last {
            return Some(parts);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packed_items_come_out_as_they_went_in(parts: Vec<(Vec<u8>, Vec<u8>)>) {
            let parts: SecretParts = parts.into_iter().map(|(n, s)| (n, Zeroizing::new(s))).collect();
            let packed = pack(&parts);
            prop_assert_eq!(packed.len(), packed.capacity());
            prop_assert_eq!(unpack(&packed), (!parts.is_empty()).then_some(parts));
        }

        #[test]
        fn garbage_does_not_unpack_by_panic(bytes: Vec<u8>) {
            unpack(&bytes);
        }
    }
}
