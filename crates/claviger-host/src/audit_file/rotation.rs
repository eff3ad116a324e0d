//! Closes an audit file that has become large or old, and begins another.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use claviger_audit::Anchor;
use claviger_types::Timestamp;

use super::checkpoint::Signer;
use super::{AuditFile, names};

/// When a region's audit file is closed and a new one begun, and how many closed ones stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditRotation {
    /// The size from which a file is closed. It is looked at ten times a second, so a file may become larger by what is
    /// written in that time.
    pub bytes_max: u64,
    /// The age from which a file that has records is closed.
    pub age_max: Duration,
    /// How many closed files stay. The oldest are deleted.
    pub files_kept: usize,
    /// Whether there is no trail at all: to measure what it costs.
    pub is_off: bool,
}

impl Default for AuditRotation {
    /// 64 MiB, a day, 16 files: about 50,000 records in a file that common tools still open, a file for each day of a region
    /// with little work, and at most some 1.1 GiB for a region.
    fn default() -> AuditRotation {
        AuditRotation { bytes_max: 64 << 20, age_max: Duration::from_secs(24 * 60 * 60), files_kept: 16, is_off: false }
    }
}

/// The state that rotation keeps between two looks.
pub(super) struct Rotating {
    /// When the first record of the present file was written.
    pub(super) began: Timestamp,
    /// Whether the last rotation failed. Its error is logged once.
    pub(super) failed: bool,
    /// Whether closed files could not be deleted after the last rotation. Its error is logged once, too.
    pub(super) keeps_surplus: bool,
    /// When the first record after the last checkpoint was seen.
    pub(super) unsigned_since: Option<Timestamp>,
}

impl AuditFile {
    /// Closes the file if it is large or old enough, with a checkpoint as its last line. If that fails, records still go to the same
    /// file. After a failed sync the files stay as they are.
    pub(crate) fn rotate_if_due(&self, now: Timestamp, signer: Option<&Signer<'_>>) {
        if self.writer.target().is_lost() {
            return;
        }
        let mut rotating = self.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        let size = self.writer.target().size();
        if size == 0 {
            rotating.began = now;
            return;
        }
        let age_max = i64::try_from(self.rotation.age_max.as_millis()).unwrap_or(i64::MAX);
        let is_old = now.0.saturating_sub(rotating.began.0) >= age_max;
        if size < self.rotation.bytes_max && !is_old {
            return;
        }
        match self.exchange(now, signer) {
            Ok((former, checkpoint)) => {
                // Whatever fails from here on, the present file has no records yet.
                (rotating.began, rotating.failed) = (now, false);
                self.settle(&former, checkpoint, &mut rotating);
            }
            Err(error) => {
                if !std::mem::replace(&mut rotating.failed, true) {
                    tracing::error!(%error, folder = %self.folder.display(), "the audit file cannot be rotated; it grows further");
                }
            }
        }
    }

    /// Closes the file and begins another. Returns the former one, and its newest checkpoint. After a crash at any point, opening the folder again finds
    /// every record: in a closed file or in the current one.
    fn exchange(&self, now: Timestamp, signer: Option<&Signer<'_>>) -> io::Result<(Arc<File>, Option<Anchor>)> {
        let folder = &self.folder;
        let closed = names::next_closed(folder, now)?;
        let (current, next_path) = (folder.join(names::CURRENT), folder.join(names::NEXT));
        let next = Arc::new(create(&next_path)?);
        // Requests wait for the two renames, without holding a thread. A closed file is never written again.
        self.writer.exclusive(|trail| {
            trail.remove_torn()?;
            if let Some(signer) = signer {
                signer.sign(trail, now).map_err(io::Error::other)?;
            }
            std::fs::rename(&current, &closed)?;
            std::fs::rename(&next_path, &current).or_else(|error| {
                std::fs::rename(&closed, &current)?;
                Err(error)
            })?;
            Ok(trail.replace(next))
        })
    }

    /// After an exchange: brings the former file and the names to the disk, and deletes the oldest files.
    fn settle(&self, former: &File, checkpoint: Option<Anchor>, rotating: &mut Rotating) {
        let (trail, folder) = (self.writer.target(), &self.folder);
        // The thread that syncs the new file's records is this one, so their file's name is on the disk before them.
        if let Err(error) = trail.must(former.sync_data()).and_then(|()| trail.must(sync_folder(folder))) {
            tracing::error!(%error, folder = %folder.display(), "a closed audit file cannot be synced to the disk; calls are refused from now on");
            return;
        }
        trail.set_anchor(checkpoint);
        match names::delete_oldest(folder, self.rotation.files_kept) {
            Ok(()) => rotating.keeps_surplus = false,
            Err(error) => {
                if !std::mem::replace(&mut rotating.keeps_surplus, true) {
                    tracing::error!(%error, folder = %folder.display(), "closed audit files cannot be deleted; more of them stay than is set");
                }
            }
        }
    }
}

/// Brings a folder's names back in order after a crash, and opens its current file for appending.
pub(super) fn open_current(folder: &Path, now: Timestamp) -> io::Result<File> {
    let (current, next) = (folder.join(names::CURRENT), folder.join(names::NEXT));
    match std::fs::metadata(&next) {
        // The crash was between the two renames.
        Ok(_) if !current.exists() => std::fs::rename(&next, &current)?,
        Ok(left) if left.len() == 0 => std::fs::remove_file(&next)?,
        // Records went to the new file, and a power cut undid its renaming.
        Ok(_) => {
            std::fs::rename(&current, names::next_closed(folder, now)?)?;
            std::fs::rename(&next, &current)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(current)?;
    sync_folder(folder)?;
    Ok(file)
}

fn create(path: &Path) -> io::Result<File> {
    // A failed rotation may have left an empty file.
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The time of a file's first record.
pub(super) fn began(file: &File) -> Option<Timestamp> {
    let mut head = vec![0; 16 << 10];
    let read = file.read_at(&mut head, 0).ok()?;
    super::search::event_time(head.get(..read)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_audit::Head;
    use claviger_service::AuditSink;

    use super::super::group::GroupWriter;
    use super::super::trail::Trail;
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn open(folder: &Path, rotation: AuditRotation, now: i64) -> AuditFile {
        AuditFile::open(folder, rotation, Timestamp(now)).unwrap()
    }

    fn small() -> AuditRotation {
        AuditRotation { bytes_max: 4, files_kept: 2, ..AuditRotation::default() }
    }

    /// The records in the closed files, the oldest first, and in the current one.
    fn contents(folder: &Path) -> Vec<String> {
        let closed = names::closed(folder).unwrap().into_iter().map(|(_, path)| path);
        let content = |path| super::super::tests::records_of(&std::fs::read_to_string(path).unwrap());
        closed.chain([folder.join(names::CURRENT)]).map(content).collect()
    }

    #[test]
    fn a_large_file_is_closed_and_the_oldest_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let file = open(folder.path(), small(), 0);
        for (at, line) in ["aaa\n", "b\n", "bb\n", "cccc\n", "ddd\n", "e\n"].into_iter().enumerate() {
            file.record_blocking(line.as_bytes()).unwrap();
            file.rotate_if_due(Timestamp(i64::try_from(at).unwrap()), None);
            file.sync().unwrap();
        }
        assert_eq!(contents(folder.path()), ["cccc\n", "ddd\n", "e\n"]);
        assert!(!folder.path().join(names::NEXT).exists());
        drop(file);
        // The size is that of the current file after a start, too.
        let file = open(folder.path(), small(), 10);
        file.record_blocking(b"f\n").unwrap();
        file.rotate_if_due(Timestamp(10), None);
        assert_eq!(contents(folder.path()), ["ddd\n", "e\nf\n", ""]);
    }

    #[test]
    fn an_old_file_is_closed_unless_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let record = format!("{{\"eventTime\":\"{}\"}}\n", Timestamp(DAY_MS).iso8601());
        let file = open(folder.path(), AuditRotation::default(), 0);
        file.rotate_if_due(Timestamp(DAY_MS), None);
        file.record_blocking(record.as_bytes()).unwrap();
        file.rotate_if_due(Timestamp(2 * DAY_MS - 1), None);
        assert_eq!(contents(folder.path()), [record.as_str()]);
        drop(file);
        // The age counts from the first record, across starts.
        let file = open(folder.path(), AuditRotation::default(), 2 * DAY_MS - 1);
        file.rotate_if_due(Timestamp(2 * DAY_MS - 1), None);
        assert_eq!(contents(folder.path()), [record.as_str()]);
        file.rotate_if_due(Timestamp(2 * DAY_MS), None);
        assert_eq!(contents(folder.path()), [record.as_str(), ""]);
    }

    #[test]
    fn a_rotation_that_a_crash_interrupted_is_completed() {
        let check = |current: Option<&str>, next: Option<&str>, expected: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, content) in [(names::CURRENT, current), (names::NEXT, next)] {
                content.iter().for_each(|content| std::fs::write(folder.path().join(name), content).unwrap());
            }
            open(folder.path(), small(), 0).record_blocking(b"z\n").unwrap();
            assert_eq!(contents(folder.path()), expected);
            assert!(!folder.path().join(names::NEXT).exists());
        };
        check(None, None, &["z\n"]);
        check(Some("a\n"), None, &["a\nz\n"]);
        check(Some("a\n"), Some(""), &["a\nz\n"]);
        check(None, Some(""), &["z\n"]);
        check(None, Some("b\n"), &["b\nz\n"]);
        check(Some("a\n"), Some("b\n"), &["a\n", "b\nz\n"]);
    }

    #[test]
    fn a_file_that_cannot_be_deleted_does_not_repeat_the_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let file = open(folder.path(), AuditRotation { files_kept: 1, ..AuditRotation::default() }, 0);
        // A folder cannot be deleted as files are. It has the name of the oldest file.
        std::fs::create_dir(names::next_closed(folder.path(), Timestamp(0)).unwrap()).unwrap();
        std::fs::write(names::next_closed(folder.path(), Timestamp(1)).unwrap(), "old\n").unwrap();
        file.record_blocking(b"a\n").unwrap();
        let rotate = |now: i64| {
            file.rotate_if_due(Timestamp(now), None);
            let closed = names::closed(folder.path()).unwrap().into_iter().map(|(at, _)| at.0).collect::<Vec<_>>();
            (closed, std::fs::read_to_string(folder.path().join(names::CURRENT)).unwrap())
        };
        assert_eq!(rotate(DAY_MS), (vec![0, DAY_MS], String::new()), "the other one is deleted");
        file.record_blocking(b"b\n").unwrap();
        assert_eq!(rotate(DAY_MS + 100), (vec![0, DAY_MS], "b\n".to_owned()));
        assert_eq!(rotate(2 * DAY_MS), (vec![0, 2 * DAY_MS], String::new()));
    }

    #[test]
    fn a_file_with_a_part_of_a_line_is_not_closed() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = open(folder.path(), small(), 0);
        file.record_blocking(b"aaaa\n").unwrap();
        // It can neither be written nor cut through this handle.
        let read_only = Arc::new(File::open(folder.path().join(names::CURRENT)).unwrap());
        file.writer = Arc::new(GroupWriter::new(Trail::new(read_only, 5, Head::default())));
        file.record_blocking(b"b\n").unwrap_err();
        file.rotate_if_due(Timestamp(0), None);
        assert_eq!(contents(folder.path()), ["aaaa\n"]);
    }

    #[test]
    fn after_a_failed_sync_no_file_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let file = open(folder.path(), small(), 0);
        file.record_blocking(b"aaaa\n").unwrap();
        file.writer.target().must(Err(io::ErrorKind::Other.into())).unwrap_err();
        file.rotate_if_due(Timestamp(0), None);
        assert_eq!(contents(folder.path()), ["aaaa\n"]);
    }

    #[test]
    fn a_rotation_that_fails_leaves_the_file_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let file = open(folder.path(), small(), 0);
        file.record_blocking(b"aaaa\n").unwrap();
        // A folder where the new file is to be.
        std::fs::create_dir(folder.path().join(names::NEXT)).unwrap();
        file.rotate_if_due(Timestamp(0), None);
        file.record_blocking(b"b\n").unwrap();
        assert_eq!(contents(folder.path()), ["aaaa\nb\n"]);
        std::fs::remove_dir(folder.path().join(names::NEXT)).unwrap();
        file.rotate_if_due(Timestamp(0), None);
        assert_eq!(contents(folder.path()), ["aaaa\nb\n", ""]);
    }
}
