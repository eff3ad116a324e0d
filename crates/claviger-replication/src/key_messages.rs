//! The messages between regions about multi-Region keys.

use claviger_store::tables::key_table::{MaterialMeta, PendingReplica, Rotation};
use claviger_store::tables::lineage_table::{Led, LineageStep, Proof};
use claviger_store::tables::{Epoch, StateDigest, Table};
use claviger_types::{AccountId, Caller, KeyId, KeyOrigin, KeySpec, KeyUsage, MaterialId, Region, Timestamp};
use minicbor::{Decode, Encode};

use crate::change::{Announced, Kind};

/// A key by account and id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct KeyName {
    #[n(0)]
    pub(crate) account: AccountId,
    #[n(1)]
    pub(crate) id: KeyId,
}

impl KeyName {
    /// The key as a thing that has a primary.
    pub(crate) fn led(&self) -> Led<'_> {
        Led::Key(&self.account, &self.id)
    }
}

/// The state that related keys share, as the sender knows it. It names only material that the sender holds, or imported material
/// that it knows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SharedKey {
    #[n(0)]
    pub(crate) name: KeyName,
    #[n(1)]
    pub(crate) spec: KeySpec,
    #[n(2)]
    pub(crate) usage: KeyUsage,
    #[n(3)]
    pub(crate) origin: KeyOrigin,
    #[n(4)]
    pub(crate) rotation: Rotation,
    #[n(5)]
    pub(crate) materials: Vec<MaterialMeta>,
    #[n(6)]
    pub(crate) current: Option<MaterialId>,
    #[n(7)]
    pub(crate) primary: Region,
    #[n(8)]
    pub(crate) replicas: Vec<Region>,
    #[n(9)]
    pub(crate) epoch: Epoch,
    #[n(10)]
    pub(crate) revision: u64,
    /// Set for a replica that has not reported yet: the initial values of its own settings.
    #[n(11)]
    pub(crate) create: Option<PendingReplica>,
    /// Set for the replica that is offered the role of the primary.
    #[n(12)]
    pub(crate) offer: Option<HandoverOffer>,
    /// [`MultiRegion::former`](claviger_store::tables::key_table::MultiRegion::former)
    #[n(13)]
    #[cbor(default)]
    pub(crate) former: Vec<Region>,
    /// How the primary has become it ([`lineage`](crate::lineage)).
    #[n(14)]
    #[cbor(default)]
    pub(crate) lineage: Vec<LineageStep>,
    /// Since when the key exists, as the sender can tell ([`MultiRegion::known_since`](claviger_store::tables::key_table::MultiRegion::known_since)).
    #[n(15)]
    #[cbor(default)]
    pub(crate) known_since: Option<Timestamp>,
}

/// The role of the primary, offered to the receiver.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HandoverOffer {
    /// The caller of `UpdatePrimaryRegion`.
    #[n(0)]
    pub(crate) caller: Caller,
    /// The revision of the state that carries the offer.
    #[n(1)]
    pub(crate) revision: u64,
    /// Requested replicas that do not exist yet. The new primary takes the requests over.
    #[n(2)]
    pub(crate) pending: Vec<PendingReplica>,
    /// The old primary's signature, by which the new one proves to the others that it is the right one.
    #[n(3)]
    pub(crate) proof: Proof,
}

/// The materials that a replica holds, and the newest state that it has applied.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct KeyReport {
    #[n(0)]
    pub(crate) name: KeyName,
    #[n(1)]
    pub(crate) epoch: Epoch,
    #[n(2)]
    pub(crate) revision: u64,
    #[n(3)]
    pub(crate) materials: Vec<MaterialMeta>,
    /// The digest of the replica's state, with these materials.
    #[n(4)]
    pub(crate) digest: Option<StateDigest>,
}

/// The report that a replica does not exist, or no longer exists.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ReplicaDeleted {
    #[n(0)]
    pub(crate) name: KeyName,
    /// The epoch of the primary that receives the report. A later primary requests its own.
    #[n(1)]
    pub(crate) epoch: Epoch,
    /// Replicas that were requested up to this epoch and revision are deleted.
    #[n(2)]
    pub(crate) until_epoch: Epoch,
    #[n(3)]
    pub(crate) until_revision: u64,
    /// How the primary has become it, for one that lost its store. It is filled in when the report is sent.
    #[n(4)]
    #[cbor(default)]
    pub(crate) lineage: Vec<LineageStep>,
}

/// The members of a set that one member knows, for the primary of a new epoch, which may not know them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MemberReport {
    #[n(0)]
    pub(crate) name: KeyName,
    /// The epoch of the new primary.
    #[n(1)]
    pub(crate) epoch: Epoch,
    #[n(2)]
    pub(crate) replicas: Vec<Region>,
    #[n(3)]
    pub(crate) pending: Vec<PendingReplica>,
}

/// The refusal of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct OfferDeclined {
    #[n(0)]
    pub(crate) name: KeyName,
    #[n(1)]
    pub(crate) epoch: Epoch,
    /// [`HandoverOffer::revision`]: the refusal is of the offer in this state, and not of the same offer in a later one.
    #[n(2)]
    pub(crate) revision: u64,
    #[n(3)]
    pub(crate) reason: String,
}

impl Announced for SharedKey {
    const KIND: Kind = Kind::of_table(Table::Key);
    type Name = KeyName;
}

impl Announced for KeyReport {
    const KIND: Kind = Kind::of_notice(0);
    type Name = KeyName;
}

impl Announced for ReplicaDeleted {
    const KIND: Kind = Kind::of_notice(1);
    type Name = ReplicaDeleted;
}

impl Announced for MemberReport {
    const KIND: Kind = Kind::of_notice(2);
    type Name = MemberReport;
}

impl Announced for OfferDeclined {
    const KIND: Kind = Kind::of_notice(3);
    type Name = OfferDeclined;
}
