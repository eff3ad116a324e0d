//! The snapshots that a rebuilt region waits for before it serves requests.
//!
//! With its copies a region has its keys and what it is the primary of. The replicas of secrets come with the snapshots that it asks for in
//! the end: their values need its keys. A request for one of them would be told that there is no such secret. So the region serves requests
//! when every source has sent its snapshot and has answered the requests for the values in it, or is gone.

use claviger_store::tables::fleet_table::{self, AwaitedSnapshot, RebuildSource, RebuiltRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};

use crate::change::{Copied, Cursor, OutboxRow};
use crate::context::{Error, PeerContext};

/// A source that was not heard for so long is not waited for.
const UNHEARD_MS: i64 = 60_000;
/// No source is waited for longer than this, from the end of the rebuilding or the region's last start.
const AWAITED_MS_MAX: i64 = 3_600_000;

/// The snapshots that the sources send when they hear that the rebuilding has ended.
pub(crate) fn of(sources: &[RebuildSource]) -> Vec<AwaitedSnapshot> {
    let awaited = |source: &RebuildSource| AwaitedSnapshot { region: source.region.clone(), request: source.request };
    sources.iter().map(awaited).collect()
}

/// Puts the snapshot into the outbox of a source, with its end behind it.
pub(crate) fn send(cx: &mut PeerContext<'_, '_>, request: u64) -> Result<(), Error> {
    let row = OutboxRow::Copies { cursor: Cursor::start(), of: Copied::Snapshot, request };
    Ok(row.push(cx.tx, cx.peer)?)
}

/// Whether the snapshot of the peer that ends with this number is awaited.
pub(crate) fn is_awaited(cx: &PeerContext<'_, '_>, request: u64) -> Result<bool, Error> {
    let Some(rebuilt) = fleet_table::rebuilt(cx.tx)? else { return Ok(false) };
    Ok(rebuilt.awaited.iter().any(|awaited| awaited.region == *cx.peer && awaited.request == request))
}

/// Whether a snapshot of the peer is awaited.
pub(crate) fn is_under_way(cx: &PeerContext<'_, '_>) -> Result<bool, Error> {
    let Some(rebuilt) = fleet_table::rebuilt(cx.tx)? else { return Ok(false) };
    Ok(rebuilt.awaited.iter().any(|awaited| awaited.region == *cx.peer))
}

/// Waits for the snapshot of a region no longer: it has come, or the region is rebuilt itself or has left the fleet.
pub(crate) fn forget(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    let Some(mut rebuilt) = fleet_table::rebuilt(tx)? else { return Ok(()) };
    let before = rebuilt.awaited.len();
    rebuilt.awaited.retain(|awaited| awaited.region != *region);
    if rebuilt.awaited.len() == before {
        return Ok(());
    }
    fleet_table::save_rebuilt(tx, &rebuilt)
}

/// Whether a rebuilt region, which was started at this time, still waits for a snapshot: of a source that was heard lately. Both times begin
/// anew with a start, since nothing came while the region was not running and no source has been heard yet.
pub fn awaits_snapshots(
    rebuilt: &RebuiltRecord,
    started: Timestamp,
    heard: impl Fn(&Region) -> Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let waits_since = rebuilt.ended.max(started);
    let elapsed = |since: Timestamp| now.0.saturating_sub(since.0);
    let is_heard = |awaited: &AwaitedSnapshot| {
        elapsed(heard(&awaited.region).map_or(waits_since, |heard| heard.max(waits_since))) < UNHEARD_MS
    };
    elapsed(waits_since) < AWAITED_MS_MAX && rebuilt.awaited.iter().any(is_heard)
}

/// Waits for no snapshot any more, also after another start: their sources are gone, or have not sent them in time.
pub fn give_up(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match fleet_table::rebuilt(tx)? {
        Some(rebuilt) if !rebuilt.awaited.is_empty() => {
            fleet_table::save_rebuilt(tx, &RebuiltRecord { awaited: Vec::new(), ..rebuilt })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "rebuild_snapshots_tests.rs"]
mod tests;
