//! Key material, secret values and other secrets in flight.
//!
//! A region that lacks secret parts makes a key pair for one use, stores its private half sealed, and sends a request with
//! the public half. The sender opens the requested parts only when it makes the message, seals them to that key and signs the
//! message. The receiver seals the parts again under its own keys and erases the private half in the same commit. A response
//! that fits no stored key has no effect.
//!
//! The request lists the parts that the receiver holds, not those that it lacks. So the response is complete for the state
//! that it carries, however much has changed since the request, and the replica of a secret that changes often does not fall
//! behind for ever.
//!
//! This module does not depend on a kind. Its caller passes the registry's entry, which opens and receives the parts.

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

/// A request for secret parts. It is also the outbox row that makes the sender answer it. There is one at a time for each
/// peer and name.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) struct SecretRequest {
    /// The name in the kind's own encoding.
    #[n(0)]
    pub(crate) name: ByteVec,
    /// The receiver's one-time public key. The answer is sealed to it and repeats it.
    #[n(1)]
    pub(crate) public: ReceivePublic,
    /// Names of the parts that the receiver has already.
    #[n(2)]
    pub(crate) held: Vec<ByteVec>,
}

/// The answer to a [`SecretRequest`].
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
    /// The sealed parts. Absent if there is nothing to send.
    #[n(3)]
    pub(crate) sealed: Option<SealedPayload>,
    /// The refusal, if the caller who requested the replica may not have the values.
    #[n(4)]
    pub(crate) refused: Option<String>,
}

/// Requests from the peer all secret parts of the named `K` except `held`, unless the same request is under way.
pub(crate) fn request_secrets<K: Announced>(
    cx: &mut PeerContext<'_, '_>,
    name: &K::Name,
    held: Vec<Vec<u8>>,
) -> Result<(), Error> {
    let name = cbor(name);
    let subject = subject(K::KIND, &name);
    let held: Vec<ByteVec> = held.into_iter().map(ByteVec::from).collect();
    let held_bytes = cbor(&held);
    // In a later session the peer may have lost the request with its store, so the request is sent again.
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

/// Forgets a request to the peer. Its response then has no effect.
pub(crate) fn forget_request<K: Announced>(cx: &mut PeerContext<'_, '_>, name: &K::Name) -> Result<(), Error> {
    Ok(log::delete_receive_key(cx.tx, cx.peer, &subject(K::KIND, &cbor(name)))?)
}

/// The name under which the receiving key is stored.
fn subject(kind: Kind, name: &[u8]) -> Vec<u8> {
    cbor(&(kind, ByteVec::from(name.to_vec())))
}

/// Records that a request is to be answered.
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

/// Answers a request with the present state. The peer's right to it is also checked at this point.
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
    // Sealing adds a fixed number of bytes, and the exact size is checked below. Contents that are far too large are not
    // sealed at all.
    if contents.len() > PAYLOAD_BYTES_MAX {
        refused = Some(TOO_LARGE.to_owned());
    }
    let info = info(cx.here, cx.peer, entry.kind, &request.name, state.as_ref());
    let seal = || seal_for(&request.public, &info, &contents, cx.env.identity, cx.env.random);
    let sealed = match (refused.is_none() && !parts.is_empty()).then(seal) {
        Some(Ok(sealed)) => Some(sealed),
        Some(Err(weak)) => {
            refused = Some(weak.to_string());
            None
        }
        None => None,
    };
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
/// Contents of up to this size fit into a message with every state.
const SMALL_BYTES: usize = PAYLOAD_BYTES_MAX / 2;

impl SecretResponse {
    fn envelope(&self, kind: Kind) -> Envelope {
        Envelope { kind, part: Part::Response, bytes: cbor(self) }
    }
}

/// A response without parts and without a state.
pub(crate) fn nothing(kind: Kind, request: &SecretRequest) -> Payload {
    let SecretRequest { name, public, .. } = request.clone();
    Some(SecretResponse { name, public, state: None, sealed: None, refused: None }.envelope(kind))
}

/// Applies a response.
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

/// Handles a response that could not be applied because a row cannot be read. Reads no row.
pub(crate) fn on_unreadable_response(
    cx: &mut PeerContext<'_, '_>,
    entry: &KindEntry,
    bytes: &[u8],
) -> Result<(), Error> {
    let Ok(response) = minicbor::decode::<SecretResponse>(bytes) else { return Ok(()) };
    // The response is used up, so the receiving key goes. A later state may then send the same request again.
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

/// The associated data of the sealing: the kind, the name, both regions and the whole state that the parts belong to. Both
/// sides compute it alike.
fn info(from: &Region, to: &Region, kind: Kind, name: &ByteVec, state: Option<&ByteVec>) -> Vec<u8> {
    cbor(&("replication", from, to, kind, name, state))
}

/// Encodes each name and each secret after its length (4 bytes, big-endian), in memory that is wiped and never grows.
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
        fn unpack_reverses_pack(parts: Vec<(Vec<u8>, Vec<u8>)>) {
            let parts: SecretParts = parts.into_iter().map(|(n, s)| (n, Zeroizing::new(s))).collect();
            let packed = pack(&parts);
            prop_assert_eq!(packed.len(), packed.capacity());
            prop_assert_eq!(unpack(&packed), (!parts.is_empty()).then_some(parts));
        }

        #[test]
        fn unpack_does_not_panic_on_garbage(bytes: Vec<u8>) {
            unpack(&bytes);
        }
    }
}
