//! The embedded store: one SQLite file per region, one thread that writes it.
//!
//! The write-ahead log is synced at every commit (`synchronous=FULL`). Only the writer moves it into the file, which also
//! avoids the conditions of SQLite's WAL-reset bug (3.7.0 to 3.51.2). SQLite was chosen because it wrote the fewest bytes and
//! used the least CPU per durable transaction of the engines compared, and because its file format is kept readable for
//! decades.

mod files;
mod reader;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::ErrorCode;

use crate::committer::{Committer, Progress};
use crate::{Batch, CommitCounts, Done, Error, Key, Snapshot, Store};
use reader::Readers;
use writer::Writer;

/// A store in a file. SQLite's log and index (`-wal`, `-shm`) and a lock (`-lock`) are beside it.
///
/// A point read costs some microseconds and blocks on the disk only where the page cache misses.
pub struct SqliteStore {
    committer: Committer,
    readers: Arc<Readers>,
    // Held for its lock, which ends when the file is closed.
    lock: Mutex<Option<File>>,
}

impl SqliteStore {
    /// Opens the store at `path`, and makes it and its folder (readable by the owner only) if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] if it is open already, [`Error::UnknownFormat`] for another kind or another format of file,
    /// [`Error::Damaged`] or [`Error::Io`] if it cannot be used.
    pub fn open(path: &Path) -> Result<SqliteStore, Error> {
        SqliteStore::open_with(path, None)
    }

    /// As [`SqliteStore::open`], but a commit that would make the file larger than `bytes_max` is refused as
    /// [`Error::Full`].
    pub fn open_limited(path: &Path, bytes_max: u64) -> Result<SqliteStore, Error> {
        SqliteStore::open_with(path, Some(bytes_max))
    }

    fn open_with(path: &Path, bytes_max: Option<u64>) -> Result<SqliteStore, Error> {
        let lock = files::prepare(path)?;
        let progress = Arc::new(Progress::default());
        let readers = Arc::new(Readers::new(path.to_owned(), Arc::clone(&progress)));
        let writer = Writer::open(path, bytes_max, Arc::clone(&readers))?;
        progress.reach(writer.position()?);
        let committer = Committer::start(writer, progress)?;
        Ok(SqliteStore { committer, readers, lock: Mutex::new(Some(lock)) })
    }
}

impl Store for SqliteStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        self.readers.snapshot()
    }

    fn position(&self) -> u64 {
        self.committer.position()
    }

    fn changed_at(&self, key: &[u8]) -> u64 {
        self.committer.changes().changed_at(key)
    }

    fn watch(&self, prefix: &[u8]) {
        self.committer.changes().log.watch(prefix);
    }

    fn changed_since(&self, prefix: &[u8], position: u64) -> Option<Vec<Key>> {
        self.committer.changes().log.changed_since(prefix, position)
    }

    fn commit(&self, batch: Batch, done: Done) {
        self.committer.commit(batch, done);
    }

    fn commit_counts(&self) -> CommitCounts {
        self.committer.commit_counts()
    }

    fn healthy(&self) -> bool {
        self.committer.healthy()
    }

    fn close(&self) {
        self.readers.close();
        self.committer.close();
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// The reader's error for a failure of SQLite.
fn read_error(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged(error.to_string()),
        Some(ErrorCode::DiskFull) => Error::Full,
        _ => Error::Io(error.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
