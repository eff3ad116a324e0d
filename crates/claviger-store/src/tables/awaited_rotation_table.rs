//! Keys whose new material waits for replicas, so that the rotations under way are found without reading all keys.

use claviger_types::{AccountId, KeyId};
use minicbor::{Decode, Encode};

use super::{Record, Table, account_part, fetch, list, put, row};
use crate::{Error, Key, Tx};

/// A key of which a rotation is under way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AwaitedRotationRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// The key.
    #[n(1)]
    pub id: KeyId,
}

impl Record for AwaitedRotationRecord {
    const TABLE: Table = Table::AwaitedRotation;
}

fn awaited_row(tx: &Tx<'_>, account: &AccountId, id: &KeyId) -> Key {
    row(tx, Table::AwaitedRotation, &[account_part(account)], &[id.as_str().as_bytes()])
}

/// Notes that a rotation of the key is under way.
pub fn save_awaited_rotation(tx: &mut Tx<'_>, account: &AccountId, id: &KeyId) -> Result<(), Error> {
    let row = awaited_row(tx, account, id);
    match fetch::<AwaitedRotationRecord>(tx, &row)? {
        Some(_) => Ok(()),
        None => put(tx, row, &AwaitedRotationRecord { account: account.clone(), id: id.clone() }),
    }
}

/// Notes that no rotation of the key is under way.
pub fn drop_awaited_rotation(tx: &mut Tx<'_>, account: &AccountId, id: &KeyId) -> Result<(), Error> {
    let row = awaited_row(tx, account, id);
    match fetch::<AwaitedRotationRecord>(tx, &row)? {
        Some(_) => tx.delete(row),
        None => Ok(()),
    }
}

/// Keys of which a rotation is under way, after the row `after`, at most `limit`.
pub fn awaited_rotations(
    tx: &Tx<'_>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, AwaitedRotationRecord)>, Error> {
    list(tx, &[Table::AwaitedRotation as u8], after, limit)
}
