//! What waits in the outbox, and what a message makes of it.

use claviger_store::tables::Epoch;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::key_table::{MaterialMeta, PendingReplica, Rotation};
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::region_table::TokenKeyRecord;
use claviger_store::tables::secret_table::{Deletion, ReplicaStatus};
use claviger_store::tables::{BoundPrincipal, Tag, encode, log};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{
    AccountId, Caller, KeyId, KeyOrigin, KeySpec, KeyUsage, MaterialId, Region, SecretArn, Timestamp,
};
use minicbor::{Decode, Encode};

use crate::secret_transfer::{SecretRequest, SecretResponse};

/// A row of the outbox. Most only name a thing, whose state is read when the message is made.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) enum Change {
    /// A key's shared properties, from its primary.
    #[n(0)]
    Key(#[n(0)] KeyName),
    /// What a replica holds, to its primary.
    #[n(1)]
    KeyReport(#[n(0)] KeyName),
    /// A replica is gone.
    #[n(2)]
    ReplicaDeleted(#[n(0)] ReplicaDeleted),
    /// MemberReport of a set that its primary may not know.
    #[n(3)]
    MemberReport(#[n(0)] MemberReport),
    /// A replica will not become the primary.
    #[n(4)]
    OfferDeclined(#[n(0)] OfferDeclined),
    /// A secret, from its primary; named by the primary's ARN.
    #[n(5)]
    Secret(#[n(0)] SecretArn),
    /// A replica shall go.
    #[n(6)]
    SecretRemoved(#[n(0)] ReplicaName),
    /// A replica has become a secret of its own.
    #[n(7)]
    SecretDetached(#[n(0)] ReplicaName),
    /// How it went.
    #[n(8)]
    SecretReport(#[n(0)] SecretReport),
    /// A user, role, policy, version of a policy or access key.
    #[n(9)]
    Iam(#[n(0)] IamName),
    /// A session-token key.
    #[n(10)]
    TokenKey(#[n(0)] String),
    /// A one-time public key, and what is wanted under it.
    #[n(11)]
    SecretRequest(#[n(0)] SecretRequest),
    /// What was wanted; opened and sealed when the message is made.
    #[n(12)]
    SecretResponse(#[n(0)] SecretRequest),
    /// Everything shared with the peer, from here on.
    #[n(13)]
    Resync(#[n(0)] Cursor),
    /// The last use here of a role or access key, to the IAM home; named by its unique id.
    #[n(14)]
    LastUse(#[n(0)] String),
}

impl Change {
    /// Puts the change into the outbox for `peer`.
    pub(crate) fn push(&self, tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
        log::push_outbox(tx, peer, &encode(self)?)
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(crate) enum Payload {
    /// The thing is not there any more, or not ours to speak of; the number is used up all the same.
    #[n(0)]
    Nothing,
    #[n(1)]
    Key(#[n(0)] SharedKey),
    #[n(2)]
    KeyReport(#[n(0)] KeyReport),
    #[n(3)]
    ReplicaDeleted(#[n(0)] ReplicaDeleted),
    #[n(4)]
    MemberReport(#[n(0)] MemberReport),
    #[n(5)]
    OfferDeclined(#[n(0)] OfferDeclined),
    #[n(6)]
    Secret(#[n(0)] SharedSecret),
    #[n(7)]
    SecretRemoved(#[n(0)] ReplicaName),
    #[n(8)]
    SecretDetached(#[n(0)] ReplicaName),
    #[n(9)]
    SecretReport(#[n(0)] SecretReport),
    #[n(10)]
    Iam(#[n(0)] IamState),
    #[n(11)]
    TokenKey(#[n(0)] TokenKeyRecord),
    #[n(12)]
    SecretRequest(#[n(0)] SecretRequest),
    #[n(13)]
    SecretResponse(#[n(0)] Box<SecretResponse>),
    #[n(14)]
    LastUse(#[n(0)] LastUseRecord),
}

/// A key by account and id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct KeyName {
    #[n(0)]
    pub(crate) account: AccountId,
    #[n(1)]
    pub(crate) id: KeyId,
}

/// All that related keys share, as the sender knows it; only material that the sender holds is named.
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
    /// For a replica that has not reported yet.
    #[n(11)]
    pub(crate) create: Option<PendingReplica>,
    /// For the replica that shall become the primary.
    #[n(12)]
    pub(crate) offer: Option<HandoverOffer>,
}

/// The role of the primary, offered to the receiver.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HandoverOffer {
    /// Who asked.
    #[n(0)]
    pub(crate) caller: Caller,
    /// The revision at which it was first made.
    #[n(1)]
    pub(crate) revision: u64,
    /// Replicas that the new primary will have to make.
    #[n(2)]
    pub(crate) pending: Vec<PendingReplica>,
}

/// What a replica holds, and the newest state that it has applied.
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
}

/// No such replica here (any more).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ReplicaDeleted {
    #[n(0)]
    pub(crate) name: KeyName,
    /// The epoch of the primary that this is for; a later primary asks again.
    #[n(1)]
    pub(crate) epoch: Epoch,
    /// Replicas asked for up to this epoch and revision are gone.
    #[n(2)]
    pub(crate) until_epoch: Epoch,
    #[n(3)]
    pub(crate) until_revision: u64,
}

/// What a member knows of the set and the primary of a new epoch may not.
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

/// An offer that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct OfferDeclined {
    #[n(0)]
    pub(crate) name: KeyName,
    #[n(1)]
    pub(crate) epoch: Epoch,
    /// [`HandoverOffer::revision`]
    #[n(2)]
    pub(crate) revision: u64,
    #[n(3)]
    pub(crate) reason: String,
}

/// A secret as its primary shares it with one replica: everything but values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SharedSecret {
    /// In the receiver's region.
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
    /// Those with a label.
    #[n(8)]
    pub(crate) versions: Vec<SharedVersion>,
    /// The key in the receiver's region.
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
    /// Who the policy's users and roles were when it was stored; IAM is the same in both regions.
    #[n(15)]
    #[cbor(default)]
    pub(crate) bound: Vec<BoundPrincipal>,
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

/// One replica of a secret, among all that there ever were in a region.
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

/// How far a replica of a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SecretReport {
    #[n(0)]
    pub(crate) replica: ReplicaName,
    /// The revision that the status speaks of.
    #[n(1)]
    pub(crate) revision: u64,
    #[n(2)]
    pub(crate) status: ReplicaStatus,
    #[n(3)]
    pub(crate) message: String,
    /// The day it was last read.
    #[n(4)]
    pub(crate) last_accessed: Option<Timestamp>,
}

/// An IAM entity by kind and name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct IamName {
    #[n(0)]
    pub(crate) kind: IamKind,
    #[n(1)]
    pub(crate) account: AccountId,
    /// The name; of an access key, its id; of a policy's version, the policy's id and the number, `ANPA.../3`.
    #[n(2)]
    pub(crate) name: String,
}

/// What of IAM travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) enum IamKind {
    #[n(0)]
    User,
    #[n(1)]
    Role,
    #[n(2)]
    Policy,
    #[n(3)]
    AccessKey,
    #[n(4)]
    PolicyVersion,
}

/// An IAM entity as the home region has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum IamState {
    #[n(0)]
    User(#[n(0)] UserRecord),
    #[n(1)]
    Role(#[n(0)] RoleRecord),
    #[n(2)]
    Policy(#[n(0)] PolicyRecord),
    /// Without its secret.
    #[n(3)]
    AccessKey(#[n(0)] AccessKeyRecord),
    /// There is none of that name.
    #[n(4)]
    Deleted(#[n(0)] IamName),
    #[n(5)]
    PolicyVersion(#[n(0)] PolicyVersionRecord),
}

/// How far a snapshot for a peer has been written into its outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Cursor {
    /// Which table is being walked.
    #[n(0)]
    pub(crate) stage: u8,
    /// The last row that was looked at.
    #[n(1)]
    pub(crate) after: Option<minicbor::bytes::ByteVec>,
}
