//! How the home of IAM gets IAM back while it is rebuilt.
//!
//! One source sends it: the one that has applied most of the home's changes. When every source has told how far it is, the home chooses that
//! one ([`choose`]), deletes its own rows, a page in each step ([`go_on`]), and asks for the copies only then (`IamWanted`): rows that were
//! deleted after the store's backup was made must not stay. If the source leaves the fleet before it has sent everything, another one is
//! chosen and the home begins again.

use claviger_store::tables::fleet_table::{self, IamStage, RebuildRecord};
use claviger_store::tables::log::{self, InboxRecord};
use claviger_store::tables::region_table;
use claviger_store::{Error as StoreError, Tx};
use minicbor::{Decode, Encode};

use crate::change::{self, Announced, Copied, Cursor, Kind, OutboxRow};
use crate::context::{Error, PeerContext, Verdict};
use crate::home_copy;
use crate::kind::Replicated;

/// Chooses the source of IAM, if this region is the home, every source has told how far it is, and none has been chosen. Changes `rebuild`,
/// which the caller saves.
pub(crate) fn choose(tx: &Tx<'_>, rebuild: &mut RebuildRecord) -> Result<(), StoreError> {
    let is_home = region_table::region(tx)?.is_some_and(|own| own.iam_home == own.region);
    if !is_home || rebuild.iam.is_some() || rebuild.sources.iter().any(|source| source.applied.is_none()) {
        return Ok(());
    }
    let followers = rebuild.sources.iter_mut().filter(|source| source.follows);
    if let Some(source) = followers.max_by(|a, b| a.applied.cmp(&b.applied)) {
        source.sends_iam = true;
        rebuild.iam = Some(IamStage::Deleting);
        rebuild.found.iam = 0;
    }
    Ok(())
}

/// Deletes a page of this region's own rows of IAM, or asks for the copies if there are none left. Returns whether it has done something.
/// Changes `rebuild`, which it saves.
pub(crate) fn go_on(tx: &mut Tx<'_>, rebuild: &mut RebuildRecord) -> Result<bool, StoreError> {
    if rebuild.iam != Some(IamStage::Deleting) {
        return Ok(false);
    }
    if home_copy::delete_some(tx)? {
        return Ok(true);
    }
    rebuild.iam = Some(IamStage::Requested);
    fleet_table::save_rebuild(tx, rebuild)?;
    for source in rebuild.sources.iter().filter(|source| source.sends_iam) {
        change::announce::<IamWanted>(tx, &source.region, &IamWanted { request: source.request })?;
    }
    Ok(true)
}

/// Forgets the choice, if this region was to send IAM and will not: it lost its store, or has left the fleet. Changes `rebuild`, which the
/// caller saves.
pub(crate) fn forget_choice(rebuild: &mut RebuildRecord) {
    if !rebuild.sources.iter().any(|source| source.sends_iam) && rebuild.iam != Some(IamStage::Complete) {
        rebuild.iam = None;
    }
}

/// The request of IAM's home, which is rebuilt, for the copies of IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct IamWanted {
    #[n(0)]
    pub(crate) request: u64,
}

impl Announced for IamWanted {
    const KIND: Kind = Kind::of_notice(10);
    type Name = IamWanted;
}

impl Replicated for IamWanted {
    fn outgoing(_: &mut PeerContext<'_, '_>, wanted: IamWanted) -> Result<Option<IamWanted>, Error> {
        Ok(Some(wanted))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        if cx.peer != cx.iam_home {
            return Ok(Verdict::Forbidden);
        }
        let (inbox, request) = (log::inbox(cx.tx, cx.peer)?, self.request);
        if inbox.iam_copied == Some(request) {
            return Ok(Verdict::Stale);
        }
        OutboxRow::Copies { cursor: Cursor::start(), of: Copied::Iam, request }.push(cx.tx, cx.peer)?;
        log::save_inbox(cx.tx, cx.peer, &InboxRecord { iam_copied: Some(request), ..inbox })?;
        Ok(Verdict::Applied)
    }
}

#[cfg(test)]
#[path = "iam_recovery_tests.rs"]
mod tests;
