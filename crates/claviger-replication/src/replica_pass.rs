//! Counts the replicas of a region's keys and secrets over and over, a page in each tick, for metrics that are gathered every few seconds.

use claviger_store::tables::key_table::all_keys;
use claviger_store::tables::secret_table::all_secrets;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{Region, Timestamp};

use crate::kind::Page;
use crate::replica_counts::{RegionCounts, add_key, add_secret};

/// How many records a tick reads: with ten ticks a second, 100,000 in five minutes.
const PAGE: usize = 32;
/// The time from the end of a pass to the next one.
const EVERY_MS: i64 = 60_000;

/// The records that a pass reads next: those after this row.
#[derive(Debug, Clone)]
enum Stage {
    Keys(Option<Key>),
    Secrets(Option<Key>),
    /// None for this long.
    Resting(i64),
}

/// The position of the pass, and what the last one has counted. It is volatile.
#[derive(Debug, Clone)]
pub(crate) struct ReplicaPass {
    stage: Stage,
    counting: RegionCounts,
    counted: Option<(Timestamp, RegionCounts)>,
}

impl Default for ReplicaPass {
    fn default() -> ReplicaPass {
        ReplicaPass { stage: Stage::Keys(None), counting: RegionCounts::new(), counted: None }
    }
}

impl ReplicaPass {
    /// What the last complete pass has counted, and when it ended; none before the first.
    pub(crate) fn counted(&self) -> Option<&(Timestamp, RegionCounts)> {
        self.counted.as_ref()
    }

    /// Counts a page. `elapsed_ms` is the time since the last call. A damaged record is left out.
    pub(crate) fn count_some(
        &mut self,
        tx: &Tx<'_>,
        here: &Region,
        elapsed_ms: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Keys(None)) {
            Stage::Resting(rested_ms) => match rested_ms.saturating_add(elapsed_ms) {
                rested_ms if rested_ms < EVERY_MS => Stage::Resting(rested_ms),
                _ => Stage::Keys(None),
            },
            Stage::Keys(after) => {
                let after = after.as_deref();
                let page =
                    Page::around_damage(after, PAGE, |limit| Ok(Page::of(all_keys(tx, after, limit)?, limit, Some)))?;
                for record in &page.items {
                    match add_key(&mut self.counting, tx, here, record) {
                        Err(StoreError::Corrupt { .. }) => {}
                        added => added?,
                    }
                }
                page.last.map_or(Stage::Secrets(None), |last| Stage::Keys(Some(last)))
            }
            Stage::Secrets(after) => {
                let after = after.as_deref();
                let page = Page::around_damage(after, PAGE, |limit| {
                    Ok(Page::of(all_secrets(tx, after, limit)?, limit, Some))
                })?;
                page.items.iter().for_each(|record| add_secret(&mut self.counting, here, record));
                match page.last {
                    Some(last) => Stage::Secrets(Some(last)),
                    None => {
                        self.counted = Some((now, std::mem::take(&mut self.counting)));
                        Stage::Resting(0)
                    }
                }
            }
        };
        Ok(())
    }
}

#[cfg(test)]
#[path = "replica_pass_tests.rs"]
mod tests;
