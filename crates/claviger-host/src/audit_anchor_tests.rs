#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use claviger_audit::{CURRENT, Head, Summary, Verifier, closed_at};
use claviger_types::Region;

use super::*;
use crate::audit_file::AuditRotation;
use crate::region_slot::tests::environment;
use crate::region_slot::{OpenRegion, RegionEnvironment, RegionStorage};

/// A data folder of one region.
struct Rig(tempfile::TempDir);

impl Rig {
    fn new() -> Rig {
        Rig(tempfile::tempdir().unwrap())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn current(&self) -> PathBuf {
        self.folder().join(CURRENT)
    }

    fn open(&self) -> OpenRegion {
        let rotation = AuditRotation { bytes_max: 1_000, ..AuditRotation::default() };
        let environment = RegionEnvironment { rotation, ..environment() };
        RegionStorage::Folder(self.folder()).open(&Region::parse("eu-west-1").unwrap(), &environment).unwrap()
    }

    /// Starts the region, writes records, and stops it.
    fn run(&self, records: usize) {
        let open = self.open();
        write(&open, records);
        open.close();
    }

    /// The files, the oldest first.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap());
        let mut closed: Vec<PathBuf> = entries
            .filter(|entry| closed_at(entry.file_name().to_str().unwrap()).is_some())
            .map(|e| e.path())
            .collect();
        closed.sort();
        closed.push(self.current());
        closed
    }

    /// The trail, which must be whole but for its breaks.
    fn summary(&self) -> Summary {
        let mut verifier = Verifier::of_region("eu-west-1");
        for path in self.files() {
            lines(&path).iter().for_each(|line| verifier.line(line).unwrap());
            verifier.end_of_file().unwrap();
        }
        verifier.summary().clone()
    }

    /// The breaks that starts have noted, by their own line, the expected one and the one that was found.
    fn breaks(&self) -> Vec<(u64, u64, Option<u64>)> {
        let summary = self.summary();
        let breaks = summary.breaks.iter();
        breaks.map(|b| (b.link.seq, b.difference.expected.0, b.difference.found.map(|(seq, _)| seq))).collect()
    }

    fn anchor(&self) -> Option<u64> {
        let open = self.open();
        let anchor = stored(&open.node).unwrap().map(|anchor| anchor.seq);
        drop(open);
        anchor
    }
}

fn write(open: &OpenRegion, records: usize) {
    let audit = open.audit.clone().unwrap();
    (0..records).for_each(|id| audit.record_blocking(format!("{{\"eventID\":\"{id}\"}}\n").as_bytes()).unwrap());
}

fn lines(path: &Path) -> Vec<Vec<u8>> {
    std::fs::read(path).unwrap().split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Closes the current file.
fn rotate(open: &OpenRegion, at: i64) {
    let audit = open.audit.clone().unwrap();
    audit.rotate_if_due(Timestamp(at), Some(&Signer::of(&open.node)));
    note_last(&open.node, &audit);
}

#[test]
fn files_that_nobody_touched_go_on_from_the_anchor() {
    let rig = Rig::new();
    // Each stop signs and notes the last line.
    for (start, last) in [(3, 4), (0, 4), (2, 7)] {
        rig.run(start);
        assert_eq!((rig.summary().last.seq, rig.anchor()), (last, Some(last)));
    }
    // A crash: records that no checkpoint signs. The next stop signs them.
    let open = rig.open();
    write(&open, 5);
    drop(open);
    rig.run(1);
    assert_eq!((rig.summary().last.seq, rig.anchor()), (14, Some(14)));
    // The file was closed, so the current one is empty.
    let open = rig.open();
    write(&open, 20);
    rotate(&open, 1);
    open.close();
    assert_eq!((lines(&rig.current()).len(), rig.anchor()), (0, Some(35)));
    rig.run(1);
    assert_eq!((rig.files().len(), rig.breaks()), (2, vec![]));
}

#[test]
fn an_end_that_was_cut_off_is_recorded_and_signed_once() {
    for kept in 0..4 {
        let rig = Rig::new();
        rig.run(3);
        std::fs::write(rig.current(), lines(&rig.current())[..kept].concat()).unwrap();
        rig.run(1);
        let (kept, found) = (kept as u64, (kept > 0).then_some(kept as u64));
        assert_eq!(rig.breaks(), [(kept + 1, 4, found)]);
        let summary = rig.summary();
        assert_eq!((summary.unsigned(), summary.checkpoints), (0, 2));
        rig.run(1);
        rig.run(0);
        assert_eq!(rig.breaks(), [(kept + 1, 4, found)], "later starts go on from the present trail");
    }
}

#[test]
fn the_record_is_the_first_line_of_the_start() {
    let rig = Rig::new();
    rig.run(3);
    std::fs::write(rig.current(), lines(&rig.current())[..2].concat()).unwrap();
    drop(rig.open());
    // It is signed and noted at once, so that a crash does not repeat it.
    assert_eq!((rig.breaks(), rig.summary().last.seq, rig.summary().signed_to), (vec![(3, 4, Some(2))], 4, 4));
    assert_eq!(rig.anchor(), Some(4));
    let expected = format!("{:?}", lines(&rig.current()));
    drop(rig.open());
    assert_eq!(format!("{:?}", lines(&rig.current())), expected);
}

#[test]
fn a_trail_that_was_made_anew_is_recorded() {
    let rig = Rig::new();
    rig.run(3);
    // The second record is changed, and all hashes after it are computed anew.
    let mut head = Head::default();
    let made: Vec<Vec<u8>> = lines(&rig.current())
        .iter()
        .map(|line| {
            let text = String::from_utf8(line.clone()).unwrap();
            let (record, _) = text.rsplit_once(",\"claviger\":").unwrap();
            head.link(format!("{record}}}\n").replace("{\"eventID\":\"1\"", "{\"eventID\":\"9\"").as_bytes())
        })
        .collect();
    assert!(made[0] == lines(&rig.current())[0] && made[1] != lines(&rig.current())[1]);
    // The checkpoint has no valid signature any more, so whoever does this leaves it out.
    std::fs::write(rig.current(), made[..3].concat()).unwrap();
    rig.run(1);
    assert_eq!(rig.breaks(), [(4, 4, Some(3))]);
    // Or makes a line in its place.
    let rig = Rig::new();
    rig.run(3);
    let mut head = Head::default();
    std::fs::write(rig.current(), (0..6).flat_map(|_| head.link(b"{\"a\":1}\n")).collect::<Vec<u8>>()).unwrap();
    rig.run(1);
    assert_eq!(rig.breaks(), [(7, 4, Some(4))]);
}

#[test]
fn files_that_were_moved_away_are_recorded() {
    let two_files = || {
        let rig = Rig::new();
        let open = rig.open();
        write(&open, 20);
        rotate(&open, 1);
        write(&open, 2);
        open.close();
        assert_eq!((rig.files().len(), rig.anchor()), (2, Some(24)));
        rig
    };
    // All of them: the trail begins anew.
    let rig = two_files();
    rig.files().iter().for_each(|path| std::fs::remove_file(path).unwrap());
    rig.run(1);
    assert_eq!(rig.breaks(), [(1, 24, None)]);
    // The newest one.
    let rig = two_files();
    std::fs::remove_file(rig.current()).unwrap();
    rig.run(1);
    assert_eq!(rig.breaks(), [(22, 24, Some(21))]);
    // A closed one: it may have been collected, or deleted because it was surplus.
    let rig = two_files();
    std::fs::remove_file(&rig.files()[0]).unwrap();
    rig.run(1);
    assert_eq!(rig.breaks(), []);
    // The anchor's line is the last one of the collected file.
    let rig = Rig::new();
    let open = rig.open();
    write(&open, 20);
    rotate(&open, 1);
    write(&open, 2);
    drop(open);
    std::fs::remove_file(&rig.files()[0]).unwrap();
    assert_eq!(rig.anchor(), Some(21));
    rig.run(1);
    assert_eq!(rig.breaks(), []);
    // With no line after it, the trail has no end to go on from.
    let rig = Rig::new();
    let open = rig.open();
    write(&open, 20);
    rotate(&open, 1);
    open.close();
    std::fs::remove_file(&rig.files()[0]).unwrap();
    rig.run(1);
    assert_eq!(rig.breaks(), [(1, 21, None)]);
}

#[test]
fn a_crash_around_a_checkpoint_is_no_break() {
    let rig = Rig::new();
    rig.run(3);
    let size = std::fs::metadata(rig.current()).unwrap().len();
    // The checkpoint is on the disk, and the crash came before it was noted.
    let open = rig.open();
    write(&open, 1);
    let audit = open.audit.clone().unwrap();
    audit.checkpoint(Timestamp(0), &Signer::of(&open.node));
    audit.sync().unwrap();
    drop((open, audit));
    assert_eq!((rig.anchor(), rig.summary().last.seq), (Some(4), 6));
    // A power cut takes a checkpoint that no sync has covered. It was not noted, so it does not look as if it had been cut off.
    let open = rig.open();
    write(&open, 1);
    let audit = open.audit.clone().unwrap();
    audit.checkpoint(Timestamp(0), &Signer::of(&open.node));
    note_last(&open.node, &audit);
    drop((open, audit));
    std::fs::File::options().write(true).open(rig.current()).unwrap().set_len(size).unwrap();
    rig.run(1);
    assert_eq!((rig.breaks(), rig.summary().last.seq), (vec![], 6));
}

#[test]
fn an_older_copy_of_the_store_is_no_break() {
    let rig = Rig::new();
    rig.run(3);
    let kept = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path, is_wanted: &dyn Fn(&str) -> bool| {
        for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
            if is_wanted(entry.file_name().to_str().unwrap()) {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    };
    copy(&rig.folder(), kept.path(), &|_| true);
    rig.run(3);
    // The store alone: the files are ahead. Then both.
    copy(kept.path(), &rig.folder(), &|name| name.starts_with("store.db"));
    assert_eq!((rig.anchor(), rig.summary().last.seq), (Some(4), 8));
    rig.run(1);
    copy(kept.path(), &rig.folder(), &|_| true);
    rig.run(1);
    assert_eq!((rig.breaks(), rig.summary().last.seq), (vec![], 6));
}
