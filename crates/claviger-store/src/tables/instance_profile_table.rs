//! Instance profiles: IAM's containers for the role of a machine.

use claviger_types::AccountId;
use minicbor::{Decode, Encode};

use super::iam_table::{Identity, entity_name, fold};
use super::{IndexRow, Indexed, Named, Record, RowName, Table, account_part, delete, find, group, list, row, save};
use crate::{Error, Key, Tx};

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InstanceProfileRecord {
    /// Name, path, id and tags. An instance profile has neither policies nor a boundary.
    #[n(0)]
    pub identity: Identity,
    /// The name of its role. A role that is in an instance profile cannot be deleted, and roles keep their names.
    #[n(1)]
    pub role: Option<String>,
}

impl Record for InstanceProfileRecord {
    const TABLE: Table = Table::InstanceProfile;
}

impl Named for InstanceProfileRecord {
    fn row_name(&self) -> RowName {
        entity_name(&self.identity.account, &self.identity.name)
    }
}

impl Indexed for InstanceProfileRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<InstanceProfileRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let Identity { account, name, .. } = &self.identity;
        let index_row = |role: &String| {
            let of_role: [&[u8]; 2] = [account_part(account), &fold(role).into_bytes()];
            let by_role = row(tx, Table::InstanceProfileByRole, &of_role, &[fold(name).as_bytes()]);
            IndexRow::new(by_role, &InstanceProfileName { name: name.clone() })
        };
        self.role.iter().map(index_row).collect()
    }
}

/// The name of an instance profile that a role is in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InstanceProfileName {
    /// As it was given.
    #[n(0)]
    pub name: String,
}

impl Record for InstanceProfileName {
    const TABLE: Table = Table::InstanceProfileByRole;
}

/// Reads an instance profile.
pub fn instance_profile(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<InstanceProfileRecord>, Error> {
    find(tx, &entity_name(account, name))
}

/// Writes an instance profile.
pub fn save_instance_profile(tx: &mut Tx<'_>, record: &InstanceProfileRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes an instance profile.
pub fn delete_instance_profile(tx: &mut Tx<'_>, record: &InstanceProfileRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's instance profiles, after the row `after`, at most `limit`.
pub fn instance_profiles(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, InstanceProfileRecord)>, Error> {
    list(tx, &group(tx, Table::InstanceProfile, &[account_part(account)]), after, limit)
}

/// The names of the instance profiles that a role is in, after the row `after`, at most `limit`.
pub fn instance_profiles_of(
    tx: &Tx<'_>,
    account: &AccountId,
    role: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, InstanceProfileName)>, Error> {
    let of_role: [&[u8]; 2] = [account_part(account), &fold(role).into_bytes()];
    list(tx, &group(tx, Table::InstanceProfileByRole, &of_role), after, limit)
}
