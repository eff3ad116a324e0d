//! Secrets, their versions and their values.

use claviger_types::{AccountId, Caller, KeyArn, Region, SecretArn, Timestamp};
use minicbor::{Decode, Encode};

use super::index::{due, due_prefix};
use super::lineage_table::{Led, delete_lineage};
use super::rotation_table::{self, SecretRotation};
use super::{
    BoundPrincipal, Epoch, IndexRow, Indexed, PolicyText, Record, ReportedState, Table, Tag, account_part, decode,
    delete, fetch, fetch_shared, group, list, list_keeps, list_shared, put, row, save,
};
use crate::{Error, Key, Shared, Tx};

/// A secret as one region knows it: everything but its values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretRecord {
    /// Region, account, name and suffix.
    #[n(0)]
    pub arn: SecretArn,
    /// When it was made; a replica has the primary's date.
    #[n(1)]
    pub created: Timestamp,
    /// Never empty.
    #[n(2)]
    pub description: Option<String>,
    /// The key as the caller named it (id, ARN or alias); absent for the default key.
    #[n(3)]
    pub kms_key_id: Option<String>,
    /// Absent until the first tag; then possibly empty.
    #[n(4)]
    pub tags: Option<Vec<Tag>>,
    /// The resource policy as it was given.
    #[n(5)]
    pub policy: Option<PolicyText>,
    /// The type of a managed external secret, stored and echoed.
    #[n(6)]
    pub kind: Option<String>,
    /// Changes with the value, the description and the labels.
    #[n(7)]
    pub last_changed: Timestamp,
    /// The day of the last GetSecretValue.
    #[n(8)]
    pub last_accessed: Option<Timestamp>,
    /// Present while scheduled for deletion.
    #[n(9)]
    pub deletion: Option<Deletion>,
    /// Oldest first.
    #[n(10)]
    pub versions: Vec<VersionMeta>,
    /// Present on secrets with replicas and on replicas.
    #[n(11)]
    pub replication: Option<Replication>,
    /// The ids of the users and roles that the policy names, from the time when it was stored.
    #[n(12)]
    #[cbor(default)]
    pub bound: Vec<BoundPrincipal>,
    /// Present since rotation was first configured.
    #[n(13)]
    pub rotation: Option<SecretRotation>,
}

impl Record for SecretRecord {
    const TABLE: Table = Table::Secret;
}

impl Indexed for SecretRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        secret_row(tx, &self.arn.account, &self.arn.name)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let SecretArn { account, name, .. } = &self.arn;
        let mut rows = vec![IndexRow::new(by_age_row(tx, self), &SecretNameRecord { name: name.clone() })?];
        if let Some(at) = self.due() {
            let due = SecretDueRecord { account: account.clone(), name: name.clone() };
            rows.push(IndexRow::new(due_row(tx, at, account, name), &due)?);
        }
        Ok(rows)
    }
}

impl SecretRecord {
    /// The version that carries a staging label.
    pub fn staged(&self, label: &str) -> Option<&VersionMeta> {
        self.versions.iter().find(|v| v.stages.iter().any(|s| s == label))
    }

    /// The version with an id.
    pub fn version(&self, id: &str) -> Option<&VersionMeta> {
        self.versions.iter().find(|v| v.id == id)
    }

    /// When there is work: the deletion, or another attempt of a replica that failed.
    pub fn due(&self) -> Option<Timestamp> {
        let replicas = self.replication.iter().flat_map(|shared| &shared.replicas);
        let retries = replicas.filter_map(|replica| replica.retry.as_ref()?.at);
        self.deletion_due().into_iter().chain(retries).min()
    }

    /// When the secret is to be deleted for good. A replica goes when its primary removes it.
    pub fn deletion_due(&self) -> Option<Timestamp> {
        self.deletion.as_ref().filter(|_| !self.is_replica()).map(|deletion| deletion.date)
    }

    /// Whether this is a replica of a secret in another region.
    pub fn is_replica(&self) -> bool {
        self.replication.as_ref().is_some_and(|r| r.primary != self.arn.region)
    }

    /// The replication of a replica, or of a primary that has replicas. A primary whose last replica was removed is shown like a secret
    /// that never had one.
    pub fn replicated(&self) -> Option<&Replication> {
        self.replication.as_ref().filter(|r| self.is_replica() || !r.replicas.is_empty())
    }
}

/// A deletion that waits for its window to end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Deletion {
    /// When the deletion was requested: `DeletedDate`.
    #[n(0)]
    pub requested: Timestamp,
    /// When the secret is deleted for good.
    #[n(1)]
    pub date: Timestamp,
}

/// One version of a secret's value.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct VersionMeta {
    /// The client's request token.
    #[n(0)]
    pub id: String,
    /// Staging labels, ascending.
    #[n(1)]
    pub stages: Vec<String>,
    /// When it was made.
    #[n(2)]
    pub created: Timestamp,
    /// The day it was last read.
    #[n(3)]
    pub last_accessed: Option<Timestamp>,
    /// The customer key that its value is under in this region; absent for the default key.
    #[n(4)]
    pub kms_key: Option<KeyArn>,
    /// Whether a value was stored. A rotation's pending version has none yet.
    #[n(5)]
    pub has_value: bool,
}

/// A secret's part in replication.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Replication {
    /// The region of the primary.
    #[n(0)]
    pub primary: Region,
    /// The epoch, which determines the region that may write.
    #[n(1)]
    pub epoch: Epoch,
    /// Raised at each change within an epoch.
    #[n(2)]
    pub revision: u64,
    /// On the primary: its replicas, in the order they were added. Empty on a replica.
    #[n(3)]
    pub replicas: Vec<SecretReplica>,
    /// On a replica: its own [`SecretReplica::generation`]. Zero on the primary.
    #[n(4)]
    pub generation: u64,
    /// On a replica: what another region needs to take the primary's place.
    #[n(5)]
    pub succession: Option<Succession>,
    /// The first epoch of this primary and its replicas, if a later one has begun since: another region has taken the primary's place, or the
    /// primary's region was rebuilt. A secret of the same ARN that became independent and a primary of its own has another one.
    #[n(6)]
    pub first_epoch: Option<Epoch>,
    /// In a replica: since when this region has it, by its own clock. The secret is not younger, whatever its primary says.
    #[n(7)]
    pub held_since: Option<Timestamp>,
}

impl Replication {
    /// The first epoch of this primary and its replicas.
    pub fn first_epoch(&self) -> &Epoch {
        self.first_epoch.as_ref().unwrap_or(&self.epoch)
    }

    /// Begins a later epoch of the same primary and replicas, with a counter above `skipped`.
    pub fn begin_epoch(&mut self, region: &Region, skipped: u64) {
        let counter = self.epoch.counter.max(skipped).saturating_add(1);
        let before = std::mem::replace(&mut self.epoch, Epoch { counter, region: region.clone() });
        // What the replicas have reported is of the epoch before.
        self.replicas.iter_mut().for_each(|replica| replica.reported = None);
        self.first_epoch.get_or_insert(before);
    }
}

/// What a region other than the primary's knows of the primary and of all replicas, for the case that the primary is lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Succession {
    /// The primary's key as its caller named it; absent for the default key.
    #[n(0)]
    pub kms_key_id: Option<String>,
    /// All replicas.
    #[n(1)]
    pub replicas: Vec<ReplicaSeat>,
}

/// A replica, without its status.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReplicaSeat {
    /// [`SecretReplica::region`]
    #[n(0)]
    pub region: Region,
    /// [`SecretReplica::kms_key_id`]
    #[n(1)]
    pub kms_key_id: Option<String>,
    /// [`SecretReplica::caller`]
    #[n(2)]
    pub caller: Caller,
    /// [`SecretReplica::generation`]
    #[n(3)]
    pub generation: u64,
}

impl SecretReplica {
    /// The replica without its status.
    pub fn seat(&self) -> ReplicaSeat {
        ReplicaSeat {
            region: self.region.clone(),
            kms_key_id: self.kms_key_id.clone(),
            caller: self.caller.clone(),
            generation: self.generation,
        }
    }
}

impl ReplicaSeat {
    /// The replica, which has to report its state.
    pub fn replica(self) -> SecretReplica {
        SecretReplica {
            region: self.region,
            kms_key_id: self.kms_key_id,
            status: ReplicaStatus::InProgress,
            status_message: None,
            last_accessed: None,
            force_overwrite: false,
            caller: self.caller,
            generation: self.generation,
            retry: None,
            reported: None,
        }
    }
}

/// A replica as the primary knows it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretReplica {
    /// The replica's region.
    #[n(0)]
    pub region: Region,
    /// The key in the replica's region as the caller named it; absent for the default key.
    #[n(1)]
    pub kms_key_id: Option<String>,
    /// The state that the replica has reported.
    #[n(2)]
    pub status: ReplicaStatus,
    /// The reason of the failure, or the message of success.
    #[n(3)]
    pub status_message: Option<String>,
    /// The last day on which the replica was read.
    #[n(4)]
    pub last_accessed: Option<Timestamp>,
    /// Whether the replica replaces a secret of the same name in its region.
    #[n(5)]
    pub force_overwrite: bool,
    /// The caller who requested the replica. The keys of both regions are used with this principal's permissions.
    #[n(6)]
    pub caller: Caller,
    /// The revision at which the replica was requested.
    #[n(7)]
    pub generation: u64,
    /// Present since the newest change failed.
    #[n(8)]
    pub retry: Option<ReplicaRetry>,
    /// The last state that the replica has reported as applied.
    #[n(9)]
    pub reported: Option<ReportedState>,
}

/// The attempts to apply a change that a replica could not apply.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReplicaRetry {
    /// How many attempts have failed.
    #[n(0)]
    pub failed: u32,
    /// When the change is sent again; none while it is under way.
    #[n(1)]
    pub at: Option<Timestamp>,
}

/// The state of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum ReplicaStatus {
    /// The replica has not reported the newest change yet.
    #[n(0)]
    InProgress,
    /// The replica has applied the newest change.
    #[n(1)]
    InSync,
    /// The replica could not apply the newest change.
    #[n(2)]
    Failed,
}

/// The row of a secret. A name identifies one secret in an account and region.
pub fn secret_row(tx: &Tx<'_>, account: &AccountId, name: &str) -> Key {
    row(tx, Table::Secret, &[account_part(account)], &[name.as_bytes()])
}

/// Reads a secret by name.
pub fn secret(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<SecretRecord>, Error> {
    fetch(tx, &secret_row(tx, account, name))
}

/// Reads a secret by name, shared with other requests.
pub fn secret_shared(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Shared<SecretRecord>>, Error> {
    fetch_shared(tx, secret_row(tx, account, name))
}

/// Writes a secret.
pub fn save_secret(tx: &mut Tx<'_>, record: &SecretRecord) -> Result<(), Error> {
    save(tx, record)
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct SecretNameRecord {
    #[n(0)]
    pub(super) name: String,
}

impl Record for SecretNameRecord {
    const TABLE: Table = Table::SecretByAge;
}

/// `table | hash(account) | complement of the creation date | hash(name)`.
fn by_age_row(tx: &Tx<'_>, record: &SecretRecord) -> Key {
    let mut row = group(tx, Table::SecretByAge, &[account_part(&record.arn.account)]);
    let created = record.created.0 as u64 ^ (1 << 63);
    row.extend_from_slice(&(!created).to_be_bytes());
    row.extend_from_slice(&tx.name(&[record.arn.name.as_bytes()]));
    row
}

/// Deletes a secret with all its values, and its rotation.
pub fn delete_secret(tx: &mut Tx<'_>, record: &SecretRecord) -> Result<(), Error> {
    for version in &record.versions {
        tx.delete(value_row(tx, &record.arn, &version.id))?;
    }
    rotation_table::delete_rotation(tx, &record.arn.account, &record.arn.name)?;
    delete_lineage(tx, Led::Secret(&record.arn))?;
    delete(tx, record)
}

/// The prefix of the rows of an account's secrets.
pub(crate) fn secrets_of(tx: &Tx<'_>, account: &AccountId) -> Key {
    group(tx, Table::Secret, &[account_part(account)])
}

/// An account's secrets, after the row `after`, at most `limit`.
pub fn secrets(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, SecretRecord)>, Error> {
    list(tx, &secrets_of(tx, account), after, limit)
}

/// A place in a list, such as an index row, and the secret that it leads to.
pub type ListedSecret = (Key, Option<Shared<SecretRecord>>);

/// An account's secrets, the newest first, after the row `after`. Reads `limit` rows. An index row whose record is missing, which only
/// damage to the store causes, comes without a record.
pub fn secrets_newest_first(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<ListedSecret>, Error> {
    let prefix = group(tx, Table::SecretByAge, &[account_part(account)]);
    let rows = list_shared::<SecretNameRecord>(tx, &prefix, after, limit)?.into_iter();
    let keeps = list_keeps(after.is_none(), limit);
    let found = rows.map(|(row, named)| {
        let record = secret_listed(tx, account, &named.name, keeps)?.filter(|record| by_age_row(tx, record) == row);
        Ok((row, record))
    });
    found.collect()
}

/// Reads a secret of a list; see [`Tx::get_listed`].
pub(crate) fn secret_listed(
    tx: &Tx<'_>,
    account: &AccountId,
    name: &str,
    keeps: bool,
) -> Result<Option<Shared<SecretRecord>>, Error> {
    tx.get_listed(secret_row(tx, account, name), keeps, decode)
}

/// Every secret of every account of the region, for walks in bounded pages.
pub fn all_secrets(tx: &Tx<'_>, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, SecretRecord)>, Error> {
    list(tx, &[Table::Secret as u8], after, limit)
}

/// The value of one version, encrypted under a data key that a KMS key wraps.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretValueRecord {
    /// Whether the value was stored as `SecretBinary`.
    #[n(0)]
    pub binary: bool,
    /// The data key: a KMS ciphertext with the context `{SecretARN, SecretVersionId}`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub data_key: Vec<u8>,
    /// The value under the data key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ciphertext: Vec<u8>,
}

impl Record for SecretValueRecord {
    const TABLE: Table = Table::SecretValue;
}

fn value_row(tx: &Tx<'_>, arn: &SecretArn, version: &str) -> Key {
    let secret: [&[u8]; 3] = [account_part(&arn.account), arn.name.as_bytes(), arn.suffix.as_bytes()];
    row(tx, Table::SecretValue, &secret, &[version.as_bytes()])
}

/// Reads a version's value.
pub fn value(tx: &Tx<'_>, arn: &SecretArn, version: &str) -> Result<Option<SecretValueRecord>, Error> {
    fetch(tx, &value_row(tx, arn, version))
}

/// Reads a version's value, shared with other requests. It is encrypted.
pub fn value_shared(tx: &Tx<'_>, arn: &SecretArn, version: &str) -> Result<Option<Shared<SecretValueRecord>>, Error> {
    fetch_shared(tx, value_row(tx, arn, version))
}

/// Writes a version's value.
pub fn save_value(tx: &mut Tx<'_>, arn: &SecretArn, version: &str, record: &SecretValueRecord) -> Result<(), Error> {
    put(tx, value_row(tx, arn, version), record)
}

/// Deletes a version's value.
pub fn delete_value(tx: &mut Tx<'_>, arn: &SecretArn, version: &str) -> Result<(), Error> {
    tx.delete(value_row(tx, arn, version))
}

/// The mark of a replica that was removed or made independent. It keeps a late message from overwriting a secret that was
/// made later.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DetachedSecretRecord {
    /// The highest generation that ended here (see [`SecretReplica::generation`]).
    #[n(0)]
    pub generation: u64,
    /// The epoch of that generation; its counter is 0 if none has ended here.
    #[n(1)]
    pub epoch: Epoch,
    /// The highest counter of an epoch that this region itself has begun for the secret, so that it begins none twice.
    #[n(2)]
    #[cbor(default)]
    pub begun: u64,
}

impl Record for DetachedSecretRecord {
    const TABLE: Table = Table::DetachedSecret;
}

fn detached_row(tx: &Tx<'_>, arn: &SecretArn) -> Key {
    let name: [&[u8]; 2] = [arn.name.as_bytes(), arn.suffix.as_bytes()];
    row(tx, Table::DetachedSecret, &[account_part(&arn.account)], &name)
}

/// Reads the mark of a detached replica.
pub fn detached_secret(tx: &Tx<'_>, arn: &SecretArn) -> Result<Option<DetachedSecretRecord>, Error> {
    fetch(tx, &detached_row(tx, arn))
}

/// The counters of epochs of secrets that a region has heard of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct EpochCountersRecord {
    /// The highest of any secret.
    #[n(0)]
    pub highest: u64,
    /// This region begins no epoch with a counter up to this one: before it was rebuilt it may have begun some that its store does not know.
    #[n(1)]
    pub skipped: u64,
}

impl Record for EpochCountersRecord {
    const TABLE: Table = Table::EpochCounters;
}

/// The counters of epochs of secrets.
pub fn epoch_counters(tx: &Tx<'_>) -> Result<EpochCountersRecord, Error> {
    Ok(fetch(tx, &[Table::EpochCounters as u8])?.unwrap_or_default())
}

/// Writes the counters of epochs of secrets.
pub fn save_epoch_counters(tx: &mut Tx<'_>, record: &EpochCountersRecord) -> Result<(), Error> {
    put(tx, vec![Table::EpochCounters as u8], record)
}

/// Leaves the mark of a detached replica.
pub fn save_detached_secret(tx: &mut Tx<'_>, arn: &SecretArn, record: &DetachedSecretRecord) -> Result<(), Error> {
    put(tx, detached_row(tx, arn), record)
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct SecretDueRecord {
    #[n(0)]
    pub(super) account: AccountId,
    #[n(1)]
    pub(super) name: String,
}

impl Record for SecretDueRecord {
    const TABLE: Table = Table::SecretDue;
}

fn due_row(tx: &Tx<'_>, at: Timestamp, account: &AccountId, name: &str) -> Key {
    let mut row = due_prefix(Table::SecretDue, at);
    row.extend_from_slice(&tx.name(&[account_part(account), name.as_bytes()]));
    row
}

/// Secrets with work that is due at `now` (see [`SecretRecord::due`]), the longest overdue first, at most `limit`. Each is
/// `(index row, account, name)`.
pub fn secrets_due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, AccountId, String)>, Error> {
    let rows = due::<SecretDueRecord>(tx, now, limit)?;
    Ok(rows.into_iter().map(|(row, secret)| (row, secret.account, secret.name)).collect())
}

/// Postpones work on a secret to `at` after a failed attempt. The caller drops the row of that attempt. This row is not
/// derived from the record and is dropped when it is due.
pub fn postpone_secret_work(tx: &mut Tx<'_>, at: Timestamp, account: &AccountId, name: &str) -> Result<(), Error> {
    put(tx, due_row(tx, at, account, name), &SecretDueRecord { account: account.clone(), name: name.to_owned() })
}
