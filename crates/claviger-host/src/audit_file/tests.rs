#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn open(folder: &Path) -> AuditFile {
    AuditFile::open(folder, AuditRotation::default(), Timestamp(0)).unwrap()
}

#[test]
fn records_are_appended() {
    let folder = tempfile::tempdir().unwrap();
    for line in [&b"{\"a\":1}\n"[..], b"{\"a\":2}\n"] {
        let file = open(folder.path());
        assert!(matches!(file.record(line), Recording::Done(Ok(()))));
        file.sync().unwrap();
    }
    assert_eq!(std::fs::read_to_string(folder.path().join(CURRENT)).unwrap(), "{\"a\":1}\n{\"a\":2}\n");
}

#[test]
fn a_line_that_was_cut_short_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(CURRENT), "{\"a\":1}\n{\"a").unwrap();
    open(folder.path()).record_blocking(b"{}\n").unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join(CURRENT)).unwrap(), "{\"a\":1}\n{\"a\n{}\n");
}

#[test]
fn a_device_that_does_not_sync_is_lost() {
    // A pipe takes bytes and has no disk behind it, so that syncing it is an error.
    let (_reader, writer) = io::pipe().unwrap();
    let file = Arc::new(File::from(std::os::fd::OwnedFd::from(writer)));
    let trail = Trail::new(file, 0);
    trail.append(b"{}\n").unwrap();
    assert!(trail.sync().is_err() && !trail.takes_records());
    assert!(trail.append(b"{}\n").is_err());
}
