//! Records that can be found by other rows than their own, and the only code that writes their index rows.

use claviger_types::Timestamp;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{Record, Table, decode, encode, fetch, put, put_new, row, successor};
use crate::{Error, Key, Tx};

/// A record with index rows: rows that lead to it from other data than its name, such as its owner or the time when work on
/// it is due.
///
/// [`save`] and [`delete`] are the only writers of index rows. A table's own functions call them and touch no index.
pub trait Indexed: Record {
    /// The row that holds the record.
    fn row(&self, tx: &Tx<'_>) -> Key;

    /// All index rows of the record, computed from the record alone.
    ///
    /// INVARIANT: the key of an index row names its record, so that two records never share one. Replicated records arrive in
    /// any order. If two records shared a row, saving one record and then deleting the other would delete the row.
    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error>;

    /// Rows of other tables that have no meaning without the record, such as the date of its last use. They are written
    /// elsewhere, and are deleted with the record, or when another record replaces it in its row.
    fn owned_rows(&self, _tx: &Tx<'_>) -> Vec<Key> {
        Vec::new()
    }
}

/// A row that leads to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    key: Key,
    value: Vec<u8>,
}

impl IndexRow {
    /// The row `key` with `entry`, which names the record.
    pub(super) fn new<T: Record>(key: Key, entry: &T) -> Result<IndexRow, Error> {
        Ok(IndexRow { key, value: encode(entry)? })
    }
}

/// The names in a row's key. Each region hashes names with a key of its own, so equal records have different row keys in
/// different regions, and a replicated row is sent under its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct RowName {
    #[n(0)]
    group: Vec<ByteVec>,
    #[n(1)]
    member: Member,
}

/// The part of the key that distinguishes a row from the others of its group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
enum Member {
    #[n(0)]
    Name(#[n(0)] Vec<ByteVec>),
    #[n(1)]
    Number(#[n(0)] u32),
}

impl RowName {
    /// A name within a group. Rows that are listed together share the group.
    pub fn new(group: &[&[u8]], name: &[&[u8]]) -> RowName {
        RowName { group: owned(group), member: Member::Name(owned(name)) }
    }

    /// A number within a group. It is in the row's key in the clear, so that the rows sort by it.
    pub fn numbered(group: &[&[u8]], number: u32) -> RowName {
        RowName { group: owned(group), member: Member::Number(number) }
    }

    /// The row of that name in the table of `T`.
    pub fn row<T: Record>(&self, tx: &Tx<'_>) -> Key {
        let group = borrowed(&self.group);
        match &self.member {
            Member::Name(name) => row(tx, T::TABLE, &group, &borrowed(name)),
            Member::Number(number) => [&*super::group(tx, T::TABLE, &group), &number.to_be_bytes()].concat(),
        }
    }
}

fn owned(parts: &[&[u8]]) -> Vec<ByteVec> {
    parts.iter().map(|part| ByteVec::from(part.to_vec())).collect()
}

fn borrowed(parts: &[ByteVec]) -> Vec<&[u8]> {
    parts.iter().map(|part| part.as_slice()).collect()
}

/// A record whose row key is made of names that the record itself holds, so that another region can find its own copy.
pub trait Named: Indexed {
    /// The names. [`Indexed::row`] is their row.
    fn row_name(&self) -> RowName;
}

/// Reads the record of that name.
pub fn find<T: Named>(tx: &Tx<'_>, name: &RowName) -> Result<Option<T>, Error> {
    fetch(tx, &name.row::<T>(tx))
}

/// Writes a record, and the difference between the index rows of the stored record and those of the new one.
pub fn save<T: Indexed>(tx: &mut Tx<'_>, record: &T) -> Result<(), Error> {
    let row = record.row(tx);
    let stored = fetch::<T>(tx, &row)?;
    let before = stored.as_ref().map_or(Ok(Vec::new()), |stored| stored.index(tx))?;
    let (after, kept) = (record.index(tx)?, record.owned_rows(tx));
    for owned in stored.iter().flat_map(|stored| stored.owned_rows(tx)).collect::<Vec<_>>() {
        if !kept.contains(&owned) {
            tx.delete(owned)?;
        }
    }
    for old in &before {
        if after.iter().all(|new| new.key != old.key) {
            tx.delete(old.key.clone())?;
        }
    }
    for new in after {
        if !before.contains(&new) {
            tx.put(new.key, &new.value)?;
        }
    }
    put(tx, row, record)
}

/// [`save`] for a record whose name holds random bits that this transaction has drawn, so that none of its rows can exist.
pub fn save_new<T: Indexed>(tx: &mut Tx<'_>, record: &T) -> Result<(), Error> {
    for new in record.index(tx)? {
        tx.put_new(new.key, &new.value)?;
    }
    put_new(tx, record.row(tx), record)
}

/// Deletes a record, its index rows and the rows that it owns.
pub fn delete<T: Indexed>(tx: &mut Tx<'_>, record: &T) -> Result<(), Error> {
    let row = record.row(tx);
    if let Some(stored) = fetch::<T>(tx, &row)? {
        let index = stored.index(tx)?.into_iter().map(|old| old.key);
        for key in index.chain(stored.owned_rows(tx)) {
            tx.delete(key)?;
        }
    }
    tx.delete(row)
}

/// `table | time`: the prefix of all index rows of work that is due at `at`. Their order is the order of time.
pub(super) fn due_prefix(table: Table, at: Timestamp) -> Key {
    let mut key = vec![table as u8];
    // With the sign bit flipped, the bytes of the number sort in the order of time.
    key.extend_from_slice(&(at.0 as u64 ^ (1 << 63)).to_be_bytes());
    key
}

/// Index rows of work that is due at `now`, the oldest first, at most `limit`.
pub(super) fn due<T: Record>(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, T)>, Error> {
    due_after(tx, now, None, limit)
}

/// The same, behind the index row `after`.
pub(super) fn due_after<T: Record>(
    tx: &Tx<'_>,
    now: Timestamp,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<(Key, T)>, Error> {
    let start = after.map_or(vec![T::TABLE as u8], |row| successor(row));
    let end = due_prefix(T::TABLE, Timestamp(now.0.saturating_add(1)));
    if start >= end {
        return Ok(Vec::new());
    }
    let rows = tx.scan(&start, &end, limit)?;
    rows.into_iter().map(|(row, bytes)| decode(&row, &bytes).map(|entry| (row, entry))).collect()
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
