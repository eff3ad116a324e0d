//! IAM groups and their members. A user's record names its groups, so that a request of the user reads these groups alone.
//!
//! A group's row is that of its unique id, and users name groups by their ids: a group with a new name has the same row, and the
//! records of its members stay as they are.

use claviger_types::AccountId;
use minicbor::{Decode, Encode};

use super::iam_table::{EntityKind, Identity, UserRecord, fold, policy_uses_of};
use super::{
    IndexRow, Indexed, Named, Record, RowName, Table, account_part, delete, fetch_shared, find, group, list, row, save,
};
use crate::{Error, Key, Shared, Tx};

/// An IAM group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupRecord {
    /// Name, path, id and policies. A group has neither tags nor a boundary.
    #[n(0)]
    pub identity: Identity,
}

impl Record for GroupRecord {
    const TABLE: Table = Table::Group;
}

impl Named for GroupRecord {
    fn row_name(&self) -> RowName {
        group_name(&self.identity.account, &self.identity.id)
    }
}

impl Indexed for GroupRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<GroupRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let Identity { account, name, id, .. } = &self.identity;
        let mut by_name = groups_named(tx, account, name);
        by_name.extend_from_slice(&tx.name(&[id.as_bytes()]));
        let mut rows = policy_uses_of(tx, EntityKind::Group, &self.identity)?;
        rows.push(IndexRow::new(by_name, &GroupIdRecord { id: id.clone() })?);
        Ok(rows)
    }
}

/// The row name of the group with a unique id.
pub fn group_name(account: &AccountId, id: &str) -> RowName {
    RowName::new(&[account_part(account)], &[id.as_bytes()])
}

/// The prefix of the index rows that lead from a name to its group. A region has two of them only while it has received a new
/// group of the name and not yet the deletion of the old one.
fn groups_named(tx: &Tx<'_>, account: &AccountId, name: &str) -> Key {
    group(tx, Table::GroupByName, &[account_part(account), fold(name).as_bytes()])
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct GroupIdRecord {
    #[n(0)]
    pub(super) id: String,
}

impl Record for GroupIdRecord {
    const TABLE: Table = Table::GroupByName;
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupMemberRecord {
    /// The user's name.
    #[n(0)]
    pub user: String,
}

impl Record for GroupMemberRecord {
    const TABLE: Table = Table::GroupMember;
}

/// The index rows that lead from a user's groups to the user.
pub(super) fn memberships_of(tx: &Tx<'_>, user: &UserRecord) -> Result<Vec<IndexRow>, Error> {
    let Identity { account, name, .. } = &user.identity;
    let index_row = |id: &String| {
        let member = row(tx, Table::GroupMember, &[account_part(account), id.as_bytes()], &[fold(name).as_bytes()]);
        IndexRow::new(member, &GroupMemberRecord { user: name.clone() })
    };
    user.groups.iter().map(index_row).collect()
}

/// Reads the group with a name. Of two, the one that was made last.
pub fn group_named(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<GroupRecord>, Error> {
    let mut found: Option<GroupRecord> = None;
    for (_, GroupIdRecord { id }) in list::<GroupIdRecord>(tx, &groups_named(tx, account, name), None, 16)? {
        let newer = find::<GroupRecord>(tx, &group_name(account, &id))?
            .filter(|group| found.as_ref().is_none_or(|found| found.identity.created <= group.identity.created));
        found = newer.or(found);
    }
    Ok(found)
}

/// Reads the group with a unique id.
pub fn group_with_id(tx: &Tx<'_>, account: &AccountId, id: &str) -> Result<Option<GroupRecord>, Error> {
    find(tx, &group_name(account, id))
}

/// Reads the group with a unique id, shared with other requests.
pub fn group_shared(tx: &Tx<'_>, account: &AccountId, id: &str) -> Result<Option<Shared<GroupRecord>>, Error> {
    fetch_shared(tx, group_name(account, id).row::<GroupRecord>(tx))
}

/// Writes a group.
pub fn save_group(tx: &mut Tx<'_>, record: &GroupRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a group.
pub fn delete_group(tx: &mut Tx<'_>, record: &GroupRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's groups, after the row `after`, at most `limit`.
pub fn groups(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, GroupRecord)>, Error> {
    list(tx, &group(tx, Table::Group, &[account_part(account)]), after, limit)
}

/// The members of the group with a unique id, after the row `after`, at most `limit`.
pub fn members(
    tx: &Tx<'_>,
    account: &AccountId,
    id: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, GroupMemberRecord)>, Error> {
    list(tx, &group(tx, Table::GroupMember, &[account_part(account), id.as_bytes()]), after, limit)
}
