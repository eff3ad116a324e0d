//! The completion of rotations that wait for replicas whose regions have gone away.
//!
//! A report completes a rotation at once (`key_apply::on_report`). If the last report that a rotation waits for does not come, since its
//! region is away or was removed, no message completes it. This pass does: it reads the rows of rotations that are under way, a page in
//! each tick, from the beginning whenever other regions are away than before, and every [`EVERY_MS`] in any case.

use claviger_store::tables::awaited_rotation_table::{AwaitedRotationRecord, awaited_rotations, drop_awaited_rotation};
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_store::{Key, Tx};
use claviger_types::{MaterialId, Region, Timestamp};

use crate::context::Error;
use crate::key_replication::{announce, awaited_material, make_current};
use crate::kind::Page;
use crate::rotation_rule::RotationRule;

/// How many rotations a tick looks at.
const PAGE: usize = 32;
/// The time from the end of a pass to the next one while the same regions are away.
const EVERY_MS: i64 = 10_000;

/// The position of the pass. It is volatile: a pass may begin again at any time.
#[derive(Debug, Clone, Default)]
pub(crate) struct RotationPass {
    /// The rule with which the present or last pass began.
    rule: RotationRule,
    /// The last row that it has read.
    after: Option<Key>,
    /// The time since it ended. `None` while it is under way.
    rested_ms: Option<i64>,
}

impl RotationPass {
    /// Completes the rotations of the next page. `elapsed_ms` is the time since the last call.
    pub(crate) fn complete_some(
        &mut self,
        tx: &mut Tx<'_>,
        here: &Region,
        rule: &RotationRule,
        elapsed_ms: i64,
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.rule != *rule {
            *self = RotationPass { rule: rule.clone(), ..RotationPass::default() };
        }
        if let Some(rested) = self.rested_ms {
            let rested = rested.saturating_add(elapsed_ms);
            self.rested_ms = (rested < EVERY_MS).then_some(rested);
            if self.rested_ms.is_some() {
                return Ok(());
            }
        }
        let after = self.after.take();
        let page = Page::around_damage(after.as_deref(), PAGE, |limit| {
            Ok(Page::of(awaited_rotations(tx, after.as_deref(), limit)?, limit, Some))
        })?;
        self.after = page.last;
        self.rested_ms = self.after.is_none().then_some(0);
        for waiting in page.items {
            match complete(tx, here, rule, &waiting, now) {
                // A damaged key keeps no other one waiting.
                Err(error) if error.is_unreadable() => {}
                done => done?,
            }
        }
        Ok(())
    }
}

/// Completes a rotation if enough replicas hold its material, and forgets one that has ended otherwise.
fn complete(
    tx: &mut Tx<'_>,
    here: &Region,
    rule: &RotationRule,
    waiting: &AwaitedRotationRecord,
    now: Timestamp,
) -> Result<(), Error> {
    let Some((mut record, id)) = under_way(tx, here, waiting)? else {
        return Ok(drop_awaited_rotation(tx, &waiting.account, &waiting.id)?);
    };
    if record.multi_region.as_ref().is_some_and(|shared| rule.is_met(shared, id)) {
        make_current(tx, &mut record, id, now)?;
        announce(tx, here, &record)?;
        key_table::save_key(tx, &record)?;
    }
    Ok(())
}

/// The key, if its primary is here and the rotation is still under way.
fn under_way(
    tx: &Tx<'_>,
    here: &Region,
    waiting: &AwaitedRotationRecord,
) -> Result<Option<(KeyRecord, MaterialId)>, Error> {
    let Some(record) = key_table::key(tx, &waiting.account, &waiting.id)? else { return Ok(None) };
    let is_primary = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *here);
    if !is_primary || record.is_imported() {
        return Ok(None);
    }
    Ok(awaited_material(tx, &record)?.map(|id| (record, id)))
}

#[cfg(test)]
#[path = "rotation_pass_tests.rs"]
mod tests;
