//! The requests for claims that were refused (`refused_claims.rs`), at a pace that a region which claims cannot change.

use claviger_store::tables::claim_table::{self, RefusedClaimRecord};
use claviger_store::{Key, Tx};
use claviger_types::{Region, Timestamp};

use crate::change;
use crate::context::Error;
use crate::kind::Page;
use crate::refused_claims::{ClaimNotice, forget_claim, is_disputed, is_refused};
use crate::rotation_rule::RotationRule;

/// How many claims a tick looks at.
const PAGE: usize = 64;
/// The time from the end of the first pass to the next one. It doubles with each.
const REST_MS: i64 = 60_000;
/// The longest time between two passes.
const REST_MS_MAX: i64 = 3_600_000;

/// Asks for claims that were refused, and forgets what is settled. It is volatile: it begins again at a start, after a change of the
/// operators, and when the clock was set.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClaimPass {
    stage: Stage,
    /// How many passes there were.
    ended: u32,
}

#[derive(Debug, Clone)]
enum Stage {
    /// Among the claims, after this row.
    Claims(Option<Key>),
    /// Among the roles of this region that others dispute, after this row.
    Roles(Option<Key>),
    /// For so many milliseconds.
    Resting(i64),
}

impl Default for Stage {
    fn default() -> Stage {
        Stage::Claims(None)
    }
}

impl ClaimPass {
    /// Handles the next page. `elapsed_ms` is the time since the last call.
    pub(crate) fn ask_some(
        &mut self,
        tx: &mut Tx<'_>,
        here: &Region,
        rule: &RotationRule,
        elapsed_ms: i64,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Resting(rested) => {
                let rested = rested.saturating_add(elapsed_ms);
                let doubled = REST_MS.saturating_mul(1 << self.ended.saturating_sub(1).min(10));
                if rested < doubled.min(REST_MS_MAX) { Stage::Resting(rested) } else { Stage::default() }
            }
            Stage::Claims(after) => {
                let page = Page::around_damage(after.as_deref(), PAGE, |limit| {
                    Ok(Page::of(claim_table::refused_claims(tx, after.as_deref(), limit)?, limit, Some))
                })?;
                for claim in page.items {
                    ask(tx, rule, &claim, now)?;
                }
                page.last.map_or(Stage::Roles(None), |last| Stage::Claims(Some(last)))
            }
            Stage::Roles(after) => {
                let page = Page::around_damage(after.as_deref(), PAGE, |limit| {
                    Ok(Page::of(claim_table::disputed_roles(tx, after.as_deref(), limit)?, limit, Some))
                })?;
                for disputed in page.items {
                    if !is_disputed(tx, here, &disputed)? {
                        claim_table::drop_disputed_role(tx, &disputed.by, disputed.of.as_led())?;
                    }
                }
                self.ended = self.ended.saturating_add(u32::from(page.last.is_none()));
                page.last.map_or(Stage::Resting(0), |last| Stage::Roles(Some(last)))
            }
        };
        Ok(())
    }
}

fn ask(tx: &mut Tx<'_>, rule: &RotationRule, claim: &RefusedClaimRecord, now: Timestamp) -> Result<(), Error> {
    if !is_refused(tx, claim)? {
        return Ok(forget_claim(tx, &claim.by, claim.of.as_led(), now)?);
    }
    if rule.away.contains(&claim.by) {
        return Ok(());
    }
    Ok(change::announce::<ClaimNotice>(tx, &claim.by, &ClaimNotice::wanting(claim))?)
}
