//! The file behind the queue: it links records to the line before, and knows whether it takes records and what is on the disk.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_audit::{Anchor, Discontinued, Head};

use super::group::Append;
use super::tail::{Tail, Target};

/// The file that records are appended to, and what is known of it.
pub(super) struct Trail<T> {
    /// Held by the one request that writes, and by the audit thread.
    end: Mutex<End<T>>,
    unsynced: AtomicBool,
    /// Held during a sync, so that a caller that finds nothing to sync does not return before another caller's sync has ended.
    syncing: Mutex<()>,
    /// Whether a sync has failed.
    lost: AtomicBool,
    /// Whether the last append failed, for example on a full disk. Calls are refused meanwhile.
    failing: AtomicBool,
    /// The newest checkpoint of this run that a sync has brought to the disk.
    anchor: Mutex<Option<Anchor>>,
}

/// Where the next line goes.
struct End<T> {
    tail: Tail<T>,
    /// The last line that was appended, to which the next one is linked.
    head: Head,
    /// The newest checkpoint in the target, of this run.
    checkpoint: Option<Anchor>,
    /// A difference from an earlier run's checkpoint, of which no record has been appended yet.
    discontinued: Option<Discontinued>,
}

impl<T: Target> Trail<T> {
    pub(super) fn new(target: T, size: u64, head: Head) -> Trail<T> {
        Trail {
            end: Mutex::new(End { tail: Tail::new(target, size), head, checkpoint: None, discontinued: None }),
            unsynced: AtomicBool::new(true),
            syncing: Mutex::default(),
            lost: AtomicBool::new(false),
            failing: AtomicBool::new(false),
            anchor: Mutex::default(),
        }
    }

    /// Whether it takes records, as far as the last append and sync showed.
    pub(super) fn takes_records(&self) -> bool {
        !self.is_lost() && !self.failing.load(Ordering::SeqCst)
    }

    /// Whether a sync has failed.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    pub(super) fn size(&self) -> u64 {
        self.end().tail.size()
    }

    /// Syncs the records since the last call to the disk.
    ///
    /// # Errors
    ///
    /// The disk's error, or that an earlier sync failed. The system reports a failed sync once and then takes the bytes for
    /// written, so a later sync that succeeds proves nothing. Records that were not known to be on the disk must stay where
    /// they are until the process is started again.
    pub(super) fn sync(&self) -> io::Result<()> {
        let _syncing = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_lost() {
            return Err(io::Error::other("an earlier sync failed"));
        }
        if !self.unsynced.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        // Without the lock, so that requests can append records while the disk is busy.
        let (target, checkpoint) = {
            let end = self.end();
            (end.tail.target(), end.checkpoint)
        };
        self.must(target.sync())?;
        self.set_anchor(checkpoint);
        Ok(())
    }

    /// Notes that the newest checkpoint of a target, if it has one, is on the disk.
    pub(super) fn set_anchor(&self, checkpoint: Option<Anchor>) {
        if checkpoint.is_some() {
            *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = checkpoint;
        }
    }

    /// The newest checkpoint of this run that is on the disk.
    pub(super) fn anchor(&self) -> Option<Anchor> {
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of a sync. After one that failed, nothing is taken any more.
    pub(super) fn must(&self, synced: io::Result<()>) -> io::Result<()> {
        synced.inspect_err(|_| self.lost.store(true, Ordering::SeqCst))
    }

    /// Removes a part of a line that a failed append left. Until this succeeds, the file is not closed: a closed one has whole
    /// lines only.
    pub(super) fn remove_torn(&self) -> io::Result<()> {
        self.end().tail.remove_torn()
    }

    /// Appends to another target, which is empty, from now on. Returns the former one, and its newest checkpoint: a sync of the new
    /// target does not bring that to the disk.
    pub(super) fn replace(&self, target: T) -> (T, Option<Anchor>) {
        let mut end = self.end();
        end.head.begin_file();
        (std::mem::replace(&mut end.tail, Tail::new(target, 0)).target(), end.checkpoint.take())
    }

    /// Notes that the last line is a checkpoint, with a record before it of how the trail was discontinued, if it was. For an
    /// exclusive holder.
    pub(super) fn set_signed(&self) {
        {
            let mut end = self.end();
            end.head.set_signed();
            end.checkpoint = Some(Anchor::of(&end.head));
            end.discontinued = None;
        }
        // A sync that came between the append and this has not seen the checkpoint.
        self.unsynced.store(true, Ordering::SeqCst);
    }

    /// Whether a checkpoint is the last line, or there is none, and nothing else is to be signed.
    pub(super) fn is_signed(&self) -> bool {
        let end = self.end();
        end.head.is_signed() && end.discontinued.is_none()
    }

    /// Notes that the trail does not go on from an earlier run's checkpoint.
    pub(super) fn discontinue(&self, difference: Discontinued) {
        self.end().discontinued = Some(difference);
    }

    /// How the trail differs from an earlier run's checkpoint, as long as no record of that has been appended.
    pub(super) fn discontinued(&self) -> Option<Discontinued> {
        self.end().discontinued.clone()
    }

    /// The last line. Only an exclusive holder knows that it stays the last one.
    pub(super) fn head(&self) -> Head {
        self.end().head.clone()
    }

    /// After a failed append, tries whether there is room again. Otherwise a region whose calls are all refused would never
    /// find out. A record that happens to fit in the last bytes of a full disk proves nothing.
    pub(super) fn probe(&self) {
        if self.failing.load(Ordering::SeqCst) && self.end().tail.probe().is_ok() {
            self.failing.store(false, Ordering::SeqCst);
            tracing::warn!("the audit file takes records again; calls are no longer refused");
        }
    }

    #[cfg(test)]
    pub(super) fn is_synced(&self) -> bool {
        !self.unsynced.load(Ordering::SeqCst)
    }

    fn end(&self) -> MutexGuard<'_, End<T>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Target> End<T> {
    /// Appends the lines, linked. Lines that were not appended are no part of the chain.
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut head = self.head.clone();
        let linked = head.link(lines);
        self.tail.append(&linked)?;
        self.head = head;
        Ok(())
    }
}

impl<T: Target> Append for Trail<T> {
    fn append(&self, lines: &[u8]) -> Result<(), String> {
        if self.is_lost() {
            return Err("the audit file could not be synced to the disk and takes no more records".to_owned());
        }
        let appended = self.end().append(lines);
        self.unsynced.store(true, Ordering::SeqCst);
        appended.map_err(|error| {
            if !self.failing.swap(true, Ordering::SeqCst) {
                tracing::error!(%error, "an audit record cannot be written; calls are refused until records can be written again");
            }
            format!("the audit file cannot be written: {error}")
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::Arc;

    use super::super::tail::tests::Disk;
    use super::*;

    fn trail(room: usize) -> (Trail<Arc<Disk>>, Arc<Disk>) {
        let disk = Arc::new(Disk::new(room, true));
        (Trail::new(Arc::clone(&disk), 0, Head::default()), disk)
    }

    #[test]
    fn a_full_disk_refuses_records_until_there_is_room() {
        let (trail, disk) = trail(4);
        trail.append(b"abc\n").unwrap();
        assert!(trail.takes_records());
        trail.append(b"d\n").unwrap_err();
        assert!(!trail.takes_records());
        trail.probe();
        assert!(!trail.takes_records(), "there is no room yet");
        disk.set_room(1 << 20);
        trail.probe();
        assert!(trail.takes_records());
        trail.append(b"e\n").unwrap();
        assert_eq!((disk.bytes(), trail.size()), (b"abc\ne\n".to_vec(), 6), "the probe leaves nothing");
    }

    #[test]
    fn a_part_of_a_line_is_removed_before_the_file_is_closed() {
        let disk = Arc::new(Disk::new(4, false));
        let trail = Trail::new(Arc::clone(&disk), 0, Head::default());
        trail.append(b"a\n").unwrap();
        trail.append(b"bcd\n").unwrap_err();
        trail.remove_torn().unwrap_err();
        assert_eq!(disk.bytes(), b"a\nbc");
        disk.set_cuts();
        trail.remove_torn().unwrap();
        assert_eq!(disk.bytes(), b"a\n");
    }

    #[test]
    fn a_record_that_was_refused_is_no_part_of_the_chain() {
        let (trail, disk) = trail(500);
        trail.append(b"{\"a\":1}\n").unwrap();
        trail.append(&[&b"{\"a\":\""[..], &[b'x'; 500], b"\"}\n"].concat()).unwrap_err();
        assert_eq!(trail.head().seq(), 1);
        trail.append(b"{\"a\":2}\n").unwrap();
        let mut verifier = claviger_audit::Verifier::default();
        disk.bytes().split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line).unwrap());
        assert_eq!(verifier.summary().lines, 2);
    }

    #[test]
    fn a_record_that_fits_in_the_last_bytes_does_not_end_the_refusals() {
        let (trail, disk) = trail(2);
        trail.append(b"abc\n").unwrap_err();
        trail.append(b"a\n").unwrap();
        trail.probe();
        assert!(!trail.takes_records());
        assert_eq!(disk.bytes(), b"a\n");
    }

    #[test]
    fn a_checkpoint_is_an_anchor_once_a_sync_has_covered_it() {
        let (trail, disk) = trail(1 << 20);
        let sign = || {
            trail.append(b"{\"a\":1}\n").unwrap();
            trail.set_signed();
            Some(Anchor::of(&trail.head()))
        };
        trail.append(b"{\"a\":1}\n").unwrap();
        trail.sync().unwrap();
        assert_eq!(trail.anchor(), None, "no line is a checkpoint");
        let first = sign();
        assert_eq!(trail.anchor(), None);
        trail.sync().unwrap();
        assert_eq!(trail.anchor(), first);
        // A sync that comes between the append of a checkpoint and its mark does not see it. The next one does.
        trail.append(b"{\"a\":1}\n").unwrap();
        trail.sync().unwrap();
        trail.set_signed();
        assert_eq!(trail.anchor(), first);
        trail.sync().unwrap();
        assert_eq!(trail.anchor().map(|anchor| (anchor.seq, anchor.file_first)), Some((3, 1)));
        // A sync of the next file does not bring the former one to the disk.
        let last = sign();
        let (_, of_former) = trail.replace(Arc::new(Disk::new(1 << 20, true)));
        trail.sync().unwrap();
        assert_eq!((of_former, trail.anchor().map(|anchor| anchor.seq)), (last, Some(3)));
        trail.set_anchor(of_former);
        assert_eq!(trail.anchor(), last);
        drop(disk);
    }

    #[test]
    fn a_checkpoint_whose_sync_fails_is_no_anchor() {
        let (trail, disk) = trail(1 << 20);
        trail.append(b"{}\n").unwrap();
        trail.set_signed();
        disk.break_next_sync();
        trail.sync().unwrap_err();
        trail.sync().unwrap_err();
        assert_eq!(trail.anchor(), None);
    }

    #[test]
    fn after_a_failed_sync_nothing_is_taken() {
        let (trail, disk) = trail(100);
        trail.append(b"a\n").unwrap();
        disk.break_next_sync();
        trail.sync().unwrap_err();
        assert!(!trail.takes_records());
        trail.sync().expect_err("the disk syncs again, but not what it lost");
        trail.append(b"b\n").unwrap_err();
        trail.probe();
        assert!(!trail.takes_records());
        assert_eq!(disk.bytes(), b"a\n");
    }
}
