//! Audit records of committed changes that are not in the region's audit file yet.
//!
//! A row holds the lines of one request, as they are written to the file. It is made by the commit of the change itself, so no
//! change is durable without its record.

use super::{Table, successor};
use crate::{Batch, Error, Key, Tx, Value, Write};

const PREFIX: [u8; 1] = [Table::Audit as u8];

/// Adds the lines of a request, in the order of commits.
pub fn push(tx: &mut Tx<'_>, lines: &[u8]) -> Result<(), Error> {
    tx.append(&PREFIX, &[], lines)
}

/// Whether a batch adds lines.
pub fn adds_lines(batch: &Batch) -> bool {
    let adds = |write: &Write| matches!(write, Write::PutStamped { key, .. } if key.starts_with(&PREFIX));
    batch.writes.iter().any(adds)
}

/// The oldest rows, at most `limit`.
pub fn oldest(tx: &Tx<'_>, limit: usize) -> Result<Vec<(Key, Value)>, Error> {
    tx.scan(&PREFIX, &successor(&PREFIX), limit)
}

/// Drops rows whose lines are in the file, and on the disk.
pub fn drop_rows(tx: &mut Tx<'_>, rows: Vec<Key>) -> Result<(), Error> {
    rows.into_iter().try_for_each(|row| tx.delete(row))
}
