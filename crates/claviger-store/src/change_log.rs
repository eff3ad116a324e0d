//! Which rows recent commits wrote, for values that are computed from many rows and brought up to date by reading the changed ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Key;

/// The most rows of a prefix that are remembered, about 10 MB. The row that has not changed for the longest time is forgotten
/// first.
const ROWS_MAX: usize = 1 << 16;

/// The changed rows of each watched prefix.
///
/// The lock is held for the rows of one commit, or while a reader copies the keys of changed rows.
#[derive(Default)]
pub(crate) struct ChangeLog(Mutex<State>);

#[derive(Default)]
struct State {
    /// The highest position that was noted.
    noted: u64,
    watched: Vec<Watched>,
}

/// The changed rows of one prefix.
struct Watched {
    prefix: Key,
    /// INVARIANT: every row with the prefix that a commit after `floor` wrote is in `rows`, at that commit's position or a later one.
    floor: u64,
    rows: BTreeMap<Arc<[u8]>, u64>,
    /// The same rows, the one that changed first in front.
    by_position: BTreeSet<(u64, Arc<[u8]>)>,
    rows_max: usize,
}

impl ChangeLog {
    /// The log of a store that was opened at `position`.
    pub(crate) fn new(position: u64) -> ChangeLog {
        ChangeLog(Mutex::new(State { noted: position, watched: Vec::new() }))
    }

    /// See [`Store::watch`](crate::Store::watch).
    pub(crate) fn watch(&self, prefix: &[u8]) {
        self.watch_at_most(prefix, ROWS_MAX);
    }

    fn watch_at_most(&self, prefix: &[u8], rows_max: usize) {
        let mut state = self.state();
        if state.watched.iter().all(|watched| watched.prefix != prefix) {
            let (rows, by_position) = (BTreeMap::new(), BTreeSet::new());
            // A commit up to this position may have written rows before they were watched, and may not be visible yet.
            let floor = state.noted;
            state.watched.push(Watched { prefix: prefix.to_vec(), floor, rows, by_position, rows_max });
        }
    }

    /// Records that the commit at `position` writes rows. The writer calls this before any reader can see the commit. If the
    /// commit then fails, its rows stay here, and readers read them once more in vain.
    pub(crate) fn note<'k>(&self, keys: impl Iterator<Item = &'k Key> + Clone, position: u64) {
        let mut state = self.state();
        state.noted = state.noted.max(position);
        for watched in &mut state.watched {
            for key in keys.clone() {
                if key.starts_with(&watched.prefix) {
                    watched.note(key, position);
                }
            }
        }
    }

    /// See [`Store::changed_since`](crate::Store::changed_since).
    pub(crate) fn changed_since(&self, prefix: &[u8], position: u64) -> Option<Vec<Key>> {
        let state = self.state();
        let watched = state.watched.iter().find(|watched| prefix.starts_with(&watched.prefix))?;
        if position < watched.floor {
            return None;
        }
        let Some(next) = position.checked_add(1) else { return Some(Vec::new()) };
        let later = watched.by_position.range((next, Arc::from([]))..);
        Some(later.filter(|(_, key)| key.starts_with(prefix)).map(|(_, key)| key.to_vec()).collect())
    }

    /// No code panics between changes that belong together.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn note(&mut self, key: &[u8], position: u64) {
        match self.rows.get_key_value(key) {
            // A failed commit has noted the row at a higher position, which may be given to a later commit.
            Some((_, noted)) if *noted >= position => return,
            Some((kept, noted)) => {
                let (kept, noted) = (Arc::clone(kept), *noted);
                self.by_position.remove(&(noted, Arc::clone(&kept)));
                self.add(kept, position);
            }
            None => self.add(key.into(), position),
        }
        while self.rows.len() > self.rows_max
            && let Some((noted, forgotten)) = self.by_position.pop_first()
        {
            self.rows.remove(&forgotten);
            self.floor = self.floor.max(noted);
        }
    }

    fn add(&mut self, key: Arc<[u8]>, position: u64) {
        self.rows.insert(Arc::clone(&key), position);
        self.by_position.insert((position, key));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A commit of rows, or the failure of the last commits, whose positions are then given to others.
    #[derive(Debug, Clone)]
    enum Step {
        Commit(Vec<u8>),
        Fail(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![8 => vec(0..20_u8, 0..5).prop_map(Step::Commit), 1 => (1..3_u64).prop_map(Step::Fail)]
    }

    proptest! {
        /// The model is every commit that did not fail.
        #[test]
        fn no_change_is_missing(steps in vec(step(), 0..40), rows_max in 0..12_usize) {
            let log = ChangeLog::new(0);
            log.watch_at_most(&[], rows_max);
            let mut commits: Vec<Vec<u8>> = Vec::new();
            let mut failed = false;
            for step in steps {
                match step {
                    Step::Commit(rows) => {
                        let keys: Vec<Key> = rows.iter().map(|row| vec![*row]).collect();
                        commits.push(rows);
                        log.note(keys.iter(), commits.len() as u64);
                    }
                    Step::Fail(count) => {
                        failed = true;
                        commits.truncate(commits.len().saturating_sub(usize::try_from(count).unwrap()));
                    }
                }
                for position in 0..=commits.len() {
                    let mut changed: Vec<u8> = commits[position..].concat();
                    changed.sort_unstable();
                    changed.dedup();
                    match log.changed_since(&[], position as u64) {
                        Some(mut found) => {
                            found.sort_unstable();
                            let holds = changed.iter().all(|row| found.contains(&vec![*row]));
                            prop_assert!(holds && (failed || found.len() == changed.len()), "{found:?} {changed:?}");
                        }
                        None => prop_assert!(failed || changed.len() > rows_max || rows_max == 0),
                    }
                }
            }
        }
    }

    #[test]
    fn only_watched_rows_are_remembered_from_the_time_when_they_are_watched() {
        let log = ChangeLog::new(3);
        let note = |key: &[u8], position| log.note([key.to_vec()].iter(), position);
        assert_eq!(log.changed_since(b"a", 9), None);
        note(b"a1", 4);
        log.watch(b"a");
        log.watch(b"a");
        assert_eq!((log.changed_since(b"a", 3), log.changed_since(b"a", 4)), (None, Some(vec![])));
        note(b"a1", 5);
        note(b"b1", 6);
        note(b"a2", 7);
        assert_eq!(log.changed_since(b"a", 4), Some(vec![b"a1".to_vec(), b"a2".to_vec()]));
        assert_eq!(log.changed_since(b"a", 5), Some(vec![b"a2".to_vec()]));
        assert_eq!(log.changed_since(b"a1", 4), Some(vec![b"a1".to_vec()]));
        assert_eq!(log.changed_since(b"b", 6), None);
        assert_eq!(log.changed_since(b"a", u64::MAX), Some(vec![]));
    }
}
