//! The versions of managed policies. The version in force is also in the policy's own record, which is the only one that
//! authorization reads.

use claviger_types::{AccountId, Timestamp};
use minicbor::{Decode, Encode};

use super::{IndexRow, Indexed, Named, Record, RowName, Table, account_part, delete, find, group, list, save};
use crate::{Error, Key, Tx};

/// One version of a managed policy. It is written once and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyVersionRecord {
    /// The policy's owner.
    #[n(0)]
    pub account: AccountId,
    /// The policy's id, `ANPA...`. A policy that is made again under the same name has its own versions.
    #[n(1)]
    pub policy_id: String,
    /// `1` is shown as `v1`. A policy never gives a number to a second version.
    #[n(2)]
    pub number: u32,
    /// The document as it was given.
    #[n(3)]
    pub document: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
}

impl Record for PolicyVersionRecord {
    const TABLE: Table = Table::PolicyVersion;
}

impl Named for PolicyVersionRecord {
    fn row_name(&self) -> RowName {
        version_name(&self.account, &self.policy_id, self.number)
    }
}

impl Indexed for PolicyVersionRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<PolicyVersionRecord>(tx)
    }

    fn index(&self, _tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        Ok(Vec::new())
    }
}

fn versions_of(tx: &Tx<'_>, account: &AccountId, policy_id: &str) -> Key {
    group(tx, Table::PolicyVersion, &[account_part(account), policy_id.as_bytes()])
}

/// The row is `table | hash(account, policy id) | number`, so that versions sort by their numbers.
fn version_name(account: &AccountId, policy_id: &str, number: u32) -> RowName {
    RowName::numbered(&[account_part(account), policy_id.as_bytes()], number)
}

/// Reads one version of a policy.
pub fn policy_version(
    tx: &Tx<'_>,
    account: &AccountId,
    policy_id: &str,
    number: u32,
) -> Result<Option<PolicyVersionRecord>, Error> {
    find(tx, &version_name(account, policy_id, number))
}

/// All versions of a policy (AWS allows five), oldest first.
pub fn policy_versions(tx: &Tx<'_>, account: &AccountId, policy_id: &str) -> Result<Vec<PolicyVersionRecord>, Error> {
    let rows = list(tx, &versions_of(tx, account, policy_id), None, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, version)| version).collect())
}

/// Writes a version.
pub fn save_policy_version(tx: &mut Tx<'_>, record: &PolicyVersionRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a version.
pub fn delete_policy_version(tx: &mut Tx<'_>, record: &PolicyVersionRecord) -> Result<(), Error> {
    delete(tx, record)
}
