//! A region's audit trail in a file: one JSON object a line, only ever appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use claviger_service::AuditSink;

/// Hands each record to the operating system before the answer leaves, and to the disk when [`AuditFile::sync`] is called.
/// After a crash of the process nothing is missing; after a power cut, what came since the last sync may be.
pub(crate) struct AuditFile {
    file: Mutex<File>,
    unsynced: AtomicBool,
}

impl AuditFile {
    /// Opens the file for appending; one that is new is its owner's alone.
    pub(crate) fn open(path: &Path) -> io::Result<AuditFile> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(AuditFile { file: Mutex::new(file), unsynced: AtomicBool::new(false) })
    }

    /// Brings to the disk what was recorded since the last call.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if !self.unsynced.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        // Synced through a handle of its own, so that nobody waits for the disk to record something.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).try_clone()?;
        file.sync_data()
    }
}

impl AuditSink for AuditFile {
    fn record(&self, line: &[u8]) -> Result<(), String> {
        let mut whole = Vec::with_capacity(line.len() + 1);
        whole.extend_from_slice(line);
        whole.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write_all(&whole);
        self.unsynced.store(true, Ordering::SeqCst);
        written.map_err(|error| format!("the audit file cannot be written: {error}"))
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
    fn a_record_that_cannot_be_written_is_an_error() {
        if let Ok(full) = AuditFile::open(Path::new("/dev/full")) {
            assert!(full.record(b"{}").is_err());
        }
    }
}
