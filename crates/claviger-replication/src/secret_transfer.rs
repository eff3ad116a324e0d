//! Key material, secret values and other secrets in flight.
//!
//! Whoever lacks something makes a key for one use, keeps its private half sealed, and asks with the public half. The sender
//! opens what is asked for only when it makes the message, seals it to that key and signs it; the receiver seals it again
//! under its own keys and erases the private half in the same commit. An answer that fits no kept key is worthless.
//!
//! The request says what is held, not what is lacking: so the answer is complete for the state that it comes with, however
//! much has changed since the question, and a busy secret does not run away from its replica.

use claviger_crypto::{ReceiveKey, ReceivePublic, SealedPayload, open_from, seal_for};
use claviger_store::tables::iam_table;
use claviger_store::tables::log::{self, ReceiveRecord};
use claviger_store::tables::region_table;
use claviger_types::{Region, SecretArn};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::change::{Change, KeyName, Payload, SharedKey, SharedSecret};
use crate::engine::{Error, PeerContext, Verdict};
use crate::frame::{PAYLOAD_BYTES_MAX, cbor};
use crate::{iam_replication, key_apply, key_replication, secret_apply, secret_replication};

/// What a request is about: one at a time for each peer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum SecretSubject {
    /// Material, by id.
    #[n(0)]
    Key(#[n(0)] KeyName),
    /// Values, by version id; named by the primary's ARN.
    #[n(1)]
    Secret(#[n(0)] SecretArn),
    /// An access key's secret.
    #[n(2)]
    AccessKey(#[n(0)] String),
    /// A session-token key.
    #[n(3)]
    TokenKey(#[n(0)] String),
}

/// A question for secrets, and so also the note that it is to be answered.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) struct SecretRequest {
    #[n(0)]
    pub(crate) subject: SecretSubject,
    #[n(1)]
    pub(crate) public: ReceivePublic,
    /// Names of what the asker has already.
    #[n(2)]
    pub(crate) held: Vec<ByteVec>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) struct SecretResponse {
    #[n(0)]
    pub(crate) subject: SecretSubject,
    #[n(1)]
    pub(crate) public: ReceivePublic,
    #[n(2)]
    pub(crate) state: ResponseState,
    /// Absent if there is nothing to send.
    #[n(3)]
    pub(crate) sealed: Option<SealedPayload>,
    /// Why the one who asked for the replica may not have the values.
    #[n(4)]
    pub(crate) refused: Option<String>,
}

/// The state that the contents belong to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum ResponseState {
    #[n(0)]
    Nothing,
    #[n(1)]
    Key(#[n(0)] SharedKey),
    #[n(2)]
    Secret(#[n(0)] SharedSecret),
}

/// Names and bytes of secrets, in the clear for the length of one step.
pub(crate) type SecretParts = Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>;

/// Asks the peer for all of `subject` but what is held, unless the same question is on its way.
pub(crate) fn request_secrets(
    cx: &mut PeerContext<'_, '_>,
    subject: SecretSubject,
    held: Vec<Vec<u8>>,
) -> Result<(), Error> {
    let name = cbor(&subject);
    let held: Vec<ByteVec> = held.into_iter().map(ByteVec::from).collect();
    let held_bytes = cbor(&held);
    // In a later session of the peer's the question may be lost with its store, so it is asked again.
    let kept = log::receive_key(cx.tx, cx.peer, &name)?;
    if kept.is_some_and(|kept| kept.session == cx.session && kept.held == held_bytes) {
        return Ok(());
    }
    let key = ReceiveKey::generate(cx.env.random);
    let public = key.public();
    let sealed = cx.env.keyring.seal(cx.env.random, &[b"receive", &name], &*key.to_bytes());
    let record = ReceiveRecord { sealed, public: public.as_bytes().to_vec(), session: cx.session, held: held_bytes };
    log::save_receive_key(cx.tx, cx.peer, &name, &record)?;
    cx.push(&Change::SecretRequest(SecretRequest { subject, public, held }))
}

/// Notes that a question is to be answered.
pub(crate) fn on_request(cx: &mut PeerContext<'_, '_>, request: SecretRequest) -> Result<Verdict, Error> {
    cx.push(&Change::SecretResponse(request))?;
    Ok(Verdict::Applied)
}

/// Answers a question with what there is now. The peer's right to it is checked now, too.
pub(crate) fn outgoing(cx: &mut PeerContext<'_, '_>, request: SecretRequest) -> Result<SecretResponse, Error> {
    let held = |name: &[u8]| request.held.iter().any(|held| held.as_slice() == name);
    let mut refused = None;
    let (state, parts) = match &request.subject {
        SecretSubject::Key(name) => match key_replication::shared_with_member(cx, name)? {
            Some((record, shared)) => {
                let parts = key_replication::open_materials(cx, &record, &held)?;
                (ResponseState::Key(shared), parts)
            }
            None => (ResponseState::Nothing, Vec::new()),
        },
        SecretSubject::Secret(arn) => match secret_replication::shared(cx, arn)? {
            Some((record, shared)) => {
                let parts = secret_replication::open_values(cx, &record, &shared, &held).unwrap_or_else(|reason| {
                    refused = Some(reason);
                    Vec::new()
                });
                (ResponseState::Secret(shared), parts)
            }
            None => (ResponseState::Nothing, Vec::new()),
        },
        SecretSubject::AccessKey(id) => (ResponseState::Nothing, open_access_key(cx, id)?),
        SecretSubject::TokenKey(id) => (ResponseState::Nothing, open_token_key(cx, id)?),
    };
    let contents = pack(&parts);
    // The sealing adds what is of fixed length, which is checked below; far larger contents need not be sealed at all.
    if contents.len() > PAYLOAD_BYTES_MAX {
        refused = Some(TOO_LARGE.to_owned());
    }
    let info = info(cx.here, cx.peer, &request.subject, &state);
    let sealed = (refused.is_none() && !parts.is_empty())
        .then(|| seal_for(&request.public, &info, &contents, cx.env.identity, cx.env.random));
    let mut response = SecretResponse { subject: request.subject, public: request.public, state, sealed, refused };
    if contents.len() > SMALL_BYTES && encoded_len(&response) > PAYLOAD_BYTES_MAX {
        response.sealed = None;
        response.refused = Some(TOO_LARGE.to_owned());
    }
    Ok(response)
}

/// The status message of a replica whose values do not fit into one message.
const TOO_LARGE: &str = "The values of the secret are too large to be replicated.";
/// Contents up to here always fit, whatever state they come with.
const SMALL_BYTES: usize = PAYLOAD_BYTES_MAX / 2;

/// Of the payload as a whole, so that what passes here is sent.
fn encoded_len(response: &SecretResponse) -> usize {
    cbor(&Payload::SecretResponse(Box::new(response.clone()))).len()
}

/// The answer that there is nothing to send.
pub(crate) fn nothing(request: &SecretRequest) -> Payload {
    let SecretRequest { subject, public, .. } = request.clone();
    Payload::SecretResponse(Box::new(SecretResponse {
        subject,
        public,
        state: ResponseState::Nothing,
        sealed: None,
        refused: None,
    }))
}

/// Takes an answer in.
pub(crate) fn on_response(cx: &mut PeerContext<'_, '_>, response: SecretResponse) -> Result<Verdict, Error> {
    let name = cbor(&response.subject);
    let Some(kept) = log::receive_key(cx.tx, cx.peer, &name)? else { return Ok(Verdict::Stale) };
    if kept.public != response.public.as_bytes() {
        return Ok(Verdict::Stale);
    }
    log::delete_receive_key(cx.tx, cx.peer, &name)?;
    let Some(parts) = open(cx, &name, &kept, &response) else { return Ok(Verdict::Forbidden) };
    match (response.subject, response.state) {
        (SecretSubject::Key(name), ResponseState::Key(shared)) if shared.name == name => {
            key_apply::receive(cx, shared, parts)
        }
        (SecretSubject::Secret(arn), ResponseState::Secret(shared)) if shared.arn.in_region(cx.peer) == arn => {
            secret_apply::receive(cx, shared, parts, response.refused)
        }
        (SecretSubject::AccessKey(id), ResponseState::Nothing) => iam_replication::receive_access_key(cx, &id, parts),
        (SecretSubject::TokenKey(id), ResponseState::Nothing) => iam_replication::receive_token_key(cx, &id, parts),
        (_, ResponseState::Nothing) => Ok(Verdict::Stale),
        _ => Ok(Verdict::Forbidden),
    }
}

fn open(cx: &PeerContext<'_, '_>, name: &[u8], kept: &ReceiveRecord, response: &SecretResponse) -> Option<SecretParts> {
    let Some(sealed) = &response.sealed else { return Some(Vec::new()) };
    let private = cx.env.keyring.open_sealed(&[b"receive", name], &kept.sealed).ok()?;
    let key = ReceiveKey::from_bytes(&private).ok()?;
    let info = info(cx.peer, cx.here, &response.subject, &response.state);
    unpack(&open_from(&key, &info, sealed, cx.identity).ok()?)
}

fn open_access_key(cx: &PeerContext<'_, '_>, id: &str) -> Result<SecretParts, Error> {
    let record = iam_table::access_key(cx.tx, id)?.filter(|r| cx.here == cx.iam_home && !r.secret.is_empty());
    let opened = record.and_then(|r| cx.env.keyring.open_sealed(&[b"access-key", id.as_bytes()], &r.secret).ok());
    Ok(opened.into_iter().map(|secret| (id.as_bytes().to_vec(), secret)).collect())
}

fn open_token_key(cx: &PeerContext<'_, '_>, id: &str) -> Result<SecretParts, Error> {
    let record = region_table::token_key(cx.tx, id)?.filter(|r| r.region == *cx.here);
    let opened = record.and_then(|r| cx.env.keyring.open_sealed(&[b"token-key", id.as_bytes()], &r.sealed).ok());
    Ok(opened.into_iter().map(|key| (id.as_bytes().to_vec(), key)).collect())
}

/// What the contents are and between whom: bound into the sealing, and told alike by both sides.
fn info(from: &Region, to: &Region, subject: &SecretSubject, state: &ResponseState) -> Vec<u8> {
    let epoch = match state {
        ResponseState::Nothing => None,
        ResponseState::Key(shared) => Some(&shared.epoch),
        ResponseState::Secret(shared) => Some(&shared.epoch),
    };
    cbor(&("replication", from, to, subject, epoch))
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
