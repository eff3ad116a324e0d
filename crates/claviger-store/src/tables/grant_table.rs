//! Grants on KMS keys.
//!
//! A key's grants form a set with an id of its own, which is drawn at the first grant. The deletion of a key drops the row that
//! leads to the set, and with it all grants, in one write. A multi-Region key that is made again in a region under the same id has
//! another set. A job deletes the grants of a dropped set in batches ([`purge_grants`]).
//!
//! Each grant has a row of its own and index rows: by grantee, by retiring principal, and by name. The grants of a grantee are
//! counted by their form in [`super::grantee_table`], which authorization reads. All are counted in a row beside
//! the set, so that the limit needs no scan.

use claviger_types::{AccountId, GrantOperation, GrantOperations, KeyId, Random, Timestamp};
use minicbor::{Decode, Encode};

pub use super::grant_constraint::GrantConstraint;
pub use super::grantee_table::GrantSetId;
use super::grantee_table::{self, GrantForm};
use super::index::{due, due_prefix};
use super::{IndexRow, Indexed, Record, Table, account_part, delete, fetch, fetch_shared, group, list, put, row, save};
use crate::{Error, Key, Shared, Tx};

/// The most grants a key can have (AWS KMS resource quota).
pub const GRANTS_PER_KEY: u32 = 50_000;

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantRecord {
    /// 64 hexadecimal digits.
    #[n(0)]
    pub id: String,
    /// The set that it belongs to.
    #[n(1)]
    pub set: GrantSetId,
    /// The owner of the key.
    #[n(2)]
    pub account: AccountId,
    /// The key.
    #[n(3)]
    pub key: KeyId,
    /// The name that makes a repeated request find the grant.
    #[n(4)]
    pub name: Option<String>,
    /// When it was made.
    #[n(5)]
    pub created: Timestamp,
    /// The principal that gets the permissions.
    #[n(6)]
    pub grantee: GrantPrincipal,
    /// The principal that may retire it.
    #[n(7)]
    pub retiring: Option<GrantPrincipal>,
    /// The account in which it was made.
    #[n(8)]
    pub issuer: AccountId,
    /// The operations, each once, in the order of the request.
    #[n(9)]
    pub operations: Vec<GrantOperation>,
    /// The constraint on the encryption context.
    #[n(10)]
    pub constraint: Option<GrantConstraint>,
}

/// A principal that a grant names.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantPrincipal {
    /// The ARN as it was given.
    #[n(0)]
    pub arn: String,
    /// The identity that the ARN stood for when the grant was made: a user's or role's unique id, `<role id>:<session>`, an
    /// account, or the ARN itself for a federated user.
    #[n(1)]
    pub id: String,
}

impl GrantRecord {
    /// The operations as a set.
    pub fn operation_set(&self) -> GrantOperations {
        self.operations.iter().copied().collect()
    }

    fn form(&self, tx: &Tx<'_>) -> GrantForm {
        GrantForm::of(tx, self.operation_set(), self.constraint.as_ref())
    }

    /// `group | hash(id)` in an index.
    fn in_group(&self, tx: &Tx<'_>, mut group: Key) -> Key {
        group.extend_from_slice(&tx.name(&[self.id.as_bytes()]));
        group
    }
}

impl Record for GrantRecord {
    const TABLE: Table = Table::Grant;
}

impl Indexed for GrantRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        grant_row(tx, &self.set, &self.id)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let (set, grantee) = (&self.set, &self.grantee.id);
        let values = grantee_table::values_group(tx, set, grantee, self.operation_set(), self.constraint.as_ref());
        let by_grantee = self.in_group(tx, values);
        let mut rows = vec![IndexRow::new(by_grantee, &GrantByGranteeRecord { id: self.id.clone() })?];
        if self.name.is_some() {
            let by_name = self.in_group(tx, name_group(tx, self));
            rows.push(IndexRow::new(by_name, &GrantByNameRecord { id: self.id.clone() })?);
        }
        if let Some(retiring) = &self.retiring {
            let by_retiring = self.in_group(tx, retiring_group(tx, &retiring.id));
            rows.push(IndexRow::new(by_retiring, &RetirableGrantRecord { set: self.set, id: self.id.clone() })?);
        }
        Ok(rows)
    }
}

/// The row that leads from a key to its grants.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantSetRecord {
    /// The set.
    #[n(0)]
    pub set: GrantSetId,
}

impl Record for GrantSetRecord {
    const TABLE: Table = Table::GrantSet;
}

/// The number of grants of a set.
#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct GrantCountRecord {
    #[n(0)]
    pub(super) count: u32,
}

impl Record for GrantCountRecord {
    const TABLE: Table = Table::GrantCount;
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct GrantByGranteeRecord {
    #[n(0)]
    pub(super) id: String,
}

impl Record for GrantByGranteeRecord {
    const TABLE: Table = Table::GrantByGrantee;
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct GrantByNameRecord {
    #[n(0)]
    pub(super) id: String,
}

impl Record for GrantByNameRecord {
    const TABLE: Table = Table::GrantByName;
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct RetirableGrantRecord {
    #[n(0)]
    pub(super) set: GrantSetId,
    #[n(1)]
    pub(super) id: String,
}

impl Record for RetirableGrantRecord {
    const TABLE: Table = Table::RetirableGrant;
}

/// A set whose key was deleted.
#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct GrantPurgeRecord {
    #[n(0)]
    pub(super) set: GrantSetId,
}

impl Record for GrantPurgeRecord {
    const TABLE: Table = Table::GrantPurge;
}

fn set_row(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Key {
    row(tx, Table::GrantSet, &[account_part(account)], &[key.as_str().as_bytes()])
}

fn grant_row(tx: &Tx<'_>, set: &GrantSetId, id: &str) -> Key {
    row(tx, Table::Grant, &[set.as_slice()], &[id.as_bytes()])
}

fn count_row(tx: &Tx<'_>, set: &GrantSetId) -> Key {
    row(tx, Table::GrantCount, &[set.as_slice()], &[])
}

fn retiring_group(tx: &Tx<'_>, principal: &str) -> Key {
    group(tx, Table::RetirableGrant, &[principal.as_bytes()])
}

fn purge_row(tx: &Tx<'_>, set: &GrantSetId, at: Timestamp) -> Key {
    let mut row = due_prefix(Table::GrantPurge, at);
    row.extend_from_slice(&tx.name(&[set.as_slice()]));
    row
}

/// The group of the grants of a name that are alike in all that a request gives.
fn name_group(tx: &Tx<'_>, record: &GrantRecord) -> Key {
    let none = GrantPrincipal { arn: String::new(), id: String::new() };
    let retiring = record.retiring.as_ref().unwrap_or(&none);
    let (operations, kind) = (record.operation_set().bits().to_be_bytes(), constraint_kind(record.constraint.as_ref()));
    let mut parts: Vec<&[u8]> = vec![record.set.as_slice(), record.name.as_deref().unwrap_or_default().as_bytes()];
    parts.extend([&record.grantee, retiring].iter().flat_map(|who| [who.arn.as_bytes(), who.id.as_bytes()]));
    parts.extend([record.issuer.as_str().as_bytes(), &operations, kind]);
    let pairs = record.constraint.iter().flat_map(|constraint| constraint.pairs());
    parts.extend(pairs.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    group(tx, Table::GrantByName, &parts)
}

fn constraint_kind(constraint: Option<&GrantConstraint>) -> &'static [u8] {
    match constraint {
        None => b"none",
        Some(GrantConstraint::Equals(_)) => b"equals",
        Some(GrantConstraint::Subset(_)) => b"subset",
    }
}

/// The set of a key's grants; absent for a key that never had one. Shared with other requests.
pub fn grant_set(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Result<Option<GrantSetId>, Error> {
    Ok(fetch_shared::<GrantSetRecord>(tx, set_row(tx, account, key))?.map(|record| record.set))
}

/// The set of a key's grants, which is made now if the key has none.
pub fn grant_set_or_new(
    tx: &mut Tx<'_>,
    account: &AccountId,
    key: &KeyId,
    random: &dyn Random,
) -> Result<GrantSetId, Error> {
    let row = set_row(tx, account, key);
    if let Some(record) = fetch::<GrantSetRecord>(tx, &row)? {
        return Ok(record.set);
    }
    let set = GrantSetId::from(random.bytes::<16>());
    put(tx, row, &GrantSetRecord { set })?;
    Ok(set)
}

/// The reason why a key can have no further grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantLimit {
    /// The key has [`GRANTS_PER_KEY`].
    Grants,
    /// The grantee has grants of [`FORMS_PER_GRANTEE`](grantee_table::FORMS_PER_GRANTEE) forms.
    Forms,
}

/// The number of forms that the grantee has, if this grant would add one.
pub fn forms_before(tx: &Tx<'_>, record: &GrantRecord) -> Result<Option<usize>, Error> {
    grantee_table::forms_without(tx, &record.set, &record.grantee.id, &record.form(tx))
}

/// Writes a grant that does not exist yet. The inner error is that of a limit; nothing is written then.
pub fn save_new_grant(tx: &mut Tx<'_>, record: &GrantRecord) -> Result<Result<(), GrantLimit>, Error> {
    let count = grant_count(tx, &record.set)?;
    if count >= GRANTS_PER_KEY {
        return Ok(Err(GrantLimit::Grants));
    }
    let form = record.form(tx);
    if !grantee_table::count_form(tx, &record.set, &record.grantee.id, form)? {
        return Ok(Err(GrantLimit::Forms));
    }
    put(tx, count_row(tx, &record.set), &GrantCountRecord { count: count + 1 })?;
    save(tx, record).map(Ok)
}

/// Deletes a grant that was read from its row.
pub fn delete_grant(tx: &mut Tx<'_>, record: &GrantRecord) -> Result<(), Error> {
    let count = grant_count(tx, &record.set)?.saturating_sub(1);
    put(tx, count_row(tx, &record.set), &GrantCountRecord { count })?;
    let form = record.form(tx);
    grantee_table::uncount_form(tx, &record.set, &record.grantee.id, &form)?;
    delete(tx, record)
}

/// The number of grants of a set.
pub fn grant_count(tx: &Tx<'_>, set: &GrantSetId) -> Result<u32, Error> {
    Ok(fetch::<GrantCountRecord>(tx, &count_row(tx, set))?.map_or(0, |record| record.count))
}

/// Reads a grant.
pub fn grant(tx: &Tx<'_>, set: &GrantSetId, id: &str) -> Result<Option<GrantRecord>, Error> {
    fetch(tx, &grant_row(tx, set, id))
}

/// Reads a grant, shared with other requests.
pub(super) fn grant_shared(tx: &Tx<'_>, set: &GrantSetId, id: &str) -> Result<Option<Shared<GrantRecord>>, Error> {
    fetch_shared(tx, grant_row(tx, set, id))
}

/// The grant that equals `record` in its name and in all that a request gives.
pub fn grant_named_alike(tx: &Tx<'_>, record: &GrantRecord) -> Result<Option<GrantRecord>, Error> {
    let alike = list::<GrantByNameRecord>(tx, &name_group(tx, record), None, 1)?;
    alike.first().map_or(Ok(None), |(_, entry)| grant(tx, &record.set, &entry.id))
}

/// A grant, and its place in a list.
pub type GrantRow = (Key, GrantRecord);

/// The grants of a set, after the row `after`, at most `limit`.
pub fn grants(tx: &Tx<'_>, set: &GrantSetId, after: Option<&[u8]>, limit: usize) -> Result<Vec<GrantRow>, Error> {
    list(tx, &group(tx, Table::Grant, &[set.as_slice()]), after, limit)
}

/// The grants of a set that have this grantee, after the row `after`, at most `limit`.
pub fn grants_of_grantee(
    tx: &Tx<'_>,
    set: &GrantSetId,
    grantee: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<GrantRow>, Error> {
    let entries = list::<GrantByGranteeRecord>(tx, &grantee_table::grantee_group(tx, set, grantee), after, limit)?;
    let read = |(row, entry): (Key, GrantByGranteeRecord)| Ok(grant(tx, set, &entry.id)?.map(|grant| (row, grant)));
    entries.into_iter().filter_map(|entry| read(entry).transpose()).collect()
}

/// The grants of all keys of the region that this principal may retire, after the row `after`, at most `limit`. They include
/// grants of keys that were deleted a moment ago.
pub fn retirable_grants(
    tx: &Tx<'_>,
    principal: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<GrantRow>, Error> {
    let entries = list::<RetirableGrantRecord>(tx, &retiring_group(tx, principal), after, limit)?;
    let read =
        |(row, entry): (Key, RetirableGrantRecord)| Ok(grant(tx, &entry.set, &entry.id)?.map(|grant| (row, grant)));
    entries.into_iter().filter_map(|entry| read(entry).transpose()).collect()
}

/// Drops a deleted key's grants: none of them can be found from now on. Their rows are deleted by [`purge_grants`].
pub(super) fn drop_grants(tx: &mut Tx<'_>, account: &AccountId, key: &KeyId) -> Result<(), Error> {
    let row = set_row(tx, account, key);
    let Some(GrantSetRecord { set }) = fetch(tx, &row)? else { return Ok(()) };
    tx.delete(row)?;
    postpone_purge(tx, &set, Timestamp(0))
}

/// Dropped sets whose grants are to be deleted at `now`, at most `limit`, each with its index row.
pub fn purges_due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, GrantSetId)>, Error> {
    let rows = due::<GrantPurgeRecord>(tx, now, limit)?;
    Ok(rows.into_iter().map(|(row, purge)| (row, purge.set)).collect())
}

/// Has the grants of a dropped set deleted at `at`.
pub fn postpone_purge(tx: &mut Tx<'_>, set: &GrantSetId, at: Timestamp) -> Result<(), Error> {
    put(tx, purge_row(tx, set, at), &GrantPurgeRecord { set: *set })
}

/// Deletes at most `limit` grants of a dropped set. Returns whether that were all.
pub fn purge_grants(tx: &mut Tx<'_>, set: &GrantSetId, limit: usize) -> Result<bool, Error> {
    let grants = grants(tx, set, None, limit)?;
    for (_, grant) in &grants {
        delete(tx, grant)?;
        tx.delete(grantee_table::grantee_row(tx, set, &grant.grantee.id))?;
    }
    let is_last = grants.len() < limit;
    if is_last {
        tx.delete(count_row(tx, set))?;
    }
    Ok(is_last)
}

#[cfg(test)]
#[path = "grant_table_tests.rs"]
mod tests;
