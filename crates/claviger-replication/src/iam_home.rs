//! The move of IAM's home to another region: an operator's act, for a home that is lost or is to be shut down.
//!
//! The new home announces itself with an epoch above that of the old one, the pair of a counter and its name, and sends a snapshot of its rows. A
//! region that hears of a later home follows it, the old home too when it is back: rows that it wrote and had not sent are deleted there
//! by the list of the snapshot ([`home_row`]).

use claviger_crypto::Authorization;
use claviger_store::tables::fleet_table;
use claviger_store::tables::iam_table::{self, AccessKeyRecord};
use claviger_store::tables::lineage_table::{self, Led, LineageStep, Proof};
use claviger_store::tables::region_table::{self, RegionRecord};
use claviger_store::tables::{Epoch, Record, list};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{Region, Timestamp};

use crate::change::{self, COUNTER_STEP_MAX, Envelope};
use crate::context::{Error, PeerContext, Verdict};
use crate::home_moved::{HomeMoved, epoch};
use crate::home_row;
use crate::kind::{Page, Replicated, Walk};
use crate::lineage::{self, Judgement, Known};
use crate::rebuild_state;
use crate::refused_claims;
use crate::resync::resync;

/// How many access keys are read at a time.
const PAGE: usize = 128;

/// Makes `here` the home of IAM. The caller has the rows of a copy here: what the old home had not sent is lost. Returns whether it was
/// another region before.
///
/// The authorization is what regions with operators require of the new home. The caller has verified it.
pub fn take_over(
    tx: &mut Tx<'_>,
    here: &Region,
    peers: &[Region],
    authorization: Option<&Authorization>,
) -> Result<bool, StoreError> {
    let Some(mut record) = region_table::region(tx)?.filter(|record| record.iam_home != *here) else {
        return Ok(false);
    };
    let from = epoch(&record);
    let next = lineage::next(&from, here);
    let counter = next.counter;
    lineage::add_step(tx, Led::Iam, from, next, authorization.cloned().map(Proof::Forced))?;
    record.iam_home = here.clone();
    record.home_counter = Some(counter);
    region_table::save_region(tx, &record)?;
    drop_incomplete(tx, peers)?;
    for peer in peers {
        change::announce::<HomeMoved>(tx, peer, &HomeMoved::by(here.clone(), counter))?;
        resync(tx, peer)?;
    }
    Ok(true)
}

/// Deletes the access keys whose secrets the old home, or the lost store of this home, had not sent: no region could check their signatures,
/// or some could and others not.
pub(crate) fn drop_incomplete(tx: &mut Tx<'_>, peers: &[Region]) -> Result<(), StoreError> {
    let mut after: Option<Key> = None;
    loop {
        let rows = list::<AccessKeyRecord>(tx, &[AccessKeyRecord::TABLE as u8], after.as_deref(), PAGE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(last.clone());
        for (_, key) in rows.into_iter().filter(|(_, key)| key.secret.is_empty()) {
            iam_table::delete_access_key(tx, &key)?;
            home_row::announce::<AccessKeyRecord>(tx, peers, &iam_table::access_key_name(&key.id))?;
        }
    }
}

/// Whether a home with its counter is later than the one that this region follows.
fn is_later((home, counter): (&Region, Option<u64>), record: &RegionRecord) -> bool {
    (counter.unwrap_or_default(), home) > (record.home_counter.unwrap_or_default(), &record.iam_home)
}

/// Whether this region, which is rebuilt, may believe a source that names this home: it is this region or another member, and its counter is
/// not so high that no later home could be above it.
pub(crate) fn may_follow(tx: &Tx<'_>, home: &Region, counter: Option<u64>) -> Result<bool, StoreError> {
    let Some(own) = region_table::region(tx)? else { return Ok(false) };
    let is_member = own.region == *home || fleet_table::member(tx, home)?.is_some();
    let highest = own.home_counter.unwrap_or_default().saturating_add(COUNTER_STEP_MAX);
    Ok(is_member && counter.unwrap_or_default() <= highest)
}

/// Takes the line of homes from a source that follows the same home as this region, which is rebuilt, if it has none of its own.
pub(crate) fn take_line(
    tx: &mut Tx<'_>,
    home: &Region,
    counter: Option<u64>,
    line: Vec<LineageStep>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(own) = region_table::region(tx)? else { return Ok(()) };
    let is_same = own.iam_home == *home && own.home_counter == counter;
    if is_same && lineage_table::lineage(tx, Led::Iam)?.is_empty() {
        lineage_table::save_lineage(tx, Led::Iam, lineage::dated(line, now))?;
    }
    Ok(())
}

/// Follows a home, if it is later than the one that this region follows. Returns the one that it follows then.
pub(crate) fn follow(tx: &mut Tx<'_>, home: Region, counter: Option<u64>) -> Result<Option<Region>, StoreError> {
    let Some(mut record) = region_table::region(tx)? else { return Ok(None) };
    if is_later((&home, counter), &record) {
        (record.iam_home, record.home_counter) = (home, counter);
        lineage_table::delete_lineage(tx, Led::Iam)?;
        region_table::save_region(tx, &record)?;
    }
    Ok(Some(record.iam_home))
}

impl Replicated for HomeMoved {
    fn outgoing(cx: &mut PeerContext<'_, '_>, moved: HomeMoved) -> Result<Option<HomeMoved>, Error> {
        let former = lineage_table::former_identities(cx.tx, cx.here)?;
        Ok(Some(HomeMoved { lineage: lineage_table::lineage(cx.tx, Led::Iam)?, former, ..moved }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        if self.home != *cx.peer {
            return Ok(Verdict::Forbidden);
        }
        let Some(record) = region_table::region(cx.tx)? else { return Ok(Verdict::Stale) };
        if self.counter > record.home_counter.unwrap_or_default().saturating_add(COUNTER_STEP_MAX) {
            return Ok(Verdict::Forbidden);
        }
        let claimed = Epoch { counter: self.counter, region: self.home.clone() };
        if record.iam_home == self.home {
            // The home also says which identities its other members had.
            lineage_table::add_former_identities(cx.tx, &self.home, &self.former)?;
        }
        let is_told = claimed == epoch(&record) && !self.lineage.is_empty();
        if is_told && lineage_table::lineage(cx.tx, Led::Iam)?.is_empty() {
            // A region that joined after the home had moved. It needs the line if it becomes the home itself.
            lineage_table::save_lineage(cx.tx, Led::Iam, lineage::dated(self.lineage, cx.env.now))?;
            return Ok(Verdict::Applied);
        }
        if !is_later((&self.home, Some(self.counter)), &record) {
            return Ok(Verdict::Stale);
        }
        // The first home has been one since before any statement.
        let known = Known { led: Led::Iam, epoch: &epoch(&record), made: Timestamp(0) };
        let Judgement::Followed(line) = lineage::judge(cx, &known, &claimed, &self.lineage)? else {
            refused_claims::refuse(cx, Led::Iam, &claimed)?;
            return Ok(Verdict::Unproven);
        };
        refused_claims::settle(cx, Led::Iam, &claimed)?;
        follow(cx.tx, self.home, Some(self.counter))?;
        lineage_table::save_lineage(cx.tx, Led::Iam, line)?;
        rebuild_state::forgo_iam(cx.tx)?;
        Ok(Verdict::Applied)
    }

    /// The present home announces itself, for regions whose stores were restored from before it became the home.
    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let own = region_table::region(tx)?.filter(|own| own.iam_home == *walk.here && walk.after.is_none());
        let has_former = !lineage_table::former_identities(tx, walk.here)?.is_empty();
        let own = own.filter(|own| own.home_counter.is_some() || has_former);
        let moved = own.map(|own| HomeMoved::by(own.iam_home, own.home_counter.unwrap_or_default()));
        let items = moved.iter().map(Envelope::naming::<HomeMoved>).collect();
        Ok(Page { items, ..Page::default() })
    }
}

#[cfg(test)]
#[path = "iam_home_tests.rs"]
mod tests;
