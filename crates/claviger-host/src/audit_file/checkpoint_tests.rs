#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use claviger_audit::{Summary, Verifier};
use claviger_service::AuditSink;
use claviger_types::SeededRandom;

use super::super::{AuditRotation, names};
use super::*;

struct Rig {
    folder: tempfile::TempDir,
    file: AuditFile,
    region: Region,
    identity: Identity,
    random: SeededRandom,
}

fn open(folder: &Path) -> AuditFile {
    let rotation = AuditRotation { bytes_max: 3_000, ..AuditRotation::default() };
    AuditFile::open(folder, rotation, Timestamp(0)).unwrap()
}

fn rig() -> Rig {
    let (folder, random) = (tempfile::tempdir().unwrap(), SeededRandom::new(1));
    let (file, region) = (open(folder.path()), Region::parse("eu-west-1").unwrap());
    Rig { file, region, identity: Identity::generate(&random), random, folder }
}

impl Rig {
    fn record(&self) {
        self.file.record_blocking(b"{\"eventID\":\"1\"}\n").unwrap();
    }

    fn signer(&self) -> Signer<'_> {
        Signer { region: &self.region, identity: &self.identity, random: &self.random }
    }

    /// The number of checkpoints after a look at this time.
    fn look(&self, secs: i64) -> u64 {
        self.file.checkpoint_if_due(Timestamp::from_secs(secs), &self.signer());
        self.summary().checkpoints
    }

    fn summary(&self) -> Summary {
        let closed = names::closed(self.folder.path()).unwrap().into_iter().map(|(_, path)| path);
        let mut verifier = Verifier::of_region("eu-west-1");
        for path in closed.chain([self.folder.path().join(names::CURRENT)]) {
            let content = std::fs::read(path).unwrap();
            content.split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line).unwrap());
            verifier.end_of_file().unwrap();
        }
        verifier.summary().clone()
    }
}

#[test]
fn records_are_signed_within_a_minute_and_once() {
    let mut rig = rig();
    assert_eq!(rig.look(0), 0, "there is nothing to sign");
    rig.record();
    assert_eq!([rig.look(100), rig.look(159), rig.look(160), rig.look(400)], [0, 0, 1, 1]);
    assert_eq!(rig.summary().identities, [rig.identity.public()]);
    rig.record();
    assert_eq!([rig.look(500), rig.look(559), rig.look(560)], [1, 1, 2]);
    // The clock was set back.
    rig.record();
    assert_eq!([rig.look(600), rig.look(10), rig.look(200)], [2, 3, 3]);
    // After a start, the last checkpoint still counts.
    rig.file = open(rig.folder.path());
    assert_eq!([rig.look(700), rig.look(800)], [3, 3]);
    rig.file.checkpoint(Timestamp::from_secs(800), &rig.signer());
    assert_eq!(rig.look(900), 3);
}

#[test]
fn a_closed_file_ends_with_a_checkpoint() {
    let mut rig = rig();
    for at in 0..40 {
        rig.record();
        rig.file.rotate_if_due(Timestamp(at), Some(&rig.signer()));
    }
    let closed = names::closed(rig.folder.path()).unwrap();
    assert!(closed.len() > 1);
    let summary = rig.summary();
    assert_eq!((summary.checkpoints, summary.records()), (closed.len() as u64, 40));
    for (_, path) in closed {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.lines().last().unwrap().contains("AuditCheckpoint"));
    }
    // An empty file stays empty, also after a start.
    rig.file.checkpoint(Timestamp(50), &rig.signer());
    rig.file.rotate_if_due(Timestamp(i64::MAX / 2), Some(&rig.signer()));
    let signed = rig.summary().checkpoints;
    for _ in 0..2 {
        assert_eq!(rig.look(i64::MAX / 4000 + 1_000_000), signed);
        assert_eq!(std::fs::read(rig.folder.path().join(names::CURRENT)).unwrap(), b"");
        rig.file = open(rig.folder.path());
    }
}
