//! A store whose commits fail where the test decides: for tests and the simulator.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Batch, CommitCounts, Done, Error, Key, Snapshot, Store};

/// The kind of an injected failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Another commit changed a row that the batch read. Nothing is written, and the store goes on.
    Conflict,
    /// The disk is full. Nothing is written, and the store goes on.
    Full,
    /// The sync failed and the commit is lost. The store is poisoned.
    Lost,
    /// The sync failed, but the commit is on the disk. The store is poisoned.
    Written,
}

/// A store around another one. It fails commits on request, and never a read.
pub struct FaultyStore<S> {
    inner: S,
    // Never held while the inner store or a `done` runs.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of commits to let through, and the failure of the next one.
    plan: Option<(u64, Fault)>,
    /// The failure of every commit.
    each: Option<Fault>,
    poisoned: bool,
}

const REASON: &str = "a fault was injected";

impl<S: Store> FaultyStore<S> {
    /// A store that behaves like `inner` until [`FaultyStore::fail`] or [`FaultyStore::fail_each`].
    pub fn new(inner: S) -> FaultyStore<S> {
        FaultyStore { inner, state: Mutex::default() }
    }

    /// Lets `commits` more commits through and then fails one.
    pub fn fail(&self, commits: u64, fault: Fault) {
        self.state().plan = Some((commits, fault));
    }

    /// Fails every commit until [`FaultyStore::heal`].
    pub fn fail_each(&self, fault: Fault) {
        self.state().each = Some(fault);
    }

    /// Takes writes again, as after the store is reopened.
    pub fn heal(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> Option<Fault> {
        let planned = match self.plan.take() {
            Some((0, fault)) => Some(fault),
            Some((commits, fault)) => {
                self.plan = Some((commits - 1, fault));
                None
            }
            None => None,
        };
        let fault = planned.or(self.each)?;
        self.poisoned = !matches!(fault, Fault::Conflict | Fault::Full);
        Some(fault)
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.inner.snapshot()
    }

    fn snapshot_nonblocking(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.inner.snapshot_nonblocking()
    }

    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn changed_at(&self, key: &[u8]) -> u64 {
        self.inner.changed_at(key)
    }

    fn watch(&self, prefix: &[u8]) {
        self.inner.watch(prefix);
    }

    fn changed_since(&self, prefix: &[u8], position: u64) -> Option<Vec<Key>> {
        self.inner.changed_since(prefix, position)
    }

    fn commit(&self, batch: Batch, done: Done) {
        let (poisoned, fault) = {
            let mut state = self.state();
            if state.poisoned { (true, None) } else { (false, state.next()) }
        };
        let failed = || Error::Io(REASON.to_owned());
        match fault {
            _ if poisoned => done(Err(Error::Poisoned(REASON.to_owned()))),
            None => self.inner.commit(batch, done),
            Some(Fault::Conflict) => done(Err(Error::Conflict)),
            Some(Fault::Full) => done(Err(Error::Full)),
            Some(Fault::Lost) => done(Err(failed())),
            Some(Fault::Written) => {
                self.inner.commit(batch, Box::new(move |result| done(result.and(Err(failed())))));
            }
        }
    }

    fn commit_counts(&self) -> CommitCounts {
        self.inner.commit_counts()
    }

    fn healthy(&self) -> bool {
        !self.state().poisoned && self.inner.healthy()
    }

    fn close(&self) {
        self.inner.close();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;
    use crate::{Write, commit_blocking};

    fn put(store: &dyn Store, key: &[u8]) -> Result<u64, Error> {
        let writes = vec![Write::Put { key: key.to_vec(), value: vec![] }];
        commit_blocking(store, Batch { writes, ..Batch::default() })
    }

    fn there(store: &dyn Store, key: &[u8]) -> bool {
        store.snapshot().unwrap().get(key).unwrap().is_some()
    }

    fn check(fault: Fault, written: bool, poisons: bool) {
        let store = FaultyStore::new(MemoryStore::new());
        store.fail(1, fault);
        assert_eq!(put(&store, b"a"), Ok(1));
        assert!(put(&store, b"b").is_err());
        assert_eq!((there(&store, b"b"), store.healthy()), (written, !poisons));
        assert_eq!(matches!(put(&store, b"c"), Err(Error::Poisoned(_))), poisons);
        assert_eq!(there(&store, b"c"), !poisons);
        store.heal();
        assert!(store.healthy() && put(&store, b"d").is_ok());
    }

    #[test]
    fn fails_as_requested() {
        check(Fault::Conflict, false, false);
        check(Fault::Full, false, false);
        check(Fault::Lost, false, true);
        check(Fault::Written, true, true);
    }

    #[test]
    fn fails_each_commit_until_it_heals() {
        let store = FaultyStore::new(MemoryStore::new());
        store.fail_each(Fault::Conflict);
        assert!((0..3).all(|_| put(&store, b"a") == Err(Error::Conflict)));
        store.heal();
        assert_eq!(put(&store, b"a"), Ok(1));
    }

    #[test]
    fn conforms_without_faults() {
        crate::conformance::run(&|| Box::new(FaultyStore::new(MemoryStore::new())));
    }
}
