//! The only connection that writes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use super::read_error;
use super::reader::{Readers, position_of};
use crate::committer::{Engine, Failure};
use crate::{Error, Key};

/// Identifies the file in its header as a store of this program: "Clav".
const APPLICATION_ID: i64 = 0x436c_6176;
/// The format that this release writes, and the only one that it reads. Version 1 was written before the first release, with
/// other index rows. If this release opened such a store, reads would miss rows instead of failing.
const FORMAT: i64 = 2;

/// The number of pages of the log from which they are moved into the file, when no commit waits and when some do. 1,000 pages
/// are 4 MiB.
///
/// A page that many commits changed is moved once, so a longer log costs less for each commit. But commits wait while it is
/// moved, and opening a store after a crash reads the whole log.
const LOG_PAGES_IDLE: i64 = 3_000;
const LOG_PAGES_BUSY: i64 = 8_000;
/// The most bytes of the log that stay on the disk when it restarts.
const LOG_BYTES_KEPT: i64 = 64 << 20;
/// How long a checkpoint waits for readers. Commits wait meanwhile.
const BUSY_WAIT: Duration = Duration::from_millis(20);

const PUT: &str = "INSERT INTO kv (k, v) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET v = excluded.v";
const DELETE: &str = "DELETE FROM kv WHERE k = ?1";
const MOVE_POSITION: &str = "UPDATE meta SET value = ?1 WHERE name = 'position'";

/// Writes groups of commits and moves the log into the file.
pub(super) struct Writer {
    connection: Connection,
    readers: Arc<Readers>,
    /// The number of pages of the log at which the next checkpoint is tried. It is above the named limits after readers kept
    /// the last one from finishing.
    log_pages_next: i64,
    broken: bool,
}

impl Writer {
    pub(super) fn open(path: &Path, bytes_max: Option<u64>, readers: Arc<Readers>) -> Result<Writer, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(read_error)?;
        // Closing a file that is refused must not move a log into it.
        checkpoint_on_close(&connection, false).map_err(read_error)?;
        check_kind(&connection)?;
        check_format(&connection)?;
        checkpoint_on_close(&connection, true).map_err(read_error)?;
        configure(&connection, bytes_max).map_err(read_error)?;
        check_log(&connection)?;
        lay_out(&mut connection).map_err(read_error)?;
        Ok(Writer { connection, readers, log_pages_next: LOG_PAGES_IDLE, broken: false })
    }

    /// The position of the last commit.
    pub(super) fn position(&self) -> Result<u64, Error> {
        let sql = "SELECT value FROM meta WHERE name = 'position'";
        self.connection.query_row(sql, [], position_of).map_err(read_error)
    }

    fn write_group(&mut self, writes: &[(Key, Option<Vec<u8>>)], position: u64) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut put = transaction.prepare_cached(PUT)?;
            let mut delete = transaction.prepare_cached(DELETE)?;
            for (key, value) in writes {
                match value {
                    Some(value) => put.execute(params![key, value])?,
                    None => delete.execute(params![key])?,
                };
            }
            let moved = transaction.prepare_cached(MOVE_POSITION)?.execute([position.cast_signed()])?;
            if moved != 1 {
                return Err(rusqlite::Error::QueryReturnedNoRows);
            }
        }
        transaction.commit()
    }

    /// The pages of the log that are not in the file yet.
    fn log_pages(&self) -> Result<i64, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
        statement.query_row([], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
    }

    fn checkpoint(&self) -> Result<(), rusqlite::Error> {
        let mut statement = self.connection.prepare_cached("PRAGMA wal_checkpoint(RESTART)")?;
        statement.query_row([], |_| Ok(()))
    }

    fn failed(&mut self, error: rusqlite::Error) -> Failure {
        let failure = failure(error);
        // A transaction that cannot be rolled back would absorb the writes of the next group.
        let failure = match self.connection.is_autocommit() {
            true => failure,
            false => Failure::Unknown("a failed transaction could not be rolled back".to_owned()),
        };
        self.broken |= matches!(failure, Failure::Unknown(_));
        failure
    }
}

impl Engine for Writer {
    fn write(&mut self, writes: &[(Key, Option<Vec<u8>>)], position: u64) -> Result<(), Failure> {
        self.write_group(writes, position).map_err(|error| self.failed(error))
    }

    fn tidy(&mut self, idle: bool) -> Result<(), Failure> {
        let limit = if idle { LOG_PAGES_IDLE } else { LOG_PAGES_BUSY };
        let readers = Arc::clone(&self.readers);
        let pages = self.log_pages().map_err(|error| self.failed(error))?;
        if pages < limit.max(self.log_pages_next) {
            return Ok(());
        }
        readers.drained(|| self.checkpoint()).map_err(|error| self.failed(error))?;
        let left = self.log_pages().map_err(|error| self.failed(error))?;
        self.log_pages_next = left + LOG_PAGES_IDLE;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.broken {
            // Closing would checkpoint, and so use a disk that has just failed. This call cannot fail on an open connection,
            // and a failure would leave nothing else to try.
            drop(checkpoint_on_close(&self.connection, false));
        }
    }
}

/// The committer's failure for a failure of SQLite. Every failure that may have changed the file is unknown.
pub(super) fn failure(error: rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Failure::Refused(Error::Full),
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::TooBig,
        ) => Failure::Refused(Error::Io(error.to_string())),
        _ => Failure::Unknown(error.to_string()),
    }
}

/// Refuses a file of another program before anything is changed in it.
fn check_kind(connection: &Connection) -> Result<(), Error> {
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(read_error)?;
    let sql = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(sql, [], |row| row.get(0)).map_err(read_error)?;
    match (id, tables) {
        (APPLICATION_ID, _) | (0, 0) => Ok(()),
        _ => Err(Error::UnknownFormat(format!("application id {id}"))),
    }
}

fn configure(connection: &Connection, bytes_max: Option<u64>) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Only macOS has this setting: a plain fsync leaves the data in the drive's cache there.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_KEPT, |_| Ok(()))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    if let Some(bytes_max) = bytes_max {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(bytes_max).unwrap_or(i64::MAX) / page.max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

/// Makes the tables of a new file, in one transaction.
fn lay_out(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS kv (k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;",
    )?;
    let sql = "INSERT INTO meta (name, value) VALUES ('format', ?1), ('position', 0) ON CONFLICT (name) DO NOTHING";
    transaction.execute(sql, [FORMAT])?;
    transaction.commit()
}

/// A file system without shared memory would silently use another journal, which is less durable.
fn check_log(connection: &Connection) -> Result<(), Error> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(read_error)?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(Error::Io(format!("a write-ahead log is not possible here, only `{mode}`")))
    }
}

/// Refuses a file of another format before anything is changed in it. A new file has no format yet.
fn check_format(connection: &Connection) -> Result<(), Error> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'";
    let tables: i64 = connection.query_row(sql, [], |row| row.get(0)).map_err(read_error)?;
    if tables == 0 {
        return Ok(());
    }
    let sql = "SELECT value FROM meta WHERE name = 'format'";
    let format: i64 = connection.query_row(sql, [], |row| row.get(0)).map_err(read_error)?;
    if format == FORMAT {
        Ok(())
    } else {
        Err(Error::UnknownFormat(format!("version {format}, and this release reads version {FORMAT}")))
    }
}

fn checkpoint_on_close(connection: &Connection, wanted: bool) -> Result<(), rusqlite::Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !wanted).map(drop)
}
