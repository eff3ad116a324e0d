//! Counts what a region has for another one, and what it lacks of the other's.

use claviger_store::tables::{fleet_table, log, run_table};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};

use crate::backlog::{Backlog, Moments};
use crate::waiting_changes::WaitingChanges;

/// The most rows and requests that are counted. A peer that is away for long has more, and the count is repeated often.
const COUNTED_MAX: usize = 1_000;

/// Reads what a region has for a peer.
pub(crate) fn survey(
    tx: &Tx<'_>,
    boots: u64,
    peer: &Region,
    moments: &Moments,
    now: Timestamp,
) -> Result<Backlog, StoreError> {
    let oldest = log::outbox(tx, peer, None, 1)?.first().map(|(row, _)| log::outbox_position(row));
    let waiting = match oldest {
        // Of more rows than are read, one may be a change.
        Some(_) => WaitingChanges::read(tx, peer, COUNTED_MAX).map(|rows| rows.changes().max(u64::from(rows.more)))?,
        None => 0,
    };
    let requests = WaitingChanges::requested(tx, peer, COUNTED_MAX)?;
    let inbox = log::inbox(tx, peer)?;
    Ok(Backlog {
        at: now,
        point: run_table::now(tx, boots)?,
        waiting,
        oldest,
        since: oldest.map(|position| moments.of(position).unwrap_or(now)),
        requests: requests.changes(),
        // Until the snapshots have come it lacks replicas of secrets.
        rebuilding: fleet_table::rebuild(tx)?.is_some()
            || fleet_table::rebuilt(tx)?.is_some_and(|rebuilt| !rebuilt.awaited.is_empty()),
        applied: (inbox.session, inbox.applied),
        unapplied: inbox.unapplied.map_or(0, |unapplied| unapplied.count),
        other_requests: requests.iam.saturating_add(requests.others),
        unsent: 0,
    })
}
