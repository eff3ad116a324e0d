//! Latest uses of things, gathered in memory and written at most a minute late.
//!
//! A request costs one lookup in a map, and writes nothing. The region's background thread writes the gathered uses, in a few
//! commits however many requests there were. A region that is killed loses the uses that are not written yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_types::Timestamp;

/// The interval of writes. With the time to another region, a use is visible there well within a minute.
const WRITE_EVERY_MS: i64 = 15_000;

/// How many things are held in memory. Uses of further ones are lost, and counted.
pub(crate) const PENDING_MAX: usize = 16_384;

/// From this number on, uses are written at the next second instead of after [`WRITE_EVERY_MS`]. Uses that the store has refused
/// always wait for [`WRITE_EVERY_MS`].
pub(crate) const PENDING_MANY: usize = PENDING_MAX / 4;

/// The latest use of one thing.
pub(crate) trait Use: Clone {
    /// The unique id of the thing that was used.
    fn id(&self) -> &str;
    /// When it was used.
    fn at(&self) -> Timestamp;
    /// Takes over from another use of the same thing what this one does not say later. A use that says one thing has nothing to
    /// take over.
    fn merge(&mut self, _other: &Self) {}
}

/// Uses that are not written yet: for each thing the latest one.
pub(crate) struct Uses<U>(Mutex<Pending<U>>);

struct Pending<U> {
    /// By unique id.
    uses: HashMap<String, U>,
    /// Those that are being written.
    taken: HashMap<String, U>,
    written: Timestamp,
    /// Whether the store has refused uses since then.
    refused: bool,
    /// Uses that were lost since the last write because the map was full.
    lost: u64,
}

impl<U: Use> Uses<U> {
    pub(crate) fn new(now: Timestamp) -> Uses<U> {
        Uses(Mutex::new(Pending { uses: HashMap::new(), taken: HashMap::new(), written: now, refused: false, lost: 0 }))
    }

    /// Notes a use. That of a thing which is in memory is changed by `update`, which must leave out what is known to be later; that of
    /// another thing is made by `make`.
    pub(crate) fn note(&self, id: &str, update: impl FnOnce(&mut U), make: impl FnOnce() -> U) {
        let mut pending = self.pending();
        if let Some(known) = pending.uses.get_mut(id) {
            update(known);
        } else if pending.uses.len() < PENDING_MAX {
            pending.uses.insert(id.to_owned(), make());
        } else {
            pending.lost += 1;
        }
    }

    /// The latest use of a thing in memory, also one that is being written.
    pub(crate) fn latest(&self, id: &str) -> Option<U> {
        let pending = self.pending();
        let found = [pending.uses.get(id), pending.taken.get(id)];
        found.into_iter().flatten().max_by_key(|one| one.at()).cloned()
    }

    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let pending = self.pending();
        // A clock that was put back must not put off the next write.
        let waited = now.0.abs_diff(pending.written.0) >= WRITE_EVERY_MS.unsigned_abs();
        let hurries = pending.uses.len() >= PENDING_MANY && !pending.refused;
        hurries || (waited && !pending.uses.is_empty())
    }

    /// Takes all uses, to write them, and the number of those that were lost. They can be read here until [`Uses::written`].
    pub(crate) fn take(&self, now: Timestamp) -> (Vec<U>, u64) {
        let mut pending = self.pending();
        (pending.written, pending.refused) = (now, false);
        let lost = std::mem::take(&mut pending.lost);
        pending.taken = std::mem::take(&mut pending.uses);
        (pending.taken.values().cloned().collect(), lost)
    }

    /// Ends the writing of the uses that were taken.
    pub(crate) fn written(&self) {
        self.pending().taken = HashMap::new();
    }

    /// Takes uses back that could not be written. However many there are, the next write waits for [`WRITE_EVERY_MS`].
    pub(crate) fn put_back(&self, uses: &[U]) {
        let mut pending = self.pending();
        pending.refused = true;
        for one in uses {
            if let Some(later) = pending.uses.get_mut(one.id()) {
                later.merge(one);
            } else if pending.uses.len() >= PENDING_MAX {
                pending.lost += 1;
            } else {
                pending.uses.insert(one.id().to_owned(), one.clone());
            }
        }
        pending.taken = HashMap::new();
    }

    /// A panic while the lock was held leaves each use complete.
    fn pending(&self) -> MutexGuard<'_, Pending<U>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Used(String, Timestamp);

    impl Use for Used {
        fn id(&self) -> &str {
            &self.0
        }

        fn at(&self) -> Timestamp {
            self.1
        }
    }

    fn note(uses: &Uses<Used>, id: &str, at: i64) {
        uses.note(id, |known| known.1 = known.1.max(Timestamp(at)), || Used(id.to_owned(), Timestamp(at)));
    }

    #[test]
    fn memory_is_bounded_and_what_is_lost_is_counted() {
        let uses = Uses::new(Timestamp(0));
        for n in 0..PENDING_MAX + 3 {
            note(&uses, &n.to_string(), 1);
        }
        // A thing that is in the map needs no further place.
        note(&uses, "0", 2);
        assert_eq!(uses.latest("0"), Some(Used("0".to_owned(), Timestamp(2))));
        let (taken, lost) = uses.take(Timestamp(3));
        assert_eq!((taken.len(), lost), (PENDING_MAX, 3));
        // Until it is written, it is found here.
        assert!(uses.latest("0").is_some());
        uses.written();
        assert_eq!(uses.latest("0"), None);
        assert_eq!(uses.take(Timestamp(4)).1, 0);
    }

    #[test]
    fn due_after_a_while_or_when_there_are_many_and_never_without_uses() {
        let uses = Uses::new(Timestamp(0));
        assert!(!uses.is_due(Timestamp(10 * WRITE_EVERY_MS)));
        note(&uses, "a", 1);
        assert!(!uses.is_due(Timestamp(WRITE_EVERY_MS - 1)));
        assert!(uses.is_due(Timestamp(WRITE_EVERY_MS)) && uses.is_due(Timestamp(-WRITE_EVERY_MS)));
        for n in 0..PENDING_MANY {
            note(&uses, &n.to_string(), 1);
        }
        assert!(uses.is_due(Timestamp(1)));
    }

    #[test]
    fn a_use_that_is_put_back_does_not_hide_a_later_one() {
        let uses = Uses::new(Timestamp(0));
        note(&uses, "a", 1);
        let (taken, _) = uses.take(Timestamp(2));
        note(&uses, "a", 3);
        uses.put_back(&taken);
        // An earlier use that arrives late does not either.
        note(&uses, "a", 2);
        let (taken, _) = uses.take(Timestamp(4));
        assert_eq!(taken, [Used("a".to_owned(), Timestamp(3))]);
        uses.put_back(&taken);
        assert_eq!(uses.take(Timestamp(5)).0.len(), 1);
    }
}
