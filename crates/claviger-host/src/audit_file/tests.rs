#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

#[test]
fn records_are_appended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    for line in [&b"{\"a\":1}\n"[..], b"{\"a\":2}\n"] {
        let file = AuditFile::open(&path).unwrap();
        file.record_blocking(line).unwrap();
        file.sync().unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\":2}\n");
}

#[test]
fn a_line_that_was_cut_short_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, "{\"a\":1}\n{\"a").unwrap();
    AuditFile::open(&path).unwrap().record_blocking(b"{}\n").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\n{}\n");
}

#[test]
fn after_a_failed_sync_nothing_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = AuditFile::open(&folder.path().join("audit.jsonl")).unwrap();
    file.record_blocking(b"{}\n").unwrap();
    file.0.target().lost.store(true, Ordering::SeqCst);
    assert!(file.record_blocking(b"{}\n").is_err());
}

#[test]
fn a_device_that_does_not_sync_is_lost() {
    // A pipe takes bytes and has no disk behind it, so that syncing it is an error.
    let (_reader, writer) = io::pipe().unwrap();
    let tail = Mutex::new(Tail::new(File::from(std::os::fd::OwnedFd::from(writer)), 0));
    let trail = Trail { tail, unsynced: AtomicBool::new(false), lost: AtomicBool::new(false) };
    let file = AuditFile(Arc::new(GroupWriter::new(trail)));
    file.record_blocking(b"{}\n").unwrap();
    assert!(file.sync().is_err());
    assert!(file.record_blocking(b"{}\n").is_err());
}
