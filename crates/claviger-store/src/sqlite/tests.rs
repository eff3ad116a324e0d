//! Tests of SQLite's files: durability, secrecy, one owner, and recovery from a full disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::committer::Failure;
use claviger_types::SeededRandom;

use crate::conformance::{self, barrier};
use crate::{Tx, Write, commit_blocking};

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn db(&self) -> PathBuf {
        self.0.path().join("region.db")
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.db()).unwrap()
    }
}

fn put(store: &SqliteStore, key: &[u8], value: &[u8]) -> Result<u64, Error> {
    let writes = vec![Write::Put { key: key.to_vec(), value: value.to_vec() }];
    let position = store.snapshot()?.position();
    commit_blocking(store, Batch { position, writes, ..Batch::default() })
}

/// Writes 64 KiB into one of 50 rows. The bytes differ, because equal ones would not be written again.
fn put_much(store: &SqliteStore, n: u32) {
    put(store, &(n % 50).to_be_bytes(), &n.to_be_bytes().repeat(16 << 10)).unwrap();
}

fn get(store: &SqliteStore, key: &[u8]) -> Option<Vec<u8>> {
    store.snapshot().unwrap().get(key).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn conforms() {
    // One folder holds all stores. A folder for each store would have to outlive the store, which `conformance::run` drops.
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    conformance::run(&|| {
        count.set(count.get() + 1);
        Box::new(SqliteStore::open(&folder.path().join(format!("{}.db", count.get()))).unwrap())
    });
}

#[test]
fn committed_rows_are_present_after_reopening() {
    let folder = Folder::new();
    for round in 0..3u64 {
        let store = folder.open();
        assert_eq!(store.snapshot().unwrap().position(), round * 10);
        for n in 0..10 {
            assert_eq!(put(&store, &[n], &round.to_be_bytes()), Ok(round * 10 + u64::from(n) + 1));
        }
    }
    assert!(!files::beside(&folder.db(), "-wal").exists(), "a clean end leaves no log behind");
    let store = folder.open();
    assert!((0..10).all(|n| get(&store, &[n]) == Some(2u64.to_be_bytes().to_vec())));
}

#[test]
fn committed_rows_survive_a_power_cut() {
    let (folder, copy) = (Folder::new(), Folder::new());
    let store = folder.open();
    let value = [7; 3000];
    for n in 0..200u8 {
        put(&store, &[n], &value).unwrap();
        if n % 50 == 0 {
            // The files as a power cut at this moment would leave them.
            fs::copy(folder.db(), copy.db()).unwrap();
            fs::copy(files::beside(&folder.db(), "-wal"), files::beside(&copy.db(), "-wal")).unwrap();
            let found = copy.open();
            assert_eq!(found.snapshot().unwrap().position(), u64::from(n) + 1);
            assert!((0..=n).all(|n| get(&found, &[n]) == Some(value.to_vec())));
        }
    }
}

#[test]
fn a_truncated_log_contains_whole_commits() {
    let (folder, copy) = (Folder::new(), Folder::new());
    let store = folder.open();
    for n in 0..20u64 {
        let writes = (0..3).map(|k| Write::Put { key: vec![k], value: n.to_be_bytes().to_vec() }).collect();
        commit_blocking(&store, Batch { position: n, writes, ..Batch::default() }).unwrap();
    }
    let log = fs::read(files::beside(&folder.db(), "-wal")).unwrap();
    let mut reached = 0;
    for cut in (0..log.len()).step_by(5003) {
        fs::copy(folder.db(), copy.db()).unwrap();
        fs::write(files::beside(&copy.db(), "-wal"), &log[..cut]).unwrap();
        let found = SqliteStore::open(&copy.db()).unwrap();
        let snapshot = found.snapshot().unwrap();
        let values: Vec<_> = (0..3).map(|k| snapshot.get(&[k]).unwrap()).collect();
        let position = snapshot.position();
        let expected = position.checked_sub(1).map(|n| n.to_be_bytes().to_vec());
        assert!(values.iter().all(|value| *value == expected), "cut at {cut}: {values:?}");
        assert!(position >= reached, "a longer log has fewer commits: {reached} then {position} at {cut}");
        reached = position;
    }
    assert!((15..20).contains(&reached), "the longest log that was cut gives {reached} of 20 commits");
}

#[test]
fn a_second_owner_is_refused() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(SqliteStore::open(&folder.db()).err(), Some(Error::Locked));
    store.close();
    let next = folder.open();
    assert_eq!(put(&next, b"a", b""), Ok(1));
    assert_eq!(put(&store, b"b", b""), Err(Error::Closed));
}

#[test]
fn files_are_for_the_owner_only() {
    let folder = Folder::new();
    let path = folder.0.path().join("new/region/store.db");
    let store = SqliteStore::open(&path).unwrap();
    put(&store, b"a", b"").unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    for file in
        [path.clone(), files::beside(&path, "-wal"), files::beside(&path, "-shm"), files::beside(&path, "-lock")]
    {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn other_files_are_refused_and_left_unchanged() {
    let folder = Folder::new();
    fs::write(folder.db(), [b'x'; 8192]).unwrap();
    assert!(matches!(SqliteStore::open(&folder.db()), Err(Error::Damaged(_))));
    assert_eq!(fs::read(folder.db()).unwrap(), [b'x'; 8192]);

    let folder = Folder::new();
    let other = rusqlite::Connection::open(folder.db()).unwrap();
    other.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(other);
    let before = fs::read(folder.db()).unwrap();
    assert!(matches!(SqliteStore::open(&folder.db()), Err(Error::UnknownFormat(_))));
    assert_eq!(fs::read(folder.db()).unwrap(), before);

    for other in [1, 3] {
        let folder = Folder::new();
        drop(folder.open());
        let connection = rusqlite::Connection::open(folder.db()).unwrap();
        // As after a crash: only the log contains the format and a change of the layout.
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        let changes = format!("UPDATE meta SET value = {other} WHERE name = 'format'; CREATE TABLE news (a)");
        connection.execute_batch(&changes).unwrap();
        connection.pragma_update(None, "application_id", 0x436c_6176).unwrap();
        drop(connection);
        let files = [folder.db(), files::beside(&folder.db(), "-wal")];
        let before = files.clone().map(|path| fs::read(path).unwrap());
        assert!(!before[1].is_empty());
        let text = format!("version {other}, and this release reads version 2");
        assert_eq!(SqliteStore::open(&folder.db()).err(), Some(Error::UnknownFormat(text)));
        assert_eq!(files.map(|path| fs::read(path).unwrap()), before);
    }

    let folder = Folder::new();
    assert!(matches!(SqliteStore::open(folder.0.path()), Err(Error::Io(_))), "a folder");
}

#[test]
fn a_full_disk_loses_no_commit_and_later_writes_succeed() {
    let folder = Folder::new();
    let store = SqliteStore::open_limited(&folder.db(), 200_000).unwrap();
    let value = [1; 20_000];
    let written = (0..).take_while(|n: &u8| put(&store, &[*n], &value).is_ok()).count();
    assert!((5..10).contains(&written), "{written}");
    assert_eq!(put(&store, b"more", &value), Err(Error::Full));
    assert!(store.healthy());
    assert_eq!(put(&store, b"small", b"1"), Ok(written as u64 + 1), "small writes still fit");
    let writes = vec![Write::Delete { key: vec![0] }];
    commit_blocking(&store, Batch { position: written as u64 + 1, writes, ..Batch::default() }).unwrap();
    assert_eq!(put(&store, b"more", &value), Ok(written as u64 + 3));
    drop(store);
    let store = folder.open();
    assert!((1..written).all(|n| get(&store, &[u8::try_from(n).unwrap()]) == Some(value.to_vec())));
    assert_eq!((get(&store, &[0]), get(&store, b"more")), (None, Some(value.to_vec())));
}

#[test]
fn failures_are_classified() {
    let failure = |extended| {
        let code = rusqlite::ffi::Error::new(extended);
        writer::failure(rusqlite::Error::SqliteFailure(code, None))
    };
    use rusqlite::ffi;
    assert_eq!(failure(ffi::SQLITE_FULL), Failure::Refused(Error::Full));
    for code in [ffi::SQLITE_READONLY, ffi::SQLITE_BUSY, ffi::SQLITE_CANTOPEN, ffi::SQLITE_TOOBIG] {
        assert!(matches!(failure(code), Failure::Refused(Error::Io(_))), "{code}");
    }
    let unknown = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_CORRUPT, ffi::SQLITE_NOMEM];
    for code in unknown.into_iter().chain([ffi::SQLITE_INTERNAL, ffi::SQLITE_NOTADB, ffi::SQLITE_IOERR_SHMSIZE]) {
        assert!(matches!(failure(code), Failure::Unknown(_)), "{code}");
    }
}

#[test]
fn nothing_in_the_files_is_in_the_clear() {
    let folder = Folder::new();
    let (barrier, random) = (barrier(1), SeededRandom::new(1));
    let canary = b"canary-5f0c0de-canary";
    let store = folder.open();
    for n in 0..5u8 {
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let row = tx.name(&[canary, &[n]]).to_vec();
        tx.put(row.clone(), canary).unwrap();
        tx.append(b"log/", &row, &canary.repeat(500)).unwrap();
        let batch = tx.into_batch();
        commit_blocking(&store, batch).unwrap();
    }
    let clear = |path: PathBuf| {
        let bytes = fs::read(path).unwrap();
        assert!(bytes.len() > 8192);
        bytes.windows(8).any(|window| window == &canary[..8])
    };
    assert!(!clear(files::beside(&folder.db(), "-wal")));
    store.close();
    assert!(!clear(folder.db()));
}

#[test]
fn the_log_restarts_while_new_readers_arrive() {
    let folder = Folder::new();
    let store = folder.open();
    for n in 0..600u32 {
        if n % 100 == 0 {
            // A burst of readers leaves idle connections behind, each with an open transaction at this position.
            let readers: Vec<_> = (0..3).map(|_| store.snapshot().unwrap()).collect();
            drop(readers);
        }
        put_much(&store, n);
    }
    let log = fs::metadata(files::beside(&folder.db(), "-wal")).unwrap().len();
    assert!(log < 16 << 20, "40 MB were written, and the log has {log} bytes");
}

#[test]
fn a_long_snapshot_only_delays_the_restart_of_the_log() {
    let folder = Folder::new();
    let store = folder.open();
    put(&store, b"old", b"1").unwrap();
    let held = store.snapshot().unwrap();
    for n in 0..300u32 {
        put_much(&store, n);
    }
    put(&store, b"old", b"2").unwrap();
    assert_eq!(held.get(b"old").unwrap(), Some(b"1".to_vec()));
    let grown = fs::metadata(files::beside(&folder.db(), "-wal")).unwrap().len();
    drop(held);
    for n in 0..300u32 {
        put_much(&store, n);
    }
    let log = fs::metadata(files::beside(&folder.db(), "-wal")).unwrap().len();
    assert!(log <= grown + (16 << 20), "{grown} then {log}");
    assert_eq!(get(&store, b"old"), Some(b"2".to_vec()));
}

#[test]
fn a_snapshot_remains_readable_after_close() {
    let folder = Folder::new();
    let store = folder.open();
    put(&store, b"a", b"1").unwrap();
    let held = store.snapshot().unwrap();
    store.close();
    assert_eq!(held.get(b"a").unwrap(), Some(b"1".to_vec()));
    drop(held);
    drop(store);
    assert_eq!(get(&folder.open(), b"a"), Some(b"1".to_vec()));
}
