//! Whether this region is being rebuilt or held, and how far the rebuilding has come.

use claviger_store::tables::fleet_table::{self, Raising, RebuildCounts, RebuildPass, RebuildRecord, RebuildSource};
use claviger_store::tables::log;
use claviger_store::tables::run_table::{self, HeldRecord, SignedPoint};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change;
use crate::context::{Error, PeerContext};
use crate::copies_wanted::CopiesWanted;
use crate::notice::Notice;
use crate::{iam_recovery, rebuild_snapshots};

/// The rebuilding that is under way here, with the index of the peer among its sources.
pub(crate) fn from_source(cx: &PeerContext<'_, '_>) -> Result<Option<(RebuildRecord, usize)>, Error> {
    let Some(rebuild) = fleet_table::rebuild(cx.tx)? else { return Ok(None) };
    let at = rebuild.sources.iter().position(|source| source.region == *cx.peer);
    Ok(at.map(|at| (rebuild, at)))
}

/// Whether another region has seen a later state of this region's store, which was then restored from an older copy. If so, this region is
/// held from now on.
pub(crate) fn is_restored(cx: &mut PeerContext<'_, '_>, seen: Option<SignedPoint>) -> Result<bool, Error> {
    // Only this region's own word counts. Another one could put it out of service otherwise.
    let own = cx.env.identity.public();
    let Some(seen) = seen.filter(|seen| seen.is_of(&own)) else { return Ok(false) };
    if is_under_way(cx)? || run_table::has_been_at(cx.tx, cx.boots, &seen.point)? || cx.broken.trust_restored() {
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

/// Asks a source for its copies, by a request with a new number.
pub(crate) fn request_copies(tx: &mut Tx<'_>, source: &mut RebuildSource) -> Result<(), StoreError> {
    source.request = source.request.wrapping_add(1);
    change::announce::<CopiesWanted>(tx, &source.region, &CopiesWanted { request: source.request, first: false })
}

/// Asks a source for its copies from the beginning, if this region still waits for them: its store, and with it the request, may be lost.
pub(crate) fn ask_anew(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    log::drop_receive_keys(tx, region)?;
    rebuild_snapshots::forget(tx, region)?;
    let Some(mut rebuild) = fleet_table::rebuild(tx)? else { return Ok(()) };
    let waits = |source: &&mut RebuildSource| source.region == *region && (!source.complete || source.sends_iam);
    let Some(source) = rebuild.sources.iter_mut().find(waits) else { return Ok(()) };
    // The region that sends IAM is chosen again when this one has told how far it is.
    (source.complete, source.sends_iam, source.pass) = (false, false, RebuildPass::First);
    request_copies(tx, source)?;
    iam_recovery::forget_choice(&mut rebuild);
    fleet_table::save_rebuild(tx, &rebuild)
}

/// Counts what has arrived.
pub(crate) fn count(cx: &mut PeerContext<'_, '_>, add: impl FnOnce(&mut RebuildCounts)) -> Result<(), Error> {
    if let Some(mut rebuild) = fleet_table::rebuild(cx.tx)? {
        add(&mut rebuild.found);
        fleet_table::save_rebuild(cx.tx, &rebuild)?;
    }
    Ok(())
}

/// Saves the state of a rebuilding, which goes on to its last part if every source has sent everything.
pub(crate) fn settle(tx: &mut Tx<'_>, mut rebuild: RebuildRecord) -> Result<(), StoreError> {
    let waits = |source: &RebuildSource| !source.complete || source.sends_iam;
    if rebuild.raising.is_none() && !rebuild.sources.iter().any(waits) {
        rebuild.raising = Some(Raising::Keys(None));
    }
    fleet_table::save_rebuild(tx, &rebuild)
}

/// Waits for a region no longer that has left the fleet. If it was to send IAM, another one is.
pub(crate) fn drop_source(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    rebuild_snapshots::forget(tx, region)?;
    let Some(mut rebuild) = fleet_table::rebuild(tx)? else { return Ok(()) };
    rebuild.sources.retain(|source| source.region != *region);
    iam_recovery::forget_choice(&mut rebuild);
    iam_recovery::choose(tx, &mut rebuild)?;
    settle(tx, rebuild)
}

/// Takes IAM from no source: another region has become its home.
pub(crate) fn forgo_iam(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let Some(mut rebuild) = fleet_table::rebuild(tx)? else { return Ok(()) };
    iam_recovery::forgo(&mut rebuild);
    settle(tx, rebuild)
}
