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

/// Many requests at once, while the file is closed again and again.
#[test]
fn every_record_is_in_one_file_once() {
    const TASKS: usize = 16;
    const RECORDS: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let rotation = AuditRotation { bytes_max: 2_000, files_kept: usize::MAX, ..AuditRotation::default() };
    let file = Arc::new(AuditFile::open(folder.path(), rotation, Timestamp(0)).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let file = Arc::clone(&file);
            runtime.spawn(async move {
                for record in 0..RECORDS {
                    let line = format!("{task}-{record}\n");
                    match file.record(line.as_bytes()) {
                        Recording::Done(taken) => taken.unwrap(),
                        Recording::Waiting(taken) => taken.await.unwrap(),
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        file.record_blocking(b"background\n").unwrap();
        file.sync().unwrap();
        file.rotate_if_due(Timestamp(0));
    }
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    let closed = names::closed(folder.path()).unwrap();
    assert!(closed.len() > 1, "no file was closed");
    let paths = closed.into_iter().map(|(_, path)| path).chain([folder.path().join(CURRENT)]);
    let text = paths.map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>();
    assert!(text.ends_with('\n'));
    let mut lines: Vec<&str> = text.lines().filter(|line| *line != "background").collect();
    // A task's own records are in its order.
    for task in 0..TASKS {
        let prefix = format!("{task}-");
        let own: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix(&*prefix)).collect();
        assert_eq!(own, (0..RECORDS).map(|record| record.to_string()).collect::<Vec<_>>());
    }
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), TASKS * RECORDS);
}
