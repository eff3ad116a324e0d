#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use claviger_audit::{Head, Verifier};
use claviger_crypto::Identity;
use claviger_service::AuditSink;
use claviger_types::{Region, SeededRandom, Timestamp};

use super::super::{AuditRotation, CURRENT, Signer};
use super::*;

/// A trail of three files with the lines 1 to 3, 4 to 6, and 7 to 9; and the hashes of the lines.
fn trail(folder: &Path) -> (Vec<PathBuf>, Vec<[u8; 32]>) {
    let (mut head, mut hashes) = (Head::default(), vec![[0; 32]]);
    let closed = |at: i64| folder.join(claviger_audit::closed_name(Timestamp(at)));
    let paths = vec![closed(0), closed(1), folder.join(CURRENT)];
    for path in &paths {
        let lines: Vec<Vec<u8>> = (0..3).map(|_| head.link(b"{\"a\":1}\n")).collect();
        hashes.extend(lines.iter().map(|line| Link::of(line).unwrap().hash));
        std::fs::write(path, lines.concat()).unwrap();
    }
    (paths, hashes)
}

#[test]
fn a_line_is_found_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, hashes) = trail(folder.path());
    let found = |seq: usize| hash_of_line(folder.path(), seq as u64).unwrap();
    for (seq, hash) in hashes.iter().enumerate().skip(1) {
        assert_eq!(found(seq), Some(*hash), "{seq}");
    }
    assert_eq!(found(10), None);
    // A closed file was collected. The next file knows the hash of its last line.
    std::fs::remove_file(&paths[1]).unwrap();
    assert_eq!([3, 4, 5, 6, 7].map(found), [Some(hashes[3]), None, None, Some(hashes[6]), Some(hashes[7])]);
    // The first lines of a release without links, and a part of a line at the end.
    std::fs::write(&paths[0], "{\"a\":1}\n").unwrap();
    let current = std::fs::read(&paths[2]).unwrap();
    std::fs::write(&paths[2], [b"{\"old\":1}\n", &current[..], b"{\"torn"].concat()).unwrap();
    assert_eq!([3, 6, 8, 9].map(found), [None, Some(hashes[6]), Some(hashes[8]), Some(hashes[9])]);
    std::fs::write(&paths[2], "").unwrap();
    assert_eq!(found(9), None);
}

#[test]
fn a_difference_waits_until_it_is_recorded_and_is_signed_with_the_next_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let open = || AuditFile::open(folder.path(), AuditRotation::default(), Timestamp(0)).unwrap();
    let (region, random) = (Region::parse("eu-west-1").unwrap(), SeededRandom::new(1));
    let identity = Identity::generate(&random);
    let signer = Signer { region: &region, identity: &identity, random: &random };
    let file = open();
    let anchor = Anchor { seq: 7, hash: [7; 32], file_first: 1 };
    assert_eq!(file.continues(&anchor), Err(Discontinued { expected: (7, [7; 32]), found: None }));
    // It counts as something to sign, also in a file that has no lines. A record may come before, if nothing could be written.
    file.record_blocking(b"{\"a\":1}\n").unwrap();
    file.sync().unwrap();
    assert_eq!(file.anchor(), None);
    file.checkpoint_if_due(Timestamp::from_secs(0), &signer);
    file.checkpoint_if_due(Timestamp::from_secs(60), &signer);
    file.sync().unwrap();
    let noted = file.anchor().unwrap();
    assert_eq!(noted.seq, 3);
    // Once.
    file.checkpoint(Timestamp::from_secs(200), &signer);
    file.checkpoint_if_due(Timestamp::from_secs(900), &signer);
    drop(file);
    let mut verifier = Verifier::of_region("eu-west-1");
    let content = std::fs::read(folder.path().join(CURRENT)).unwrap();
    content.split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line).unwrap());
    let summary = verifier.summary();
    assert_eq!((summary.lines, summary.break_count, summary.unsigned()), (3, 1, 0));
    assert_eq!((summary.breaks[0].link.seq, summary.breaks[0].difference.found), (2, None));
    assert_eq!(open().continues(&noted), Ok(()));
}
