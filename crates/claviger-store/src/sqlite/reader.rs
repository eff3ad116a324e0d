//! Snapshots: read transactions on pooled connections.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::read_error;
use crate::committer::Progress;
use crate::{Error, Key, Snapshot};

/// The most connections that are kept for later use. Each holds up to 2 MiB of cache.
const READERS_IDLE_MAX: usize = 16;
/// How long a reader waits for a recovery or a checkpoint that is about to end. It waits for nothing else.
const BUSY_WAIT: Duration = Duration::from_secs(1);
const STATEMENTS_MAX: usize = 8;

const POSITION: &str = "SELECT value FROM meta WHERE name = 'position'";
const ROW: &str = "SELECT v FROM kv WHERE k = ?1";
const ROWS: &str = "SELECT k, v FROM kv WHERE k >= ?1 AND k < ?2 ORDER BY k LIMIT ?3";
const ROWS_TO_THE_END: &str = "SELECT k, v FROM kv WHERE k >= ?1 ORDER BY k LIMIT ?2";

/// The connections of all readers.
///
/// A connection comes back with its transaction still open. If no commit has happened when it is taken again, its snapshot is
/// still the newest, and taking it costs nothing. A transaction that stays open keeps the log from being reused, so the
/// writer ends those of idle connections before it tidies up ([`Readers::drained`]).
pub(super) struct Readers {
    path: PathBuf,
    progress: Arc<Progress>,
    // A mutex because it guards a push or a pop. No connection is opened, closed or read under it.
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    free: Vec<Reader>,
    draining: bool,
    closed: bool,
}

struct Reader {
    connection: Connection,
    /// The position that its open transaction shows, if one is open.
    position: Option<u64>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, progress: Arc<Progress>) -> Readers {
        Readers { path, progress, idle: Mutex::default() }
    }

    /// The present state of the store.
    pub(super) fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Error> {
        // Read before the connection is chosen: the snapshot need not contain a commit that is acknowledged later.
        let newest = self.progress.position();
        let mut reader = match self.take()? {
            Some(reader) => reader,
            None => self.open()?,
        };
        let position = match reader.position {
            Some(position) if position == newest => position,
            _ => reader.renew().map_err(read_error)?,
        };
        self.progress.reach(position);
        Ok(Box::new(SqliteSnapshot { readers: self, reader: Some(reader), position, failed: Cell::new(false) }))
    }

    /// Runs `work` while no idle connection holds a transaction open.
    pub(super) fn drained<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut free = {
            let mut idle = self.idle();
            idle.draining = true;
            std::mem::take(&mut idle.free)
        };
        free.retain_mut(|reader| reader.end().is_ok());
        self.idle().free.append(&mut free);
        let result = work();
        self.idle().draining = false;
        result
    }

    /// Closes idle connections and refuses further snapshots. Open snapshots remain usable.
    pub(super) fn close(&self) {
        let free = {
            let mut idle = self.idle();
            idle.closed = true;
            std::mem::take(&mut idle.free)
        };
        drop(free);
    }

    fn take(&self) -> Result<Option<Reader>, Error> {
        let mut idle = self.idle();
        if idle.closed { Err(Error::Closed) } else { Ok(idle.free.pop()) }
    }

    fn put_back(&self, mut reader: Reader) {
        let mut idle = self.idle();
        // Under the lock, so that no connection returns with an open transaction after those of the others have been ended.
        let usable = !idle.draining || reader.end().is_ok();
        if usable && !idle.closed && idle.free.len() < READERS_IDLE_MAX {
            idle.free.push(reader);
        } else {
            // Other readers need not wait while the connection closes.
            drop(idle);
            drop(reader);
        }
    }

    fn open(&self) -> Result<Reader, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connect = || {
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(BUSY_WAIT)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            // Without it SQLite compiles a scan's statement again each time its bounds are bound, to plan it for their values.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
            Ok(connection)
        };
        connect().map(|connection| Reader { connection, position: None }).map_err(read_error)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// Begins a new transaction. Its first read determines the snapshot.
    fn renew(&mut self) -> Result<u64, rusqlite::Error> {
        self.end()?;
        self.connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
        let position = self.connection.prepare_cached(POSITION)?.query_row([], position_of)?;
        self.position = Some(position);
        Ok(position)
    }

    fn end(&mut self) -> Result<(), rusqlite::Error> {
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        self.position = None;
        Ok(())
    }
}

/// Positions are stored as SQLite's signed integers and stay far below their limit.
pub(super) fn position_of(row: &Row<'_>) -> Result<u64, rusqlite::Error> {
    Ok(row.get::<_, i64>(0)?.unsigned_abs())
}

struct SqliteSnapshot<'a> {
    readers: &'a Readers,
    /// Present until the snapshot is dropped.
    reader: Option<Reader>,
    position: u64,
    /// A connection that failed is not used again.
    failed: Cell<bool>,
}

impl SqliteSnapshot<'_> {
    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, Error> {
        let reader = self.reader.as_ref().ok_or(Error::Closed)?;
        query(&reader.connection).map_err(|error| {
            self.failed.set(true);
            read_error(error)
        })
    }
}

impl Snapshot for SqliteSnapshot<'_> {
    fn position(&self) -> u64 {
        self.position
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.read(|connection| connection.prepare_cached(ROW)?.query_row([key], |row| row.get(0)).optional())
    }

    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<(Key, Vec<u8>)>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.read(|connection| {
            if end.is_empty() {
                connection.prepare_cached(ROWS_TO_THE_END)?.query_map(params![start, limit], row)?.collect()
            } else {
                connection.prepare_cached(ROWS)?.query_map(params![start, end, limit], row)?.collect()
            }
        })
    }
}

impl Drop for SqliteSnapshot<'_> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take()
            && !self.failed.get()
        {
            self.readers.put_back(reader);
        }
    }
}
