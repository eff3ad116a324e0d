//! Whether this region is being rebuilt or held, and how far the rebuilding has come.

use claviger_store::tables::fleet_table::{self, RebuildCounts, RebuildPass, RebuildRecord};
use claviger_store::tables::run_table::{self, HeldRecord, StorePoint};
use claviger_store::{Error as StoreError, Tx};

use crate::context::{Error, PeerContext};
use crate::notice::Notice;

/// The rebuilding that is under way here, with the index of the peer among its sources.
pub(crate) fn from_source(cx: &PeerContext<'_, '_>) -> Result<Option<(RebuildRecord, usize)>, Error> {
    let Some(rebuild) = fleet_table::rebuild(cx.tx)? else { return Ok(None) };
    let at = rebuild.sources.iter().position(|source| source.region == *cx.peer);
    Ok(at.map(|at| (rebuild, at)))
}

/// Whether another region has seen a later state of this region's store, which was then restored from an older copy. If so, this region is
/// held from now on.
pub(crate) fn is_restored(cx: &mut PeerContext<'_, '_>, seen: Option<StorePoint>) -> Result<bool, Error> {
    let Some(seen) = seen else { return Ok(false) };
    if is_under_way(cx)? || run_table::has_been_at(cx.tx, cx.boots, &seen)? || cx.broken.trust_restored() {
        return Ok(false);
    }
    run_table::hold(cx.tx, &HeldRecord { noticed: cx.env.now, by: cx.peer.clone() })?;
    cx.diagnostics.notice(Notice::Restored { by: cx.peer.clone() });
    Ok(true)
}

/// Whether this region takes no part in replication until an operator has it rebuilt.
pub(crate) fn is_held(tx: &Tx<'_>) -> Result<bool, StoreError> {
    Ok(run_table::held(tx)?.is_some())
}

/// Whether this region is being rebuilt.
pub(crate) fn is_under_way(cx: &PeerContext<'_, '_>) -> Result<bool, Error> {
    Ok(fleet_table::rebuild(cx.tx)?.is_some())
}

/// Whether the peer sends its copies for the second time.
pub(crate) fn is_second_pass(cx: &PeerContext<'_, '_>) -> Result<bool, Error> {
    let source = from_source(cx)?.and_then(|(rebuild, at)| rebuild.sources.into_iter().nth(at));
    Ok(source.is_some_and(|source| source.pass == RebuildPass::Second))
}

/// Makes the peer send its copies again, once.
pub(crate) fn ask_again(cx: &mut PeerContext<'_, '_>) -> Result<(), Error> {
    let Some((mut rebuild, at)) = from_source(cx)? else { return Ok(()) };
    if let Some(source) = rebuild.sources.get_mut(at).filter(|source| source.pass == RebuildPass::First) {
        source.pass = RebuildPass::FirstOfTwo;
        fleet_table::save_rebuild(cx.tx, &rebuild)?;
    }
    Ok(())
}

/// Counts what has arrived.
pub(crate) fn count(cx: &mut PeerContext<'_, '_>, add: impl FnOnce(&mut RebuildCounts)) -> Result<(), Error> {
    if let Some(mut rebuild) = fleet_table::rebuild(cx.tx)? {
        add(&mut rebuild.found);
        fleet_table::save_rebuild(cx.tx, &rebuild)?;
    }
    Ok(())
}
