#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_audit::{TrailFault, Verifier};
use claviger_crypto::Identity;
use claviger_service::AuditSink;
use claviger_types::{Region, SeededRandom, Timestamp};

use super::super::{AuditFile, AuditRotation, Signer};
use super::*;

fn open(folder: &Path) -> AuditFile {
    let rotation = AuditRotation { bytes_max: 600, files_kept: 100, ..AuditRotation::default() };
    AuditFile::open(folder, rotation, Timestamp(0)).unwrap()
}

fn record(id: usize) -> String {
    format!("{{\"eventTime\":\"2026-11-24T15:04:05Z\",\"eventID\":\"{id}\"}}\n")
}

/// The number of lines, or the fault of the trail in the folder.
fn verify(folder: &Path) -> Result<u64, TrailFault> {
    let closed = names::closed(folder).unwrap().into_iter().map(|(_, path)| path);
    let mut verifier = Verifier::default();
    for path in closed.chain([folder.join(names::CURRENT)]) {
        let content = std::fs::read(path).unwrap();
        content.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| verifier.line(line)).map_err(|e| e.fault)?;
        verifier.end_of_file().map_err(|found| found.fault)?;
    }
    Ok(verifier.summary().lines)
}

#[test]
fn the_chain_goes_on_over_starts_and_files() {
    let (folder, region, random) =
        (tempfile::tempdir().unwrap(), Region::parse("eu-west-1").unwrap(), SeededRandom::new(1));
    let signer = Signer { region: &region, identity: &Identity::generate(&random), random: &random };
    for start in 0..8 {
        let file = open(folder.path());
        for id in 0..start {
            file.record_blocking(record(id).as_bytes()).unwrap();
        }
        // Every other time, the next start finds an empty file.
        if start % 2 == 0 {
            file.rotate_if_due(Timestamp(start as i64), Some(&signer));
        }
    }
    let closed = names::closed(folder.path()).unwrap().len();
    assert!(closed >= 3);
    assert_eq!(verify(folder.path()), Ok(28 + closed as u64));
}

/// Wherever the last line was cut, the chain goes on, and covers the part that stays.
#[test]
fn the_chain_goes_on_after_a_line_that_was_cut_short() {
    let (folder, first) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for id in 0..2 {
        open(first.path()).record_blocking(record(id).as_bytes()).unwrap();
    }
    let whole = std::fs::read(first.path().join(names::CURRENT)).unwrap();
    let path = folder.path().join(names::CURRENT);
    for size in 0..=whole.len() {
        std::fs::write(&path, &whole[..size]).unwrap();
        open(folder.path()).record_blocking(record(2).as_bytes()).unwrap();
        // A line that lacks only its line feed is whole.
        let kept = (0..whole.len()).filter(|at| whole[*at] == b'\n' && *at <= size).count();
        assert_eq!(verify(folder.path()), Ok(kept as u64 + 1), "{size}");
        let mut content = std::fs::read(&path).unwrap();
        content[0] ^= 1;
        std::fs::write(&path, content).unwrap();
        assert!(verify(folder.path()).is_err(), "{size}");
    }
}

#[test]
fn a_trail_whose_files_were_moved_away_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).record_blocking(record(0).as_bytes()).unwrap();
    std::fs::rename(folder.path().join(names::CURRENT), folder.path().join("kept")).unwrap();
    open(folder.path()).record_blocking(record(1).as_bytes()).unwrap();
    assert_eq!(verify(folder.path()), Ok(1));
    std::fs::rename(folder.path().join("kept"), names::next_closed(folder.path(), Timestamp(0)).unwrap()).unwrap();
    assert_eq!(verify(folder.path()), Err(TrailFault::OutOfOrder { seq: 1, after: 1 }));
}

#[test]
fn records_of_a_file_without_links_are_covered_by_the_first_link() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(names::CURRENT), [record(0), record(1)].concat()).unwrap();
    open(folder.path()).record_blocking(record(2).as_bytes()).unwrap();
    assert_eq!(verify(folder.path()), Ok(1));
    assert_eq!(read_back(folder.path()).unwrap().seq(), 1);
}
