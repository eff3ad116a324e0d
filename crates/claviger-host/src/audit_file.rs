//! A region's audit trail in a file: one JSON object a line, only ever appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use claviger_service::AuditSink;

/// A record is handed to the operating system before the answer is sent, and to the disk by [`AuditFile::sync`], which a thread
/// of the region calls ten times a second. After a crash of the process no record is missing. After a power cut, the records
/// since the last sync may be missing.
///
/// After a failed sync it is unknown which records are on the disk. The file then takes no more records, so that the region
/// refuses calls until an operator has checked the disk and started it again.
pub(crate) struct AuditFile {
    tail: Mutex<Tail<File>>,
    unsynced: AtomicBool,
    lost: AtomicBool,
}

impl AuditFile {
    /// Opens the file for appending. A new file can be read by its owner only. A last line that a crash cut short is ended, so
    /// that the next record has a line of its own.
    pub(crate) fn open(path: &Path) -> io::Result<AuditFile> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        if is_cut_short(&mut file)? {
            file.write_all(b"\n")?;
        }
        let tail = Mutex::new(Tail { target: file, torn_at: None });
        Ok(AuditFile { tail, unsynced: AtomicBool::new(true), lost: AtomicBool::new(false) })
    }

    /// Syncs the records since the last call to the disk.
    ///
    /// # Errors
    ///
    /// The disk's error. It is returned once: the file takes no more records after it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if !self.unsynced.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        // The sync uses a handle of its own and no lock, so that requests can append records while the disk is busy.
        let file = self.tail.lock().unwrap_or_else(PoisonError::into_inner).target.try_clone();
        file.and_then(|file| file.sync_data()).inspect_err(|_| self.lost.store(true, Ordering::SeqCst))
    }
}

#[cfg(test)]
impl AuditFile {
    /// Whether every record so far has been handed to the disk, or is being handed to it.
    pub(crate) fn is_synced(&self) -> bool {
        !self.unsynced.load(Ordering::SeqCst)
    }
}

impl AuditSink for AuditFile {
    fn record(&self, line: &[u8]) -> Result<(), String> {
        if self.lost.load(Ordering::SeqCst) {
            return Err("the audit file could not be brought to the disk and takes no more records".to_owned());
        }
        let written = self.tail.lock().unwrap_or_else(PoisonError::into_inner).append(line);
        self.unsynced.store(true, Ordering::SeqCst);
        written.map_err(|error| format!("the audit file cannot be written: {error}"))
    }

    fn healthy(&self) -> bool {
        !self.lost.load(Ordering::SeqCst)
    }
}

fn is_cut_short(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The end of the file, where lines are appended.
struct Tail<T> {
    target: T,
    /// The start of a line that was written in part and could not be truncated yet.
    torn_at: Option<u64>,
}

/// A file that lines are appended to.
trait Target {
    fn size(&self) -> io::Result<u64>;
    /// Appends everything, or some of it and an error.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn cut(&mut self, size: u64) -> io::Result<()>;
}

impl Target for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }
}

impl<T: Target> Tail<T> {
    /// Appends a whole line, or removes the part that was written. If even the removal fails, no other line is
    /// appended until it succeeds.
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if let Some(at) = self.torn_at {
            self.target.cut(at)?;
            self.torn_at = None;
        }
        let at = self.target.size()?;
        let mut whole = Vec::with_capacity(line.len() + 1);
        whole.extend_from_slice(line);
        whole.push(b'\n');
        self.target.append(&whole).inspect_err(|_| {
            if self.target.cut(at).is_err() {
                self.torn_at = Some(at);
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn records_are_appended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        for line in [&b"{\"a\":1}"[..], b"{\"a\":2}"] {
            let file = AuditFile::open(&path).unwrap();
            file.record(line).unwrap();
            file.sync().unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\":2}\n");
    }

    #[test]
    fn a_line_that_was_cut_short_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        std::fs::write(&path, "{\"a\":1}\n{\"a").unwrap();
        AuditFile::open(&path).unwrap().record(b"{}").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\n{}\n");
    }

    #[test]
    fn after_a_failed_sync_nothing_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let file = AuditFile::open(&folder.path().join("audit.jsonl")).unwrap();
        file.record(b"{}").unwrap();
        file.lost.store(true, Ordering::SeqCst);
        assert!(file.record(b"{}").is_err());
    }

    #[test]
    fn a_device_that_does_not_sync_is_lost() {
        // A pipe takes bytes and has no disk behind it, so that syncing it is an error.
        let (_reader, writer) = io::pipe().unwrap();
        let tail = Mutex::new(Tail { target: File::from(std::os::fd::OwnedFd::from(writer)), torn_at: None });
        let file = AuditFile { tail, unsynced: AtomicBool::new(false), lost: AtomicBool::new(false) };
        file.record(b"{}").unwrap();
        assert!(file.sync().is_err());
        assert!(file.record(b"{}").is_err());
    }

    /// A disk that fills up. With `cuts` false, it cannot be truncated either.
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
        cuts: bool,
    }

    impl Target for Disk {
        fn size(&self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            let fits = bytes.len().min(self.room - self.bytes.len());
            self.bytes.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn cut(&mut self, size: u64) -> io::Result<()> {
            if !self.cuts {
                return Err(io::ErrorKind::Other.into());
            }
            self.bytes.truncate(usize::try_from(size).unwrap());
            Ok(())
        }
    }

    fn tail(room: usize, cuts: bool) -> Tail<Disk> {
        Tail { target: Disk { bytes: Vec::new(), room, cuts }, torn_at: None }
    }

    #[test]
    fn nothing_stays_of_a_record_that_did_not_fit() {
        let mut tail = tail(6, true);
        tail.append(b"ab").unwrap();
        tail.append(b"cdef").unwrap_err();
        assert_eq!(tail.target.bytes, b"ab\n");
        tail.append(b"gh").unwrap();
        assert_eq!(tail.target.bytes, b"ab\ngh\n");
    }

    #[test]
    fn no_line_goes_on_where_another_broke_off() {
        let mut tail = tail(6, false);
        tail.append(b"ab").unwrap();
        tail.append(b"cdef").unwrap_err();
        tail.target.room = 100;
        tail.append(b"gh").unwrap_err();
        assert_eq!(tail.target.bytes, b"ab\ncde");
        tail.target.cuts = true;
        tail.append(b"gh").unwrap();
        assert_eq!(tail.target.bytes, b"ab\ngh\n");
    }
}
