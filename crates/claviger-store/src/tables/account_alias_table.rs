//! Account aliases: at most one for each account, unique in the partition.

use claviger_types::AccountId;
use minicbor::{Decode, Encode};

use super::{IndexRow, Indexed, Named, Record, RowName, Table, account_part, delete, find, group, list, save};
use crate::{Error, Key, Tx};

/// The alias of an account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccountAliasRecord {
    /// The account.
    #[n(0)]
    pub account: AccountId,
    /// Lower-case letters, digits and hyphens.
    #[n(1)]
    pub alias: String,
}

impl Record for AccountAliasRecord {
    const TABLE: Table = Table::AccountAlias;
}

impl Named for AccountAliasRecord {
    fn row_name(&self) -> RowName {
        alias_name(&self.account)
    }
}

impl Indexed for AccountAliasRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<AccountAliasRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        // The account is part of the key: for a moment a region may know two accounts with one alias.
        let mut by_alias = accounts_of(tx, &self.alias);
        by_alias.extend_from_slice(&tx.name(&[account_part(&self.account)]));
        Ok(vec![IndexRow::new(by_alias, &AliasedAccount { account: self.account.clone() })?])
    }
}

/// The account that has an alias.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AliasedAccount {
    /// The account.
    #[n(0)]
    pub account: AccountId,
}

impl Record for AliasedAccount {
    const TABLE: Table = Table::AccountByAlias;
}

fn alias_name(account: &AccountId) -> RowName {
    RowName::new(&[account_part(account)], &[])
}

fn accounts_of(tx: &Tx<'_>, alias: &str) -> Key {
    group(tx, Table::AccountByAlias, &[alias.as_bytes()])
}

/// Reads the alias of an account.
pub fn account_alias(tx: &Tx<'_>, account: &AccountId) -> Result<Option<AccountAliasRecord>, Error> {
    find(tx, &alias_name(account))
}

/// Whether an account other than this one has the alias.
pub fn is_taken(tx: &Tx<'_>, account: &AccountId, alias: &str) -> Result<bool, Error> {
    let found = list::<AliasedAccount>(tx, &accounts_of(tx, alias), None, 2)?;
    Ok(found.iter().any(|(_, other)| other.account != *account))
}

/// Gives an account its alias, in place of an earlier one.
pub fn save_account_alias(tx: &mut Tx<'_>, record: &AccountAliasRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Takes the alias from an account.
pub fn delete_account_alias(tx: &mut Tx<'_>, record: &AccountAliasRecord) -> Result<(), Error> {
    delete(tx, record)
}
