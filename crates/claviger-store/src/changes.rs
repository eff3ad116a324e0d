//! When rows changed last, for caches of rows: a fixed table that readers ask without a lock.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::FixedState;

use crate::Key;
use crate::change_log::ChangeLog;

/// The entries of a table, a power of two. They are 8 bytes each, so a table has 64 KiB.
const SLOTS: usize = 1 << 13;

/// For each row, a position that is not below that of the last commit that wrote it.
///
/// Rows share entries by hash, so the answer may be too high. A cache then only reads a row again that has not changed. At 25,000
/// row writes a second an entry lasts for a third of a second on average.
pub(crate) struct RowChanges {
    slots: Box<[AtomicU64]>,
    /// The rows of watched prefixes by name.
    pub(crate) log: ChangeLog,
}

impl RowChanges {
    /// The table of a store that was opened at `position`.
    pub(crate) fn new(position: u64) -> RowChanges {
        let slots = (0..SLOTS).map(|_| AtomicU64::new(position)).collect();
        RowChanges { slots, log: ChangeLog::new(position) }
    }

    /// Records that the commit at `position` writes rows.
    ///
    /// The writer calls this before any reader can see the commit. If the commit then fails, the answers stay too high.
    pub(crate) fn note(&self, keys: &[Key], position: u64) {
        for key in keys {
            if let Some(slot) = self.slots.get(slot(key)) {
                slot.fetch_max(position, Ordering::AcqRel);
            }
        }
        self.log.note(keys.iter(), position);
    }

    /// See [`Store::changed_at`](crate::Store::changed_at).
    pub(crate) fn changed_at(&self, key: &[u8]) -> u64 {
        self.slots.get(slot(key)).map_or(u64::MAX, |slot| slot.load(Ordering::Acquire))
    }
}

/// The hash needs no secret key: a client that finds rows of one entry makes a cache read those rows again, and nothing else.
fn slot(key: &[u8]) -> usize {
    // SLOTS fits in 32 bits, so the lower bits of the hash are enough on every machine.
    FixedState::with_seed(0).hash_one(key) as usize & (SLOTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_last_position_and_others_stay_low() {
        let changes = RowChanges::new(7);
        assert_eq!(changes.changed_at(b"a"), 7);
        changes.note(&[b"a".to_vec()], 9);
        changes.note(&[b"a".to_vec()], 8);
        assert_eq!(changes.changed_at(b"a"), 9);
        let raised = (0..1000u32).filter(|n| changes.changed_at(&n.to_be_bytes()) > 7).count();
        assert!(raised < 10, "{raised} of 1000 rows share the entry of the one that changed");
    }
}
