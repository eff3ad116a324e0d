//! A store in memory: for `dev` without a data folder, tests and the simulator. Its contents end with the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rpds::RedBlackTreeMapSync;

use crate::changes::RowChanges;
use crate::conflict::Window;
use crate::store::bounds;
use crate::{Batch, CommitCounts, Done, Error, Key, Snapshot, Store};

/// A persistent ordered map under a mutex: a snapshot costs one reference count, a commit copies the paths it changes.
///
/// Commits run on the calling thread.
pub struct MemoryStore {
    // Held for the length of one commit at most, and never while `done` runs.
    state: Mutex<State>,
    /// The position of `state`, set before the lock is released, so that [`Store::position`] needs no lock.
    position: AtomicU64,
    changes: Arc<RowChanges>,
}

type Map = RedBlackTreeMapSync<Key, Vec<u8>>;

struct State {
    map: Map,
    window: Window,
    counts: CommitCounts,
    closed: bool,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        let window = Window::new(0);
        let changes = window.changes();
        let state = Mutex::new(State { map: Map::new_sync(), window, counts: CommitCounts::default(), closed: false });
        MemoryStore { state, position: AtomicU64::new(0), changes }
    }

    /// Another store with the present contents, as one that is restored from a backup has them.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`]
    pub fn copy(&self) -> Result<MemoryStore, Error> {
        let (map, position) = {
            let state = self.state();
            if state.closed {
                return Err(Error::Closed);
            }
            (state.map.clone(), state.window.position())
        };
        let window = Window::new(position);
        let changes = window.changes();
        let state = Mutex::new(State { map, window, counts: CommitCounts::default(), closed: false });
        Ok(MemoryStore { state, position: AtomicU64::new(position), changes })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics between changes that belong together, so the state is consistent even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> MemoryStore {
        MemoryStore::new()
    }
}

impl Store for MemoryStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        let state = self.state();
        if state.closed {
            return Err(Error::Closed);
        }
        Ok(Box::new(MemorySnapshot { map: state.map.clone(), position: state.window.position() }))
    }

    fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    fn changed_at(&self, key: &[u8]) -> u64 {
        self.changes.changed_at(key)
    }

    fn watch(&self, prefix: &[u8]) {
        self.changes.log.watch(prefix);
    }

    fn changed_since(&self, prefix: &[u8], position: u64, limit: usize) -> Option<Vec<Key>> {
        self.changes.log.changed_since(prefix, position, limit)
    }

    fn commit(&self, batch: Batch, done: Done) {
        let result = {
            let mut state = self.state();
            let result = state.commit(batch);
            self.position.store(state.window.position(), Ordering::Release);
            result
        };
        done(result);
    }

    fn commit_counts(&self) -> CommitCounts {
        self.state().counts
    }

    fn healthy(&self) -> bool {
        !self.state().closed
    }

    fn close(&self) {
        self.state().closed = true;
    }
}

impl State {
    fn commit(&mut self, batch: Batch) -> Result<u64, Error> {
        if self.closed {
            return Err(Error::Closed);
        }
        let admitted = self.window.admit(batch).inspect_err(|error| {
            self.counts.conflicts += u64::from(*error == Error::Conflict);
        })?;
        if !admitted.writes.is_empty() {
            self.counts.commits += 1;
            self.counts.groups += 1;
        }
        for (key, value) in admitted.writes {
            match value {
                Some(value) => self.map.insert_mut(key, value),
                None => drop(self.map.remove_mut(&key)),
            }
        }
        Ok(admitted.position)
    }
}

struct MemorySnapshot {
    map: Map,
    position: u64,
}

impl Snapshot for MemorySnapshot {
    fn position(&self) -> u64 {
        self.position
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.map.get(key).cloned())
    }

    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<(Key, Vec<u8>)>, Error> {
        let Some(range) = bounds(start, end) else {
            return Ok(Vec::new());
        };
        let rows = self.map.range::<[u8], _>(range).take(limit);
        Ok(rows.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    #[test]
    fn conforms() {
        crate::conformance::run(&|| Box::new(MemoryStore::new()));
    }
}
