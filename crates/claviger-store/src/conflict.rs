//! Optimistic concurrency control over the keys that recent commits wrote.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::changes::RowChanges;
use crate::store::bounds;
use crate::{Batch, Error, Key};

/// About the most bytes of keys that a window remembers. Older commits are forgotten first.
const WINDOW_BYTES_MAX: usize = 16 << 20;
/// The bytes that a remembered key costs besides its own, which are stored twice.
const KEY_COST: usize = 96;

/// The keys that recent commits wrote. A batch whose snapshot is older than the window cannot be checked and is a conflict.
///
/// Time per batch is logarithmic in the window for each read, and linear in the remembered keys that fall in a range.
pub(crate) struct Window {
    /// The last assigned position.
    position: u64,
    /// INVARIANT: every key written by a commit after `floor` is in `written`. Earlier ones may be forgotten.
    floor: u64,
    /// The last position that wrote each key.
    written: BTreeMap<Key, u64>,
    /// The keys of each commit, oldest first.
    commits: VecDeque<(u64, Vec<Key>)>,
    bytes: usize,
    bytes_max: usize,
    /// Outlives the window's memory, and readers share it.
    changes: Arc<RowChanges>,
}

/// A batch that may be committed.
pub(crate) struct Admitted {
    /// Its position.
    pub(crate) position: u64,
    /// Rows and their new values. `None` removes the row.
    pub(crate) writes: Vec<(Key, Option<Vec<u8>>)>,
}

impl Window {
    /// The window of a newly opened store, whose last commit was at `position`.
    pub(crate) fn new(position: u64) -> Window {
        Window::with_limit(position, WINDOW_BYTES_MAX)
    }

    fn with_limit(position: u64, bytes_max: usize) -> Window {
        let (written, commits) = (BTreeMap::new(), VecDeque::new());
        let changes = Arc::new(RowChanges::new(position));
        Window { position, floor: position, written, commits, bytes: 0, bytes_max, changes }
    }

    /// The position of the last batch admitted.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// When rows changed last, as of the batches admitted.
    pub(crate) fn changes(&self) -> Arc<RowChanges> {
        Arc::clone(&self.changes)
    }

    /// Gives a batch the next position, unless a row that it read has been written since. A batch without writes takes no
    /// position of its own.
    pub(crate) fn admit(&mut self, batch: Batch) -> Result<Admitted, Error> {
        self.check(&batch)?;
        if batch.writes.is_empty() {
            return Ok(Admitted { position: self.position, writes: Vec::new() });
        }
        let position = self.position + 1;
        let writes = batch.writes.into_iter().map(|write| write.resolve(position)).collect::<Result<Vec<_>, _>>()?;
        self.position = position;
        self.remember(position, writes.iter().map(|(key, _)| key.clone()).collect());
        Ok(Admitted { position, writes })
    }

    /// Forgets the commits after `position`, whose write failed.
    pub(crate) fn roll_back_to(&mut self, position: u64) {
        while self.commits.back().is_some_and(|(at, _)| *at > position) {
            self.commits.pop_back();
        }
        self.position = position;
        self.floor = self.floor.min(position);
        self.bytes = self.commits.iter().map(|(_, keys)| cost(keys)).sum();
        self.written = self.commits.iter().flat_map(|(at, keys)| keys.iter().map(|key| (key.clone(), *at))).collect();
    }

    fn check(&self, batch: &Batch) -> Result<(), Error> {
        let newer = |at: &u64| *at > batch.position;
        let read_since = || batch.reads.iter().any(|key| self.written.get(key).is_some_and(newer));
        let range_since = || {
            let mut ranges = batch.ranges.iter().filter_map(|(start, end)| bounds(start, end));
            ranges.any(|range| self.written.range::<[u8], _>(range).any(|(_, at)| newer(at)))
        };
        if batch.position == self.position {
            return Ok(());
        }
        if batch.position < self.floor || batch.position > self.position || read_since() || range_since() {
            return Err(Error::Conflict);
        }
        Ok(())
    }

    fn remember(&mut self, position: u64, keys: Vec<Key>) {
        self.changes.note(&keys, position);
        for key in &keys {
            self.written.insert(key.clone(), position);
        }
        self.bytes += cost(&keys);
        self.commits.push_back((position, keys));
        while self.bytes > self.bytes_max
            && let Some((at, keys)) = self.commits.pop_front()
        {
            self.bytes -= cost(&keys);
            self.floor = at;
            for key in &keys {
                if self.written.get(key) == Some(&at) {
                    self.written.remove(key);
                }
            }
        }
    }
}

fn cost(keys: &[Key]) -> usize {
    keys.iter().map(|key| 2 * key.len() + KEY_COST).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::Write;

    #[derive(Debug, Clone)]
    enum Step {
        /// A batch whose snapshot is `age` commits old.
        Commit { age: u64, reads: Vec<u8>, ranges: Vec<(u8, u8)>, writes: Vec<u8> },
        /// The write of the last commits fails.
        RollBack { commits: u64 },
    }

    fn step() -> impl Strategy<Value = Step> {
        let key = || 0..12u8;
        let commit = (0..6u64, vec(key(), 0..4), vec((key(), key()), 0..2), vec(key(), 0..4))
            .prop_map(|(age, reads, ranges, writes)| Step::Commit { age, reads, ranges, writes });
        prop_oneof![8 => commit, 1 => (0..3u64).prop_map(|commits| Step::RollBack { commits })]
    }

    /// A reference model: every commit ever made, searched one by one. The first is at position 1.
    #[derive(Default)]
    struct Model(Vec<Vec<u8>>);

    impl Model {
        fn conflicts(&self, position: u64, reads: &[u8], ranges: &[(u8, u8)]) -> bool {
            // An end of 0 is written as the empty key, which means no bound.
            let hit = |key: &u8| {
                reads.contains(key) || ranges.iter().any(|(start, end)| key >= start && (*end == 0 || key < end))
            };
            self.0.iter().skip(usize::try_from(position).unwrap()).flatten().any(hit)
        }
    }

    fn batch(position: u64, reads: &[u8], ranges: &[(u8, u8)], writes: &[u8]) -> Batch {
        let end = |b: u8| if b == 0 { vec![] } else { vec![b] };
        Batch {
            position,
            reads: reads.iter().map(|b| vec![*b]).collect(),
            ranges: ranges.iter().map(|(s, e)| (vec![*s], end(*e))).collect(),
            writes: writes.iter().map(|b| Write::Put { key: vec![*b], value: vec![] }).collect(),
        }
    }

    fn check(steps: Vec<Step>, bytes_max: usize, exact: bool) {
        let (mut window, mut model) = (Window::with_limit(0, bytes_max), Model::default());
        for step in steps {
            match step {
                Step::Commit { age, reads, ranges, writes } => {
                    let position = window.position().saturating_sub(age);
                    let expected = model.conflicts(position, &reads, &ranges);
                    match window.admit(batch(position, &reads, &ranges, &writes)) {
                        Ok(admitted) => {
                            assert!(!expected, "admitted in spite of a conflict");
                            if !writes.is_empty() {
                                model.0.push(writes);
                            }
                            assert_eq!(admitted.position, model.0.len() as u64);
                        }
                        Err(error) => {
                            assert_eq!(error, Error::Conflict);
                            assert!(expected || !exact, "refused without a conflict");
                            assert!(age > 0, "a fresh snapshot never conflicts");
                        }
                    }
                }
                Step::RollBack { commits } => {
                    let to = window.position().saturating_sub(commits);
                    window.roll_back_to(to);
                    model.0.truncate(usize::try_from(to).unwrap());
                }
            }
            assert!(window.bytes <= bytes_max);
            assert_eq!(window.position(), model.0.len() as u64);
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_full_history(steps in vec(step(), 0..40)) {
            check(steps, WINDOW_BYTES_MAX, true);
        }

        #[test]
        fn forgetting_only_adds_conflicts(steps in vec(step(), 0..40), limit in 0..2000usize) {
            check(steps, limit, false);
        }
    }

    #[test]
    fn stamped_rows_conflict_with_readers_of_their_range() {
        let mut window = Window::new(0);
        let write = Write::PutStamped { key: b"log/........".to_vec(), stamp_at: 4, value: vec![] };
        let admitted = window.admit(Batch { writes: vec![write], ..Batch::default() }).unwrap();
        let key = [b"log/".as_slice(), &1u64.to_be_bytes()].concat();
        assert_eq!(admitted.writes, [(key, Some(vec![]))]);
        let reader = Batch { ranges: vec![(b"log/".to_vec(), b"log0".to_vec())], ..Batch::default() };
        assert_eq!(window.admit(reader).err(), Some(Error::Conflict));
    }

    #[test]
    fn a_stamp_outside_its_key_is_refused_and_takes_no_position() {
        let mut window = Window::new(0);
        for stamp_at in [1, 8, usize::MAX] {
            let write = Write::PutStamped { key: vec![0; 8], stamp_at, value: vec![] };
            let refused = window.admit(Batch { writes: vec![write], ..Batch::default() });
            assert_eq!(refused.err(), Some(Error::BadKey { len: 8 }));
        }
        assert_eq!(window.position(), 0);
    }

    #[test]
    fn a_position_above_the_last_one_is_refused() {
        let mut window = Window::new(5);
        assert_eq!(window.admit(batch(6, &[], &[], &[1])).err(), Some(Error::Conflict));
    }
}
