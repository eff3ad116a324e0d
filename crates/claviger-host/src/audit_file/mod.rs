//! A region's audit trail in a file: one JSON object a line, only ever appended to.

mod group;
mod tail;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claviger_service::{AuditSink, Recording};

use group::{Append, GroupWriter};
use tail::Tail;

/// A record is handed to the operating system before the answer is sent, and to the disk by [`AuditFile::sync`], which a thread
/// of the region calls ten times a second. After a crash of the process no record is missing. After a power cut, the records
/// since the last sync may be missing.
///
/// After a failed sync it is unknown which records are on the disk. The file then takes no more records, so that the region
/// refuses calls until an operator has checked the disk and started it again.
pub(crate) struct AuditFile(Arc<GroupWriter<Trail>>);

/// The file behind the queue.
struct Trail {
    /// Held by the one request that writes, and by the background threads.
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
        let size = file.metadata()?.len();
        let trail = Trail {
            tail: Mutex::new(Tail::new(file, size)),
            unsynced: AtomicBool::new(true),
            lost: AtomicBool::new(false),
        };
        Ok(AuditFile(Arc::new(GroupWriter::new(trail))))
    }

    /// Syncs the records since the last call to the disk.
    ///
    /// # Errors
    ///
    /// The disk's error. It is returned once: the file takes no more records after it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.target().sync()
    }
}

#[cfg(test)]
impl AuditFile {
    /// Whether every record so far has been handed to the disk, or is being handed to it.
    pub(crate) fn is_synced(&self) -> bool {
        !self.0.target().unsynced.load(Ordering::SeqCst)
    }
}

impl AuditSink for AuditFile {
    fn record(&self, lines: &[u8]) -> Recording {
        self.0.append(lines)
    }

    fn record_blocking(&self, lines: &[u8]) -> Result<(), String> {
        self.0.target().append(lines)
    }

    fn healthy(&self) -> bool {
        !self.0.target().lost.load(Ordering::SeqCst)
    }
}

impl Trail {
    fn sync(&self) -> io::Result<()> {
        if !self.unsynced.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        // The sync uses a handle of its own and no lock, so that requests can append records while the disk is busy.
        let file = self.tail().target().try_clone();
        file.and_then(|file| file.sync_data()).inspect_err(|_| self.lost.store(true, Ordering::SeqCst))
    }

    fn tail(&self) -> MutexGuard<'_, Tail<File>> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Append for Trail {
    fn append(&self, lines: &[u8]) -> Result<(), String> {
        if self.lost.load(Ordering::SeqCst) {
            return Err("the audit file could not be brought to the disk and takes no more records".to_owned());
        }
        let written = self.tail().append(lines);
        self.unsynced.store(true, Ordering::SeqCst);
        written.map_err(|error| format!("the audit file cannot be written: {error}"))
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

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
