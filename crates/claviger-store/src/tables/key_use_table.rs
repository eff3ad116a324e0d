//! The last use of each KMS key. Related multi-Region keys have each their own.

use claviger_types::{AccountId, KeyId, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, account_part, fetch, key_table, put, row};
use crate::{Error, Key, Tx};

/// The last successful cryptographic operation with a key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyUseRecord {
    /// When the request was received.
    #[n(0)]
    pub at: Timestamp,
    /// `Decrypt`
    #[n(1)]
    pub operation: String,
    /// The id of the operation's audit record.
    #[n(2)]
    pub event_id: String,
    /// The request's id.
    #[n(3)]
    pub request_id: String,
}

impl Record for KeyUseRecord {
    const TABLE: Table = Table::KeyUse;
}

fn use_row(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Key {
    row(tx, Table::KeyUse, &[account_part(account)], &[key.as_str().as_bytes()])
}

/// Reads the last use of a key.
pub fn key_use(tx: &Tx<'_>, account: &AccountId, key: &KeyId) -> Result<Option<KeyUseRecord>, Error> {
    fetch(tx, &use_row(tx, account, key))
}

/// Writes a use if its key exists and no later use of it is stored.
pub fn save_key_use(tx: &mut Tx<'_>, account: &AccountId, key: &KeyId, record: &KeyUseRecord) -> Result<(), Error> {
    let stored = key_use(tx, account, key)?;
    // The row of the owner is written when the key is made and deleted, and not whenever the key is changed.
    let owner = key_table::account_of(tx, key)?;
    if stored.is_some_and(|stored| stored.at >= record.at) || owner.as_ref() != Some(account) {
        return Ok(());
    }
    put(tx, use_row(tx, account, key), record)
}

/// Deletes the last use of a key.
pub(super) fn delete_key_use(tx: &mut Tx<'_>, account: &AccountId, key: &KeyId) -> Result<(), Error> {
    tx.delete(use_row(tx, account, key))
}
