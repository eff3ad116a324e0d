//! The interface between transactions and backends.

use std::ops::Bound;
use std::sync::mpsc;

use crate::error::Error;
use crate::key::Key;

/// Receives the result of a commit once: its position, or the reason why it was refused.
///
/// It usually runs on the committer's thread and delays all other commits, so it must only pass the result on and return. A
/// refusal that needs no disk may be passed on the calling thread, before [`Store::commit`] returns.
pub type Done = Box<dyn FnOnce(Result<u64, Error>) + Send>;

/// Ordered byte keys, snapshot reads, range scans, and one atomic, durable commit of a batch with preconditions.
pub trait Store: Send + Sync {
    /// The present state of the store. It contains every commit that was acknowledged before this call.
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error>;

    /// [`Store::snapshot`] for a thread that must not wait, such as one of an asynchronous runtime. Opening the snapshot and
    /// each of its reads return at once, or are refused with [`Error::WouldBlock`].
    ///
    /// This default is correct for backends that read from memory or from a local file. A backend that reads over a network
    /// must answer from its cache and refuse other reads.
    fn snapshot_nonblocking(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.snapshot()
    }

    /// The position of the last commit that is durable and visible: every snapshot that is opened after this call contains it.
    /// Every commit that was acknowledged before this call is at this position or an earlier one. It takes no lock.
    fn position(&self) -> u64;

    /// A position that is not below that of the last commit that wrote this row. It takes no lock. It may be too high, also for
    /// a row that does not exist.
    ///
    /// A commit raises the answer before a snapshot or [`Store::position`] shows the commit. So a value that a snapshot at `p`
    /// had is the value at every later `q` for which `changed_at(key) <= p` holds after `q` was read from [`Store::position`]
    /// or from an open snapshot.
    fn changed_at(&self, key: &[u8]) -> u64;

    /// Has the store remember which rows with this prefix are written from now on, for [`Store::changed_since`].
    fn watch(&self, prefix: &[u8]);

    /// The rows with this prefix that commits after `position` wrote, each once, in any order. None if the store does not
    /// remember that far back, or watches no prefix of this one. Rows may be named that were not written.
    ///
    /// A commit's rows are among the answers before a snapshot shows the commit. So the states of two snapshots differ at most
    /// in the rows that were changed since the earlier one, and either can be computed from the other.
    fn changed_since(&self, prefix: &[u8], position: u64) -> Option<Vec<Key>>;

    /// Queues a batch. `done` is called exactly once: after the batch is durable (it survives a power cut), or when it is
    /// refused.
    ///
    /// A batch is refused with [`Error::Conflict`] if a key in its reads or ranges was written after its snapshot.
    fn commit(&self, batch: Batch, done: Done);

    /// How many batches were committed or refused since the store was opened.
    fn commit_counts(&self) -> CommitCounts;

    /// Whether the store takes writes.
    fn healthy(&self) -> bool;

    /// Completes queued commits and closes the files. Later commits and snapshots are refused as [`Error::Closed`]. Dropping
    /// the store does the same.
    fn close(&self);
}

/// How many batches a store committed or refused since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommitCounts {
    /// Batches with writes that became durable.
    pub commits: u64,
    /// Groups of batches that became durable together, by one sync of the disk.
    pub groups: u64,
    /// Batches that were refused with [`Error::Conflict`]. Their transactions are usually run again.
    pub conflicts: u64,
}

/// The store at one moment. Later commits do not change it. A snapshot that is held for long keeps the backend from tidying
/// up.
pub trait Snapshot: Send {
    /// The position of the last commit in the snapshot; 0 for a store that was never written.
    fn position(&self) -> u64;

    /// The value of a row.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// Rows in key order, from `start` (inclusive) to `end` (exclusive; empty for no bound), at most `limit`.
    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<(Key, Vec<u8>)>, Error>;
}

/// Writes that are made together, and the reads that must still hold for them to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The position of the snapshot that was read.
    pub position: u64,
    /// Rows that were read, found or not.
    pub reads: Vec<Key>,
    /// Ranges that were read, from (inclusive) and to (exclusive; empty for no bound).
    pub ranges: Vec<(Key, Key)>,
    /// Applied in this order.
    pub writes: Vec<Write>,
}

/// A change of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Sets the value of a row, which need not exist.
    Put {
        /// The row.
        key: Key,
        /// Its new value.
        value: Vec<u8>,
    },
    /// Removes a row, which need not exist.
    Delete {
        /// The row.
        key: Key,
    },
    /// Sets the value of a row whose key contains the position of its commit. So logs are in the order of commits, and need
    /// no counter row, on which every writer would conflict.
    PutStamped {
        /// The row, with eight bytes that the commit's position (big endian) replaces.
        key: Key,
        /// Where those bytes begin.
        stamp_at: usize,
        /// Its new value.
        value: Vec<u8>,
    },
}

impl Write {
    /// The row. That of [`Write::PutStamped`] is without its stamp.
    pub fn key(&self) -> &[u8] {
        match self {
            Write::Put { key, .. } | Write::Delete { key } | Write::PutStamped { key, .. } => key,
        }
    }

    /// The row and its new value (`None`: removed), once the commit's position is known.
    pub(crate) fn resolve(self, position: u64) -> Result<(Key, Option<Vec<u8>>), Error> {
        match self {
            Write::Put { key, value } => Ok((key, Some(value))),
            Write::Delete { key } => Ok((key, None)),
            Write::PutStamped { mut key, stamp_at, value } => {
                let len = key.len();
                let stamp = stamp_range(stamp_at).and_then(|range| key.get_mut(range)).ok_or(Error::BadKey { len })?;
                stamp.copy_from_slice(&position.to_be_bytes());
                Ok((key, Some(value)))
            }
        }
    }
}

/// Commits and blocks the calling thread until the batch is durable or refused: for jobs, replication and tests.
pub fn commit_blocking(store: &dyn Store, batch: Batch) -> Result<u64, Error> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // The receiver waits below, so sending cannot fail.
    store.commit(batch, Box::new(move |result| drop(sender.send(result))));
    receiver.recv().unwrap_or(Err(Error::Closed))
}

/// The eight bytes of a stamp that begins at `stamp_at`.
pub(crate) fn stamp_range(stamp_at: usize) -> Option<std::ops::Range<usize>> {
    Some(stamp_at..stamp_at.checked_add(8)?)
}

type KeyRange<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

/// A range of keys in the form of the standard library's maps. `None` if it is empty, on which those maps would panic.
pub(crate) fn bounds<'a>(start: &'a [u8], end: &'a [u8]) -> Option<KeyRange<'a>> {
    if end.is_empty() {
        Some((Bound::Included(start), Bound::Unbounded))
    } else if start < end {
        Some((Bound::Included(start), Bound::Excluded(end)))
    } else {
        None
    }
}
