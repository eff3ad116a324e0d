//! The messages between regions about replicated secrets.

use claviger_store::tables::lineage_table::LineageStep;
use claviger_store::tables::rotation_table::SecretRotation;
use claviger_store::tables::secret_table::{Deletion, ReplicaStatus, Succession};
use claviger_store::tables::{BoundPrincipal, Epoch, StateDigest, Table, Tag};
use claviger_types::{Caller, SecretArn, Timestamp};
use minicbor::{Decode, Encode};

use crate::change::{Announced, Kind};

/// The state of a secret that its primary sends to one replica: everything but values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SharedSecret {
    /// The ARN in the receiver's region.
    #[n(0)]
    pub(crate) arn: SecretArn,
    #[n(1)]
    pub(crate) created: Timestamp,
    #[n(2)]
    pub(crate) description: Option<String>,
    #[n(3)]
    pub(crate) tags: Option<Vec<Tag>>,
    #[n(4)]
    pub(crate) policy: Option<String>,
    #[n(5)]
    pub(crate) kind: Option<String>,
    #[n(6)]
    pub(crate) last_changed: Timestamp,
    #[n(7)]
    pub(crate) deletion: Option<Deletion>,
    /// The versions that have a label.
    #[n(8)]
    pub(crate) versions: Vec<SharedVersion>,
    /// The KMS key in the receiver's region.
    #[n(9)]
    pub(crate) kms_key_id: Option<String>,
    #[n(10)]
    pub(crate) force_overwrite: bool,
    #[n(11)]
    pub(crate) caller: Caller,
    #[n(12)]
    pub(crate) epoch: Epoch,
    #[n(13)]
    pub(crate) revision: u64,
    #[n(14)]
    pub(crate) generation: u64,
    /// The ids of the users and roles in the policy when it was stored. IAM is the same in both regions.
    #[n(15)]
    #[cbor(default)]
    pub(crate) bound: Vec<BoundPrincipal>,
    #[n(16)]
    pub(crate) rotation: Option<SecretRotation>,
    /// What the receiver needs if the primary is lost.
    #[n(17)]
    pub(crate) succession: Option<Succession>,
    /// [`Replication::first_epoch`](claviger_store::tables::secret_table::Replication::first_epoch)
    #[n(18)]
    pub(crate) first_epoch: Option<Epoch>,
    /// How the primary has become it ([`lineage`](crate::lineage)).
    #[n(19)]
    #[cbor(default)]
    pub(crate) lineage: Vec<LineageStep>,
}

/// A labelled version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SharedVersion {
    #[n(0)]
    pub(crate) id: String,
    #[n(1)]
    pub(crate) stages: Vec<String>,
    #[n(2)]
    pub(crate) created: Timestamp,
    #[n(3)]
    pub(crate) has_value: bool,
}

/// One replica of a secret, distinct from all earlier ones in the same region.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ReplicaName {
    /// The primary's ARN.
    #[n(0)]
    pub(crate) primary: SecretArn,
    #[n(1)]
    pub(crate) epoch: Epoch,
    #[n(2)]
    pub(crate) generation: u64,
}

/// The status of a secret's replica.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SecretReport {
    #[n(0)]
    pub(crate) replica: ReplicaName,
    /// The revision that the status is for.
    #[n(1)]
    pub(crate) revision: u64,
    #[n(2)]
    pub(crate) status: ReplicaStatus,
    #[n(3)]
    pub(crate) message: String,
    /// The day it was last read.
    #[n(4)]
    pub(crate) last_accessed: Option<Timestamp>,
    /// The digest of the replica's state, if it has applied the revision.
    #[n(5)]
    pub(crate) digest: Option<StateDigest>,
}

/// The primary's order to remove a replica.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct SecretRemoved(#[n(0)] pub(crate) ReplicaName);

/// The report that a replica has become an independent secret, from the replica's region.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct SecretDetached(#[n(0)] pub(crate) ReplicaName);

/// The name of a secret is the primary's ARN.
impl Announced for SharedSecret {
    const KIND: Kind = Kind::of_table(Table::Secret);
    type Name = SecretArn;
}

impl Announced for SecretRemoved {
    const KIND: Kind = Kind::of_notice(4);
    type Name = SecretRemoved;
}

impl Announced for SecretDetached {
    const KIND: Kind = Kind::of_notice(5);
    type Name = SecretDetached;
}

impl Announced for SecretReport {
    const KIND: Kind = Kind::of_notice(6);
    type Name = SecretReport;
}
