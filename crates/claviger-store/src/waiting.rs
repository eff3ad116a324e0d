//! A store whose reads wait, as those of a database server do: for tests of the code that keeps such reads off a runtime's
//! threads.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use crate::{Batch, CommitCounts, Done, Error, Key, Snapshot, Store};

/// A store around another one. Its cache answers a given number of reads of each nonblocking snapshot at once, and the next
/// read would have to wait. On other snapshots every read waits, and its thread is recorded.
pub struct WaitingStore<S> {
    inner: S,
    /// The number of reads that each nonblocking snapshot answers.
    cached_reads: AtomicUsize,
    waited: Mutex<HashSet<ThreadId>>,
    opened: AtomicUsize,
}

impl<S: Store> WaitingStore<S> {
    /// A store without a cache.
    pub fn new(inner: S) -> WaitingStore<S> {
        WaitingStore { inner, cached_reads: AtomicUsize::new(0), waited: Mutex::default(), opened: AtomicUsize::new(0) }
    }

    /// The inner store.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The number of snapshots that were opened since the last call.
    pub fn take_opened(&self) -> usize {
        self.opened.swap(0, Ordering::SeqCst)
    }

    /// Sets the number of reads that the cache answers for each nonblocking snapshot from now on.
    pub fn set_cached_reads(&self, count: usize) {
        self.cached_reads.store(count, Ordering::SeqCst);
    }

    /// The threads on which reads have waited since the last call.
    pub fn take_waited(&self) -> HashSet<ThreadId> {
        std::mem::take(&mut *self.waited.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note_wait(&self) {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).insert(thread::current().id());
    }
}

impl<S: Store> Store for WaitingStore<S> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(WaitingSnapshot { inner: self.inner.snapshot()?, store: self, cached: None }))
    }

    fn snapshot_nonblocking(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let cached = Some(AtomicUsize::new(self.cached_reads.load(Ordering::SeqCst)));
        Ok(Box::new(WaitingSnapshot { inner: self.inner.snapshot()?, store: self, cached }))
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
        self.inner.commit(batch, done);
    }

    fn commit_counts(&self) -> CommitCounts {
        self.inner.commit_counts()
    }

    fn healthy(&self) -> bool {
        self.inner.healthy()
    }

    fn close(&self) {
        self.inner.close();
    }
}

struct WaitingSnapshot<'s, S> {
    inner: Box<dyn Snapshot + 's>,
    store: &'s WaitingStore<S>,
    /// The number of reads that are still answered at once; `None` for a snapshot whose reads wait.
    cached: Option<AtomicUsize>,
}

impl<S: Store> WaitingSnapshot<'_, S> {
    fn wait(&self) -> Result<(), Error> {
        let Some(cached) = &self.cached else {
            self.store.note_wait();
            return Ok(());
        };
        let left = cached.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| Error::WouldBlock)
    }
}

impl<S: Store> Snapshot for WaitingSnapshot<'_, S> {
    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.wait()?;
        self.inner.get(key)
    }

    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<(Key, Vec<u8>)>, Error> {
        self.wait()?;
        self.inner.scan(start, end, limit)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::Tx;
    use claviger_types::SeededRandom;

    use crate::conformance::barrier;
    use crate::memory::MemoryStore;

    #[test]
    fn conforms() {
        crate::conformance::run(&|| Box::new(WaitingStore::new(MemoryStore::new())));
    }

    #[test]
    fn a_transaction_records_a_read_that_would_have_waited() {
        let (store, barrier, random) = (WaitingStore::new(MemoryStore::new()), barrier(1), SeededRandom::new(1));
        store.set_cached_reads(1);
        let mut tx = Tx::begin_nonblocking(&store, &barrier, &random);
        assert_eq!((tx.get(b"a"), tx.has_blocked()), (Ok(None), false));
        // Writing a row also reads its version.
        assert_eq!((tx.put(b"b".to_vec(), b"1"), tx.has_blocked()), (Err(Error::WouldBlock), true));
        let tx = Tx::begin_nonblocking(&store, &barrier, &random);
        assert_eq!((tx.scan(b"a", b"b", 1), tx.get(b"a")), (Ok(Vec::new()), Err(Error::WouldBlock)));
        assert!(tx.has_blocked() && store.take_waited().is_empty());
        let tx = Tx::begin(&store, &barrier, &random).unwrap();
        assert_eq!((tx.get(b"a"), tx.get(b"a"), tx.has_blocked()), (Ok(None), Ok(None), false));
        assert_eq!(store.take_waited(), HashSet::from([thread::current().id()]));
    }
}
