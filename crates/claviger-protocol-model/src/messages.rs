//! The messages of `key_messages.rs` and `secret_transfer.rs`, and the rows of the outbox that they are made of.

use crate::key::{Epoch, Handover, Key, MaterialNumber, Meta, Pending, Region, Regions};

/// `SharedKey`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct SharedKey {
    pub(crate) schedule: u8,
    pub(crate) materials: Vec<Meta>,
    pub(crate) current: Option<MaterialNumber>,
    pub(crate) primary: Region,
    pub(crate) replicas: Regions,
    pub(crate) epoch: Epoch,
    pub(crate) revision: u8,
    pub(crate) create: Option<Pending>,
    pub(crate) offer: Option<HandoverOffer>,
}

/// `HandoverOffer`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct HandoverOffer {
    pub(crate) revision: u8,
    pub(crate) pending: Vec<Pending>,
}

/// `KeyReport`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct KeyReport {
    pub(crate) epoch: Epoch,
    pub(crate) revision: u8,
    pub(crate) materials: Vec<MaterialNumber>,
}

/// `MemberReport`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct MemberReport {
    pub(crate) epoch: Epoch,
    pub(crate) replicas: Regions,
    pub(crate) pending: Vec<Pending>,
}

/// `OfferDeclined`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct OfferDeclined {
    pub(crate) epoch: Epoch,
    pub(crate) revision: u8,
}

/// `ReplicaDeleted`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ReplicaDeleted {
    pub(crate) epoch: Epoch,
    pub(crate) until: (Epoch, u8),
}

/// `SecretRequest`. The one-time public key is a number that no other request on this stream has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Request {
    pub(crate) public: u8,
    pub(crate) held: Vec<MaterialNumber>,
}

/// A row of the outbox. The first two only name the key, whose state is read when the message is made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Row {
    State,
    Report,
    Members(MemberReport),
    Declined(OfferDeclined),
    Deleted(ReplicaDeleted),
    Request(Request),
    Answer(Request),
}

/// The content of a message.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Payload {
    /// The key is gone, or the sender may not announce it.
    Nothing,
    State(SharedKey),
    Report(KeyReport),
    Members(MemberReport),
    Declined(OfferDeclined),
    Deleted(ReplicaDeleted),
    Request(Request),
    /// `SecretResponse`
    Response {
        public: u8,
        state: Option<SharedKey>,
        parts: Vec<MaterialNumber>,
    },
}

impl Payload {
    /// Makes the message of a row, as `outbox::payload` does.
    pub(crate) fn of(row: &Row, key: Option<&Key>, here: Region, peer: Region) -> Payload {
        match row {
            Row::State => {
                let shared = key.and_then(|key| shared_with_member(key, peer));
                shared.filter(|shared| shared.primary == here).map_or(Payload::Nothing, Payload::State)
            }
            Row::Report => key.map_or(Payload::Nothing, |key| {
                let (epoch, revision, materials) = (key.epoch, key.revision, key.material_ids());
                Payload::Report(KeyReport { epoch, revision, materials })
            }),
            Row::Members(report) => Payload::Members(report.clone()),
            Row::Declined(declined) => Payload::Declined(*declined),
            Row::Deleted(deleted) => Payload::Deleted(*deleted),
            Row::Request(request) => Payload::Request(request.clone()),
            Row::Answer(Request { public, held }) => {
                let state = key.and_then(|key| shared_with_member(key, peer));
                let all = state.iter().flat_map(|state| &state.materials).map(|meta| meta.id);
                let parts = all.filter(|id| !held.contains(id)).collect();
                Payload::Response { public: *public, state, parts }
            }
        }
    }

    /// The offer of the primary's role that the message carries.
    pub(crate) fn offer(&self) -> Option<&HandoverOffer> {
        match self {
            Payload::State(state) | Payload::Response { state: Some(state), .. } => state.offer.as_ref(),
            _ => None,
        }
    }
}

/// `key_replication::shared_with_member`
fn shared_with_member(key: &Key, peer: Region) -> Option<SharedKey> {
    let offered: Option<&Handover> = key.handover.as_ref().filter(|handover| handover.to == peer);
    key.members().has(peer).then(|| SharedKey {
        schedule: key.schedule,
        materials: key.materials.clone(),
        current: key.current,
        primary: key.primary,
        replicas: key.replicas,
        epoch: key.epoch,
        revision: key.revision,
        create: key.pending.iter().find(|pending| pending.region == peer).copied(),
        offer: offered.map(|_| HandoverOffer { revision: key.revision, pending: key.pending.clone() }),
    })
}
