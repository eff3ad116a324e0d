//! Which rows recent commits wrote, for values that are computed from many rows and brought up to date by reading the changed ones.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Key;

/// The most rows of a prefix that are remembered, about 15 MB. The row that has not changed for the longest time is forgotten
/// first.
const ROWS_MAX: usize = 1 << 16;

/// How many bytes after the watched prefix name a group of rows: those of the hash of an account.
const GROUP_BYTES: usize = 16;

/// The changed rows of each watched prefix.
///
/// The lock is held for the rows of one commit, or while a reader takes as many changed rows as it has asked for.
#[derive(Default)]
pub(crate) struct ChangeLog(Mutex<State>);

#[derive(Default)]
struct State {
    /// The highest position that was noted.
    noted: u64,
    watched: Vec<Watched>,
}

/// Rows with the positions at which they were noted, in the order of these.
type ByPosition = BTreeSet<(u64, Arc<[u8]>)>;

/// The changed rows of one prefix.
struct Watched {
    prefix: Key,
    /// INVARIANT: every row with the prefix that a commit after `floor` wrote is in `rows`, at that commit's position or a later one.
    floor: u64,
    rows: BTreeMap<Arc<[u8]>, u64>,
    /// The same rows, the one that changed first in front.
    by_position: ByPosition,
    /// The same rows again, by the first bytes of their keys. So a reader does not walk the rows of other accounts.
    groups: BTreeMap<Key, ByPosition>,
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
            let (rows, by_position, groups) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
            // A commit up to this position may have written rows before they were watched, and may not be visible yet.
            let floor = state.noted;
            state.watched.push(Watched { prefix: prefix.to_vec(), floor, rows, by_position, groups, rows_max });
        }
    }

    /// Records that the commit at `position` writes rows. The writer calls this before any reader can see the commit. If the
    /// commit is then refused, the writer calls [`ChangeLog::roll_back_to`].
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

    /// Takes back the commits after `position`, which were refused, so that no snapshot will show them. Their rows stay here, and
    /// readers read them once more in vain.
    ///
    /// Without this the rows and prefixes that were noted at higher positions would be ahead of all snapshots, and each list would
    /// read all rows, until other commits had reached these positions.
    pub(crate) fn roll_back_to(&self, position: u64) {
        let mut state = self.state();
        state.noted = state.noted.min(position);
        for watched in &mut state.watched {
            watched.roll_back_to(position);
        }
    }

    /// See [`Store::changed_since`](crate::Store::changed_since).
    pub(crate) fn changed_since(&self, prefix: &[u8], position: u64, limit: usize) -> Option<Vec<Key>> {
        let state = self.state();
        let watched = state.watched.iter().find(|watched| prefix.starts_with(&watched.prefix))?;
        if position < watched.floor {
            return None;
        }
        let later: Vec<Arc<[u8]>> = watched.after(prefix, position).take(limit).map(Arc::clone).collect();
        // The committer waits for the lock, so the keys are copied without it.
        drop(state);
        Some(later.iter().map(|key| key.to_vec()).collect())
    }

    /// No code panics between changes that belong together.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn note(&mut self, key: &[u8], position: u64) {
        match self.rows.get_key_value(key) {
            // The commit writes the row twice.
            Some((_, noted)) if *noted >= position => return,
            Some((kept, noted)) => {
                let (kept, noted) = (Arc::clone(kept), *noted);
                self.remove(noted, &kept);
                self.add(kept, position);
            }
            None => self.add(key.into(), position),
        }
        while self.rows.len() > self.rows_max
            && let Some((noted, forgotten)) = self.by_position.first().cloned()
        {
            self.remove(noted, &forgotten);
            self.floor = self.floor.max(noted);
        }
    }

    /// See [`ChangeLog::roll_back_to`].
    fn roll_back_to(&mut self, position: u64) {
        // There is no commit after `position`, whose rows could be missing.
        self.floor = self.floor.min(position);
        let refused: Vec<_> = self.by_position.range((position.saturating_add(1), Arc::from([]))..).cloned().collect();
        for (noted, key) in refused {
            self.remove(noted, &key);
            // An earlier commit may have written the row as well.
            self.add(key, position);
        }
    }

    fn add(&mut self, key: Arc<[u8]>, position: u64) {
        self.rows.insert(Arc::clone(&key), position);
        let group = self.group(&key).to_vec();
        self.groups.entry(group).or_default().insert((position, Arc::clone(&key)));
        self.by_position.insert((position, key));
    }

    fn remove(&mut self, position: u64, key: &Arc<[u8]>) {
        self.rows.remove(key);
        let entry = (position, Arc::clone(key));
        self.by_position.remove(&entry);
        let group = self.group(key).to_vec();
        if let Some(rows) = self.groups.get_mut(&group) {
            rows.remove(&entry);
            if rows.is_empty() {
                self.groups.remove(&group);
            }
        }
    }

    /// The bytes of a key, or of the prefix of keys, that name a group.
    fn group<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(..self.prefix.len() + GROUP_BYTES).unwrap_or(key)
    }

    /// The rows with this prefix that were noted at positions above `position`.
    fn after<'w>(&'w self, prefix: &'w [u8], position: u64) -> impl Iterator<Item = &'w Arc<[u8]>> {
        let first = self.group(prefix);
        let groups = self.groups.range::<[u8], _>((Bound::Included(first), Bound::Unbounded));
        let groups = groups.take_while(move |(group, _)| group.starts_with(first)).map(|(_, rows)| rows);
        // No commit is at the last number.
        let start = (position.saturating_add(1), Arc::from([]));
        let rows = groups.flat_map(move |rows| rows.range(start.clone()..).map(|(_, key)| key));
        rows.filter(move |key| key.starts_with(prefix))
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
                        log.roll_back_to(commits.len() as u64);
                    }
                }
                for position in 0..=commits.len() {
                    let mut changed: Vec<u8> = commits[position..].concat();
                    changed.sort_unstable();
                    changed.dedup();
                    match log.changed_since(&[], position as u64, usize::MAX) {
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
        assert_eq!(log.changed_since(b"a", 9, 9), None);
        note(b"a1", 4);
        log.watch(b"a");
        log.watch(b"a");
        assert_eq!((log.changed_since(b"a", 3, 9), log.changed_since(b"a", 4, 9)), (None, Some(vec![])));
        note(b"a1", 5);
        note(b"b1", 6);
        note(b"a2", 7);
        assert_eq!(log.changed_since(b"a", 4, 9), Some(vec![b"a1".to_vec(), b"a2".to_vec()]));
        assert_eq!(log.changed_since(b"a", 5, 9), Some(vec![b"a2".to_vec()]));
        assert_eq!(log.changed_since(b"a1", 4, 9), Some(vec![b"a1".to_vec()]));
        assert_eq!(log.changed_since(b"b", 6, 9), None);
        assert_eq!(log.changed_since(b"a", u64::MAX, 9), Some(vec![]));
    }

    #[test]
    fn a_refused_commit_leaves_nothing_above_the_position() {
        let log = ChangeLog::new(3);
        let note = |key: &[u8], position| log.note([key.to_vec()].iter(), position);
        log.watch_at_most(b"a", 2);
        note(b"a1", 4);
        note(b"a2", 5);
        // A commit of three rows at position 9 is refused. Two of them are remembered.
        (1..=3_u8).for_each(|row| note(&[b'a', row], 9));
        log.watch(b"b");
        assert_eq!((log.changed_since(b"a", 5, 9), log.changed_since(b"b", 5, 9)), (None, None));
        log.roll_back_to(5);
        log.watch(b"c");
        assert_eq!(
            ["a", "b", "c"].map(|prefix| log.changed_since(prefix.as_bytes(), 5, 9)),
            [const { Some(vec![]) }; 3]
        );
        note(b"a4", 6);
        note(b"b1", 6);
        assert_eq!(log.changed_since(b"a", 5, 9), Some(vec![b"a4".to_vec()]));
        assert_eq!(log.changed_since(b"b", 5, 9), Some(vec![b"b1".to_vec()]));
        assert_eq!(log.changed_since(b"a", 4, 9), None);
    }

    #[test]
    fn a_reader_gets_no_rows_of_other_groups_and_no_more_than_it_asks_for() {
        let log = ChangeLog::new(0);
        log.watch(b"t");
        let key = |group: u8, row: u8| [b"t".as_slice(), &[group; GROUP_BYTES], &[row]].concat();
        let mut position = 0;
        for (group, row) in (0..3).flat_map(|group| (0..20).map(move |row| (group, row))) {
            position += 1;
            log.note([key(group, row)].iter(), position);
        }
        let group = |n: u8| [b"t".as_slice(), &[n; GROUP_BYTES]].concat();
        let found = |prefix: &[u8], since, limit| log.changed_since(prefix, since, limit).unwrap();
        assert_eq!(found(&group(1), 0, 100), (0..20).map(|row| key(1, row)).collect::<Vec<_>>());
        assert_eq!(found(&group(1), 38, 100), [key(1, 18), key(1, 19)]);
        assert_eq!((found(&group(1), 0, 7).len(), found(b"t", 0, 100).len(), found(b"t", 0, 30).len()), (7, 60, 30));
        assert_eq!(found(&key(2, 3), 0, 100), [key(2, 3)]);
        let state = log.state();
        assert_eq!(state.watched[0].groups.len(), 3);
    }
}
