//! Compaction of the outbox of a region that is unreachable.
//!
//! Once there are too many rows that only name a thing and that a snapshot would name too, one snapshot replaces them. A
//! snapshot does not cover deletions, declined offers, failures and requests. Their rows all stay, in their order.

use std::collections::BTreeSet;

use claviger_store::tables::log;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Region;

use crate::change::{Envelope, OutboxRow, Part};
use crate::kind::Coverage;
use crate::registry;
use crate::resync::resync;

/// The number of rows that are read at a time.
const PAGE: usize = 1_024;

/// Replaces the rows that wait for `peer` after the row `after` by a snapshot, if at least `limit` of them can be replaced.
/// Returns whether it did.
pub(crate) fn compact(tx: &mut Tx<'_>, peer: &Region, after: Option<&[u8]>, limit: usize) -> Result<bool, StoreError> {
    let (mut replaced, mut kept) = (Vec::<Key>::new(), BTreeSet::new());
    let mut after = after.map(<[u8]>::to_vec);
    loop {
        let rows = log::outbox(tx, peer, after.as_deref(), PAGE)?;
        after = rows.get(PAGE - 1).map(|(row, _)| row.clone());
        for (row, bytes) in rows {
            let Ok(entry) = minicbor::decode::<OutboxRow>(&bytes) else { continue };
            let stays = match coverage(tx, &entry)? {
                Coverage::Announced => false,
                Coverage::Once => kept.insert(bytes.to_vec()),
                Coverage::Not => true,
            };
            if !stays {
                replaced.push(row);
            }
        }
        if after.is_none() {
            break;
        }
    }
    if replaced.len() < limit {
        return Ok(false);
    }
    log::drop_outbox(tx, replaced)?;
    resync(tx, peer)?;
    Ok(true)
}

fn coverage(tx: &Tx<'_>, row: &OutboxRow) -> Result<Coverage, StoreError> {
    match row {
        OutboxRow::Resync(_) => Ok(Coverage::Announced),
        OutboxRow::Change(Envelope { kind, part: Part::State, bytes }) => {
            registry::entry(*kind).map_or(Ok(Coverage::Not), |entry| (entry.coverage)(tx, bytes))
        }
        OutboxRow::Change(_) | OutboxRow::Copies { .. } => Ok(Coverage::Not),
    }
}

#[cfg(test)]
#[path = "compact_tests.rs"]
mod tests;
