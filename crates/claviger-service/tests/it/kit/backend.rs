//! The store under a region of the tests: in memory, or a file.

use claviger_store::memory::MemoryStore;
use claviger_store::sqlite::SqliteStore;
use claviger_store::{Batch, CommitCounts, Done, Error, Key, Snapshot, Store};
use tempfile::TempDir;

/// A store of either kind.
pub(crate) struct Backend {
    store: Box<dyn Store>,
    /// Deletes the file. Declared after the store, which closes the file when it is dropped.
    _folder: Option<TempDir>,
}

impl Backend {
    pub(crate) fn in_memory() -> Backend {
        Backend { store: Box::new(MemoryStore::new()), _folder: None }
    }

    /// A new file in a folder that is deleted with the store.
    pub(crate) fn in_file() -> Backend {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("data").join("store.db")).unwrap();
        Backend { store: Box::new(store), _folder: Some(folder) }
    }
}

impl Store for Backend {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.store.snapshot()
    }

    fn snapshot_nonblocking(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.store.snapshot_nonblocking()
    }

    fn position(&self) -> u64 {
        self.store.position()
    }

    fn changed_at(&self, key: &[u8]) -> u64 {
        self.store.changed_at(key)
    }

    fn watch(&self, prefix: &[u8]) {
        self.store.watch(prefix);
    }

    fn changed_since(&self, prefix: &[u8], position: u64, limit: usize) -> Option<Vec<Key>> {
        self.store.changed_since(prefix, position, limit)
    }

    fn commit(&self, batch: Batch, done: Done) {
        self.store.commit(batch, done);
    }

    fn commit_counts(&self) -> CommitCounts {
        self.store.commit_counts()
    }

    fn healthy(&self) -> bool {
        self.store.healthy()
    }

    fn close(&self) {
        self.store.close();
    }
}
