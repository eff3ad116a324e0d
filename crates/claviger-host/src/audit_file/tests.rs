#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use claviger_crypto::{AttestationRoots, RootKey};
use claviger_service::{Node, NodeConfig, RequestQuotas, SERVICES, Topology};
use claviger_store::memory::MemoryStore;
use claviger_store::tables::audit_table;
use claviger_store::{Store, Tx, commit_blocking};
use claviger_types::{ManualClock, NoOutbound, Region, SeededRandom};

use claviger_audit::{Head, Verifier};

use super::tail::tests::Disk;
use super::*;

fn open(folder: &Path) -> AuditFile {
    AuditFile::open(folder, AuditRotation::default(), Timestamp(0)).unwrap()
}

/// Lines without their links. They end as records do.
pub(crate) fn records_of(lines: &str) -> String {
    let record = |line: &str| match line.rsplit_once("\"claviger\":{\"seq\":") {
        Some((record, _)) => format!("{}}}\n", record.trim_end_matches(',')),
        None => line.to_owned(),
    };
    lines.split_inclusive('\n').map(record).collect()
}

#[test]
fn records_are_appended() {
    let folder = tempfile::tempdir().unwrap();
    for line in [&b"{\"a\":1}\n"[..], b"{\"a\":2}\n"] {
        let file = open(folder.path());
        assert!(matches!(file.record(line), Recording::Done(Ok(()))));
        file.sync().unwrap();
    }
    let text = std::fs::read_to_string(folder.path().join(CURRENT)).unwrap();
    assert_eq!(records_of(&text), "{\"a\":1}\n{\"a\":2}\n");
    assert_eq!(text.matches("\"claviger\":{\"seq\":").count(), 2);
}

#[test]
fn a_line_that_was_cut_short_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(CURRENT), "{\"a\":1}\n{\"a").unwrap();
    open(folder.path()).record_blocking(b"{}\n").unwrap();
    let text = std::fs::read_to_string(folder.path().join(CURRENT)).unwrap();
    assert_eq!(records_of(&text), "{\"a\":1}\n{\"a\n{}\n");
}

#[test]
fn a_device_that_does_not_sync_is_lost() {
    // A pipe takes bytes and has no disk behind it, so that syncing it is an error.
    let (_reader, writer) = io::pipe().unwrap();
    let file = Arc::new(File::from(std::os::fd::OwnedFd::from(writer)));
    let trail = Trail::new(file, 0, Head::default());
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
    let closed_count = Arc::new(AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (file, closed_count) = (Arc::clone(&file), Arc::clone(&closed_count));
            runtime.spawn(async move {
                for record in 0..RECORDS {
                    // However slow the disk is, the tasks do not end before two files were closed.
                    while closed_count.load(Ordering::SeqCst) < record / 100 {
                        tokio::task::yield_now().await;
                    }
                    let line = format!("{{\"id\":\"{task}-{record}\"}}\n");
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
        file.record_blocking(b"{\"id\":\"background\"}\n").unwrap();
        file.sync().unwrap();
        file.rotate_if_due(Timestamp(0), None);
        closed_count.store(names::closed(folder.path()).unwrap().len(), Ordering::SeqCst);
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
    let mut verifier = Verifier::default();
    text.as_bytes().split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line).unwrap());
    let records = records_of(&text);
    let ids = records.lines().map(|line| line.trim_start_matches("{\"id\":\"").trim_end_matches("\"}"));
    let mut lines: Vec<&str> = ids.filter(|id| *id != "background").collect();
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

/// The trail on a disk of the test.
struct DiskSink(Trail<Arc<Disk>>);

impl AuditSink for DiskSink {
    fn record(&self, lines: &[u8]) -> Recording {
        Recording::Done(self.0.append(lines))
    }

    fn record_blocking(&self, lines: &[u8]) -> Result<(), String> {
        self.0.append(lines)
    }

    fn sync(&self) -> Result<(), String> {
        self.0.sync().map_err(|error| error.to_string())
    }
}

fn node(store: &Arc<MemoryStore>, audit: Arc<dyn AuditSink>) -> Arc<Node> {
    let (region, random) = (Region::parse("eu-west-1").unwrap(), SeededRandom::new(1));
    let config = NodeConfig {
        region: region.clone(),
        store: store.clone(),
        root: RootKey::generate(&random),
        clock: Arc::new(ManualClock::new(Timestamp::from_secs(1_795_532_645))),
        random: Arc::new(random),
        topology: Topology { regions: vec![region.clone()], iam_home: region },
        dev: true,
        audit,
        services: SERVICES,
        quotas: RequestQuotas::default(),
        outbound: Arc::new(NoOutbound),
        issuers: Arc::new(NoOutbound),
        attestation_roots: AttestationRoots::default(),
        require_replicas: None,
        encodes_denials: false,
        operators: claviger_crypto::Operators::default(),
        rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
    };
    Node::open(config).unwrap()
}

#[test]
fn records_whose_sync_failed_stay_in_the_store() {
    for fails in [false, true] {
        let (disk, store) = (Arc::new(Disk::new(1 << 20, true)), Arc::new(MemoryStore::new()));
        let node = node(&store, Arc::new(DiskSink(Trail::new(Arc::clone(&disk), 0, Head::default()))));
        let begin = || Tx::begin(&*store, node.barrier(), node.random()).unwrap();
        let mut tx = begin();
        audit_table::push(&mut tx, b"{\"eventID\":\"1\"}\n").unwrap();
        commit_blocking(&*store as &dyn Store, tx.into_batch()).unwrap();
        if fails {
            disk.break_next_sync();
        }
        // The later ones find every row written, and a disk that syncs again.
        for _ in 0..3 {
            node.drain_audit();
        }
        assert_eq!(audit_table::oldest(&begin(), 10).unwrap().len(), usize::from(fails));
        let text = String::from_utf8(disk.bytes()).unwrap();
        assert_eq!((records_of(&text).as_str(), node.audits()), ("{\"eventID\":\"1\"}\n", !fails));
    }
}

fn record(id: &str) -> String {
    format!(
        "{{\"eventTime\":\"2026-11-24T15:04:05Z\",\"a\":{{\"}}\\\"\\\\\":[{{}}]}},\"eventID\":\"{id}\",\"b\":{{\"c\":\"d\"}}}}\n"
    )
}

/// A sync that failed in an earlier run leaves bytes that the system takes for written.
#[test]
fn records_that_are_found_at_a_start_are_written_to_the_disk_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (at, id) in ["old", "1", "2"].into_iter().enumerate() {
        let path = names::next_closed(folder.path(), Timestamp(i64::try_from(at).unwrap())).unwrap();
        std::fs::write(&path, record(id)).unwrap();
        paths.push(path);
    }
    paths.push(folder.path().join(CURRENT));
    std::fs::write(&paths[3], [record("3"), record("other")].concat()).unwrap();
    let contents = || paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    let before = contents();
    let renewed = |ids: &[&str], expected: usize| {
        let file = open(folder.path());
        for path in &paths {
            File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        assert_eq!(file.recorded(ids, Timestamp(0)), expected, "{ids:?}");
        assert_eq!(contents(), before);
        let modified = paths.iter().map(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        modified.map(|at| at != SystemTime::UNIX_EPOCH).collect::<Vec<_>>()
    };
    assert_eq!(renewed(&["1", "2", "3", "4"], 3), [false, true, true, true]);
    assert_eq!(renewed(&["3", "4"], 1), [false, false, false, true]);
    assert_eq!(renewed(&["4"], 0), [false; 4]);
    // A record that is missing before others is written again with all that follow it.
    assert_eq!(renewed(&["1", "x", "3"], 1), [false, true, true, true]);
}

#[test]
fn a_record_that_was_cut_short_does_not_count() {
    let (folder, whole) = (tempfile::tempdir().unwrap(), record("1"));
    for size in 0..=whole.len() {
        std::fs::write(folder.path().join(CURRENT), [record("0").as_bytes(), &whole.as_bytes()[..size]].concat())
            .unwrap();
        let file = open(folder.path());
        let has_end = size >= whole.len() - 1;
        assert_eq!(file.recorded(&["0", "1"], Timestamp(0)), if has_end { 2 } else { 1 }, "{size}");
        // It is written again, on a line of its own.
        file.record_blocking(whole.as_bytes()).unwrap();
        assert_eq!(file.recorded(&["0", "1"], Timestamp(0)), 2, "{size}");
    }
    // A power cut left zeros in it.
    let holed = whole.replace("\"d\"", "\"\0\"");
    std::fs::write(folder.path().join(CURRENT), holed).unwrap();
    assert_eq!(open(folder.path()).recorded(&["1"], Timestamp(0)), 0);
}
