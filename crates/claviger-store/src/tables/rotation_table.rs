//! Rotations of secrets: the settings that a secret has, and the state that the region of its primary keeps.

use claviger_types::{AccountId, Timestamp};
use minicbor::{Decode, Encode};

use super::index::{due_after, due_prefix};
use super::{IndexRow, Indexed, Record, Table, Tag, account_part, delete, fetch, row, save};
use crate::{Error, Key, Tx};

/// The rotation settings of a secret. Replicas have a copy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretRotation {
    /// Whether the secret is rotated: `RotationEnabled`.
    #[n(0)]
    pub enabled: bool,
    /// `RotationLambdaARN`
    #[n(1)]
    pub function_arn: Option<String>,
    /// `AutomaticallyAfterDays`, if it was given.
    #[n(2)]
    pub after_days: Option<i64>,
    /// `ScheduleExpression`
    #[n(3)]
    pub schedule: Option<String>,
    /// `Duration`
    #[n(4)]
    pub duration: Option<String>,
    /// When the rules were set.
    #[n(5)]
    pub configured: Timestamp,
    /// When the value was last set, by a rotation or by a caller. The schedule counts from it.
    #[n(6)]
    pub value_set: Option<Timestamp>,
    /// `LastRotatedDate`
    #[n(7)]
    pub last_rotated: Option<Timestamp>,
    /// `ExternalSecretRotationMetadata`
    #[n(8)]
    pub external_metadata: Option<Vec<Tag>>,
    /// `ExternalSecretRotationRoleArn`
    #[n(9)]
    pub external_role: Option<String>,
}

/// The rotation of one secret, in the region of its primary. The row exists while rotation is on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RotationRecord {
    /// The secret's account.
    #[n(0)]
    pub account: AccountId,
    /// The secret's name.
    #[n(1)]
    pub name: String,
    /// When there is something to do; none if only a request can cause it.
    #[n(2)]
    pub due: Option<Timestamp>,
    /// The rotation that is not complete.
    #[n(3)]
    pub run: Option<RotationRun>,
    /// The node that works on it now.
    #[n(4)]
    pub lease: Option<RotationLease>,
}

/// A rotation that is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RotationRun {
    /// The id of the version that it makes.
    #[n(0)]
    pub version: String,
    /// Whether only the test step is run, on a copy of the current value.
    #[n(1)]
    pub test_only: bool,
    /// How many attempts have failed since the rotation was begun, or since it last waited for a window.
    #[n(2)]
    pub attempts: u32,
    /// The token by which a function proves that a value is of this rotation.
    #[n(3)]
    pub rotation_token: String,
    /// When the step that sets the new value in the secret's system was first begun. The current value may not work there any more.
    #[n(4)]
    pub set_begun: Option<Timestamp>,
    /// When the copy for the test was made.
    #[n(5)]
    pub copied: Option<Timestamp>,
}

impl RotationRun {
    /// A run that has not been tried.
    pub fn new(version: String, test_only: bool, rotation_token: String) -> RotationRun {
        RotationRun { version, test_only, attempts: 0, rotation_token, set_begun: None, copied: None }
    }
}

/// The right of one node to work on a rotation. It must be renewed before it ends.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RotationLease {
    /// A random number that one claim of one node has.
    #[n(0)]
    pub holder: String,
    /// From then on another node may claim the rotation.
    #[n(1)]
    pub until: Timestamp,
}

impl Record for RotationRecord {
    const TABLE: Table = Table::Rotation;
}

impl Indexed for RotationRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        rotation_row(tx, &self.account, &self.name)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let Some(at) = self.wakes() else { return Ok(Vec::new()) };
        let mut row = due_prefix(Table::RotationDue, at);
        row.extend_from_slice(&tx.name(&[account_part(&self.account), self.name.as_bytes()]));
        let entry = RotationDueRecord { account: self.account.clone(), name: self.name.clone() };
        Ok(vec![IndexRow::new(row, &entry)?])
    }
}

impl RotationRecord {
    /// When a node has to look at the rotation: the end of a lease, or the time when work is due.
    fn wakes(&self) -> Option<Timestamp> {
        self.lease.as_ref().map(|lease| lease.until).or(self.due)
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct RotationDueRecord {
    #[n(0)]
    pub(super) account: AccountId,
    #[n(1)]
    pub(super) name: String,
}

impl Record for RotationDueRecord {
    const TABLE: Table = Table::RotationDue;
}

fn rotation_row(tx: &Tx<'_>, account: &AccountId, name: &str) -> Key {
    row(tx, Table::Rotation, &[account_part(account)], &[name.as_bytes()])
}

/// Reads the rotation of a secret.
pub fn rotation(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<RotationRecord>, Error> {
    fetch(tx, &rotation_row(tx, account, name))
}

/// Writes the rotation of a secret.
pub fn save_rotation(tx: &mut Tx<'_>, record: &RotationRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes the rotation of a secret, if there is one.
pub fn delete_rotation(tx: &mut Tx<'_>, account: &AccountId, name: &str) -> Result<(), Error> {
    match rotation(tx, account, name)? {
        Some(record) => delete(tx, &record),
        None => Ok(()),
    }
}

/// A rotation that a node has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRotation {
    /// The secret's account.
    pub account: AccountId,
    /// The secret's name.
    pub name: String,
    /// Its place in the order of [`rotations_due`].
    pub place: Key,
}

/// Rotations that a node has to look at, the longest overdue first, at most `limit`: those behind `after`, or else from the first one.
pub fn rotations_due(
    tx: &Tx<'_>,
    now: Timestamp,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<DueRotation>, Error> {
    let rows = due_after::<RotationDueRecord>(tx, now, after, limit)?;
    let due =
        |(place, entry): (Key, RotationDueRecord)| DueRotation { account: entry.account, name: entry.name, place };
    Ok(rows.into_iter().map(due).collect())
}
