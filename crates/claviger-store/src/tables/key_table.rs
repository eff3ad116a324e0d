//! KMS keys and their aliases. Their material is in [`material_table`](super::material_table).

use claviger_types::{AccountId, Caller, KeyId, KeyOrigin, KeySpec, KeyUsage, MaterialId, Region, Timestamp};
use minicbor::{Decode, Encode};

use super::grant_table::drop_grants;
use super::index::{due, due_prefix};
use super::key_store_table::delete_external_key;
use super::key_use_table::delete_key_use;
use super::material_table::delete_materials;
pub use super::material_table::{
    Import, ImportedMaterial, MaterialMeta, MaterialRecord, RotationType, add_first_material, add_material,
    held_materials, imported_materials, material, material_shared, materials, save_imported_materials, save_material,
    save_materials,
};
use super::{
    BoundPrincipal, Epoch, IndexRow, Indexed, PolicyText, Record, StateDigest, Table, Tag, account_part, delete, fetch,
    fetch_shared, group, list, list_shared, put, row, save, save_new,
};
use crate::{Error, Key, Shared, Tx};

/// A KMS key as one region knows it. Related multi-Region keys are records of their own, one in each region's store.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyRecord {
    /// The id, shared by related multi-Region keys.
    #[n(0)]
    pub id: KeyId,
    /// The owner.
    #[n(1)]
    pub account: AccountId,
    /// When this key was made. A replica has a date of its own.
    #[n(2)]
    pub created: Timestamp,
    /// Free text, never shared between related keys.
    #[n(3)]
    pub description: String,
    /// The key's state, which decides whether it can be used.
    #[n(4)]
    pub state: KeyState,
    /// The type of its material; shared by related keys.
    #[n(5)]
    pub spec: KeySpec,
    /// The type of cryptographic operation that the key is for; shared by related keys.
    #[n(6)]
    pub usage: KeyUsage,
    /// The origin of its material; shared by related keys.
    #[n(7)]
    pub origin: KeyOrigin,
    /// Set on a key that belongs to a service, such as `secretsmanager`.
    #[n(8)]
    pub managed_by: Option<String>,
    /// The key policy as it was given.
    #[n(9)]
    pub policy: PolicyText,
    /// At most 50.
    #[n(10)]
    pub tags: Vec<Tag>,
    /// Automatic rotation; shared by related keys.
    #[n(11)]
    pub rotation: Rotation,
    /// The number of materials that this region holds of the key, or knows of a key with imported material, the current one included: [`add_material`] and
    /// [`save_materials`] set it. The metadata of each is in a row of its own.
    #[n(12)]
    pub material_count: u32,
    /// The material that encrypts.
    #[n(13)]
    pub current: Option<MaterialId>,
    /// Present on multi-Region keys.
    #[n(14)]
    pub multi_region: Option<MultiRegion>,
    /// The ids of the users and roles that the policy names, from the time when it was stored.
    #[n(15)]
    #[cbor(default)]
    pub bound: Vec<BoundPrincipal>,
    /// The region of this key.
    #[n(16)]
    pub region: Region,
    /// Present on keys with imported material (`origin` EXTERNAL).
    #[n(17)]
    #[cbor(default)]
    pub import: Option<ImportStatus>,
}

/// The imports of a key in this region, as far as each use of the key needs them. It is derived from the key's
/// [`ImportedMaterial`]s.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Default)]
pub struct ImportStatus {
    /// Whether this region holds every material that belongs to the key for good: all but one that waits for its rotation.
    #[n(0)]
    pub complete: bool,
    /// When the first of these expires.
    #[n(1)]
    pub valid_to: Option<Timestamp>,
    /// When the first of all held materials expires.
    #[n(2)]
    pub next_expiry: Option<Timestamp>,
    /// Whether the key's owner had disabled it before it lost its material. It is disabled again when it has it.
    #[n(3)]
    #[cbor(default)]
    pub disabled: bool,
}

impl Record for KeyRecord {
    const TABLE: Table = Table::Key;
}

impl Indexed for KeyRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        key_row(tx, &self.account, &self.id)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let owner = KeyOwnerRecord { account: self.account.clone() };
        let mut rows = vec![IndexRow::new(owner_row(tx, &self.id), &owner)?];
        if let Some(at) = self.due() {
            let due = KeyDueRecord { account: self.account.clone(), id: self.id.clone() };
            rows.push(IndexRow::new(due_row(tx, at, &self.account, &self.id), &due)?);
        }
        Ok(rows)
    }
}

impl KeyRecord {
    /// When work on the key is due: the end of its deletion window, its next automatic rotation, or the expiry of imported material.
    /// Only the primary rotates, and its replicas receive the material. A key that is disabled or being handed over does not rotate.
    /// When it is enabled again, its rotation is due, at once if the date has passed.
    pub fn due(&self) -> Option<Timestamp> {
        let by_state = match self.state {
            KeyState::PendingDeletion { date } => Some(date),
            KeyState::Enabled if self.rotates_here() => self.rotation.next,
            _ => None,
        };
        let expiry = self.import.as_ref().and_then(|import| import.next_expiry);
        by_state.into_iter().chain(expiry).min()
    }

    /// Whether this region makes new material for the key by its schedule.
    fn rotates_here(&self) -> bool {
        let can = self.origin == KeyOrigin::AwsKms && self.spec == KeySpec::SymmetricDefault;
        can && self.rotation.enabled && !self.is_replica()
    }

    /// Whether the caller imports the key's material.
    pub fn is_imported(&self) -> bool {
        self.origin == KeyOrigin::External
    }

    /// Whether this is a replica of a multi-Region key whose primary is in another region.
    pub fn is_replica(&self) -> bool {
        self.multi_region.as_ref().is_some_and(|shared| shared.primary != self.region)
    }
}

/// The states in which this release can put a key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum KeyState {
    /// A replica whose material has not arrived.
    #[n(0)]
    Creating,
    /// Usable.
    #[n(1)]
    Enabled,
    /// Disabled by its owner.
    #[n(2)]
    Disabled,
    /// Scheduled for deletion.
    #[n(3)]
    PendingDeletion {
        /// The earliest moment of the deletion.
        #[n(0)]
        date: Timestamp,
    },
    /// A primary that waits for its last replica to be deleted.
    #[n(4)]
    PendingReplicaDeletion {
        /// The length in days of the deletion window, which starts then.
        #[n(0)]
        window_days: i64,
    },
    /// A change of the primary is under way. Cryptographic operations continue.
    #[n(5)]
    Updating,
    /// A key whose imported material is not complete in this region.
    #[n(6)]
    PendingImport,
}

/// Automatic rotation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Default)]
pub struct Rotation {
    /// Whether it is on.
    #[n(0)]
    pub enabled: bool,
    /// Days between rotations, 90 to 2560.
    #[n(1)]
    pub period_days: Option<i64>,
    /// When the next one is due; only while enabled.
    #[n(2)]
    pub next: Option<Timestamp>,
}

/// The multi-Region properties of a key. All but `pending`, `holders` and `handover` are shared by related keys. The state
/// with the highest `(epoch, revision)` is in force.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MultiRegion {
    /// The region of the primary, as far as this region knows.
    #[n(0)]
    pub primary: Region,
    /// The regions of all replicas.
    #[n(1)]
    pub replicas: Vec<Region>,
    /// The epoch, which determines the region that may write the shared properties.
    #[n(2)]
    pub epoch: Epoch,
    /// Raised at each change of a shared property within an epoch.
    #[n(3)]
    pub revision: u64,
    /// On the primary: replicas that have been requested and have not reported yet.
    #[n(4)]
    pub pending: Vec<PendingReplica>,
    /// On the primary: the state that each replica has reported.
    #[n(5)]
    pub holders: Vec<Holder>,
    /// On the old and on the new primary: a change of the primary under way.
    #[n(6)]
    pub handover: Option<Handover>,
    /// The regions whose replicas were deleted. One that restores an older copy of its store learns by this that its replica is gone.
    #[n(7)]
    #[cbor(default)]
    pub former: Vec<Region>,
    /// In a replica: since when the key exists, as the primary said that had the replica made; at the latest since this region has it, by its own
    /// clock. The key is not younger, whatever a later primary says.
    #[n(8)]
    pub known_since: Option<Timestamp>,
}

impl MultiRegion {
    /// Adds a replica.
    pub fn add(&mut self, region: Region) {
        self.former.retain(|former| *former != region);
        if !self.replicas.contains(&region) {
            self.replicas.push(region);
        }
    }

    /// Takes out a replica that was deleted.
    pub fn end(&mut self, region: &Region) {
        self.replicas.retain(|replica| replica != region);
        self.pending.retain(|pending| pending.region != *region);
        self.holders.retain(|holder| holder.region != *region);
        if !self.former.contains(region) {
            self.former.push(region.clone());
        }
    }

    /// Every region that holds a related key: the primary's first.
    pub fn members(&self) -> impl Iterator<Item = &Region> {
        std::iter::once(&self.primary).chain(self.replicas.iter())
    }
}

/// The initial settings of a replica that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PendingReplica {
    /// The replica's region.
    #[n(0)]
    pub region: Region,
    /// Its key policy.
    #[n(1)]
    pub policy: PolicyText,
    /// Its description.
    #[n(2)]
    pub description: String,
    /// Its tags.
    #[n(3)]
    pub tags: Vec<Tag>,
    /// When it was requested: its creation date.
    #[n(4)]
    pub created: Timestamp,
    /// The revision at which it was requested. With `epoch` it distinguishes this replica from an earlier, deleted one.
    #[n(5)]
    pub generation: u64,
    /// The epoch in which it was requested. A later primary may still have to make the replica.
    #[n(6)]
    pub epoch: Epoch,
    /// The ids of the users and roles that the policy names, from the time when it was stored.
    #[n(7)]
    #[cbor(default)]
    pub bound: Vec<BoundPrincipal>,
}

/// A replica's report of the material that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Holder {
    /// The replica's region.
    #[n(0)]
    pub region: Region,
    /// The material of the rotation under way, if the replica holds it.
    #[n(1)]
    pub awaited: Option<MaterialId>,
    /// The revision, of the present epoch, that the replica had applied when it reported.
    #[n(2)]
    #[cbor(default)]
    pub revision: u64,
    /// The digest of the state and the materials that the replica had then.
    #[n(3)]
    pub digest: Option<StateDigest>,
}

/// A change of the primary that the old primary has begun. The new primary keeps it until the old one has stepped down.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Handover {
    /// The region that is to become the primary.
    #[n(0)]
    pub to: Region,
    /// The caller, for whom the other region checks its own key policy.
    #[n(1)]
    pub caller: Caller,
    /// The region that hands the role over.
    #[n(2)]
    pub from: Region,
    /// When it was begun, by the clock of the region that hands the role over.
    #[n(3)]
    pub began: Timestamp,
}

/// The row of a key.
pub fn key_row(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Key {
    row(tx, Table::Key, &[account_part(account)], &[id.as_str().as_bytes()])
}

/// Reads a key, shared with other requests.
pub fn key_shared(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Result<Option<Shared<KeyRecord>>, Error> {
    fetch_shared(tx, key_row(tx, account, id))
}

/// Reads a key.
pub fn key(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Result<Option<KeyRecord>, Error> {
    fetch(tx, &key_row(tx, account, id))
}

/// Writes a key.
pub fn save_key(tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Writes a key whose id this transaction has drawn.
pub fn save_new_key(tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    save_new(tx, record)
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct KeyOwnerRecord {
    #[n(0)]
    pub(super) account: AccountId,
}

impl Record for KeyOwnerRecord {
    const TABLE: Table = Table::KeyOwner;
}

fn owner_row(tx: &Tx<'_>, id: &KeyId) -> Key {
    row(tx, Table::KeyOwner, &[id.as_str().as_bytes()], &[])
}

/// The account that owns the key with an id; absent when this region has no such key.
pub fn account_of(tx: &Tx<'_>, id: &KeyId) -> Result<Option<AccountId>, Error> {
    Ok(fetch_shared::<KeyOwnerRecord>(tx, owner_row(tx, id))?.map(|record| record.account.clone()))
}

/// Deletes a key with its material and aliases, and drops its grants. The line of its primaries stays with the mark of its end.
pub fn delete_key(tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    delete_materials(tx, &record.id)?;
    delete_key_use(tx, &record.account, &record.id)?;
    drop_grants(tx, &record.account, &record.id)?;
    if record.origin == KeyOrigin::ExternalKeyStore {
        delete_external_key(tx, &record.id)?;
    }
    for name in alias_names(tx, &record.account, &record.id)? {
        delete_alias(tx, &record.account, &name)?;
    }
    delete(tx, record)
}

/// An account's keys, after the row `after`, at most `limit`.
pub fn keys(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Shared<KeyRecord>)>, Error> {
    list_shared(tx, &group(tx, Table::Key, &[account_part(account)]), after, limit)
}

/// Every key of every account of the region, for jobs that read all keys in bounded pages.
pub fn all_keys(tx: &Tx<'_>, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, KeyRecord)>, Error> {
    list(tx, &[Table::Key as u8], after, limit)
}

/// An alias of a key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AliasRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// `alias/...`
    #[n(1)]
    pub name: String,
    /// The key it names, in the same account and region.
    #[n(2)]
    pub target: KeyId,
    /// When it was made.
    #[n(3)]
    pub created: Timestamp,
    /// When its target was last changed.
    #[n(4)]
    pub updated: Timestamp,
}

impl Record for AliasRecord {
    const TABLE: Table = Table::Alias;
}

impl Indexed for AliasRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        alias_row(tx, &self.account, &self.name)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let mut by_key = alias_by_key_group(tx, &self.account, &self.target);
        by_key.extend_from_slice(&tx.name(&[self.name.as_bytes()]));
        Ok(vec![IndexRow::new(by_key, &AliasNameRecord { name: self.name.clone() })?])
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct AliasNameRecord {
    #[n(0)]
    pub(super) name: String,
}

impl Record for AliasNameRecord {
    const TABLE: Table = Table::AliasByKey;
}

fn alias_row(tx: &Tx<'_>, account: &AccountId, name: &str) -> Key {
    row(tx, Table::Alias, &[account_part(account)], &[name.as_bytes()])
}

fn alias_by_key_group(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Key {
    group(tx, Table::AliasByKey, &[account_part(account), key.as_str().as_bytes()])
}

/// Reads an alias by its full name (`alias/...`), shared with other requests.
pub fn alias_shared(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Shared<AliasRecord>>, Error> {
    fetch_shared(tx, alias_row(tx, account, name))
}

/// Reads an alias by its full name (`alias/...`).
pub fn alias(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<AliasRecord>, Error> {
    fetch(tx, &alias_row(tx, account, name))
}

/// Makes an alias or points it to another key.
pub fn save_alias(tx: &mut Tx<'_>, record: &AliasRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes an alias, if it exists.
pub fn delete_alias(tx: &mut Tx<'_>, account: &AccountId, name: &str) -> Result<(), Error> {
    alias(tx, account, name)?.map_or(Ok(()), |record| delete(tx, &record))
}

/// An account's aliases, after the row `after`, at most `limit`.
pub fn aliases(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Shared<AliasRecord>)>, Error> {
    list_shared(tx, &group(tx, Table::Alias, &[account_part(account)]), after, limit)
}

/// The most aliases a key can have (AWS KMS resource quota).
pub const ALIASES_PER_KEY: usize = 50;

/// The names of a key's aliases, in a stable but unspecified order.
pub fn alias_names(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Result<Vec<String>, Error> {
    let prefix = alias_by_key_group(tx, account, key);
    let rows = list_shared::<AliasNameRecord>(tx, &prefix, None, ALIASES_PER_KEY + 1)?;
    Ok(rows.into_iter().map(|(_, record)| record.name.clone()).collect())
}

/// The mark of a deleted multi-Region key. It keeps a late message from restoring the key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeletedKeyRecord {
    /// The highest generation that was deleted here (see [`PendingReplica::generation`]).
    #[n(0)]
    pub generation: u64,
    /// The epoch of that generation.
    #[n(1)]
    pub epoch: Epoch,
    /// The key's account. The row's name does not tell it.
    #[n(2)]
    pub account: AccountId,
    /// The key.
    #[n(3)]
    pub id: KeyId,
}

impl Record for DeletedKeyRecord {
    const TABLE: Table = Table::DeletedKey;
}

/// Marks of deleted keys, in the order of their rows, from the row after `after` on.
pub fn all_deleted_keys(
    tx: &Tx<'_>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, DeletedKeyRecord)>, Error> {
    list(tx, &[Table::DeletedKey as u8], after, limit)
}

fn deleted_row(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Key {
    row(tx, Table::DeletedKey, &[account_part(account)], &[id.as_str().as_bytes()])
}

/// Reads the mark of a deleted key.
pub fn deleted_key(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Result<Option<DeletedKeyRecord>, Error> {
    fetch(tx, &deleted_row(tx, account, id))
}

/// Leaves the mark of a deleted key.
pub fn save_deleted_key(tx: &mut Tx<'_>, record: &DeletedKeyRecord) -> Result<(), Error> {
    put(tx, deleted_row(tx, &record.account, &record.id), record)
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct KeyDueRecord {
    #[n(0)]
    pub(super) account: AccountId,
    #[n(1)]
    pub(super) id: KeyId,
}

impl Record for KeyDueRecord {
    const TABLE: Table = Table::KeyDue;
}

fn due_row(tx: &Tx<'_>, at: Timestamp, account: &AccountId, id: &KeyId) -> Key {
    let mut row = due_prefix(Table::KeyDue, at);
    row.extend_from_slice(&tx.name(&[account_part(account), id.as_str().as_bytes()]));
    row
}

/// Keys with work that is due at `now` (see [`KeyRecord::due`]), the longest overdue first, at most `limit`. Each is `(index
/// row, account, key)`.
pub fn keys_due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, AccountId, KeyId)>, Error> {
    let rows = due::<KeyDueRecord>(tx, now, limit)?;
    Ok(rows.into_iter().map(|(row, key)| (row, key.account, key.id)).collect())
}

/// Postpones work on a key to `at` after a failed attempt. The caller drops the row of that attempt. This row is not derived
/// from the record and is dropped when it is due.
pub fn postpone_key_work(tx: &mut Tx<'_>, at: Timestamp, account: &AccountId, id: &KeyId) -> Result<(), Error> {
    put(tx, due_row(tx, at, account, id), &KeyDueRecord { account: account.clone(), id: id.clone() })
}
