//! A region's audit trail in files: one JSON object a line, only ever appended to.

mod anchor;
mod backward;
mod checkpoint;
mod group;
mod head;
mod names;
mod rotation;
mod search;
mod tail;
mod trail;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use claviger_service::{AuditSink, Recording};
use claviger_types::Timestamp;

use group::{Append, GroupWriter};
use rotation::Rotating;
use trail::Trail;

pub(crate) use checkpoint::Signer;
pub use rotation::AuditRotation;

/// The name of the file that records are appended to.
pub(crate) const CURRENT: &str = names::CURRENT;

/// A record is handed to the operating system before the answer is sent, and to the disk by [`AuditFile::sync`], which a thread
/// of the region calls ten times a second. After a crash of the process no record is missing. After a power cut, the records
/// since the last sync may be missing.
///
/// Each line is linked to the one before it, across files and starts (`claviger-audit`).
///
/// While a record cannot be written, the region refuses calls. After a failed sync it is unknown which records are on the disk.
/// The file then takes no more records until an operator has checked the disk and started the region again.
pub(crate) struct AuditFile {
    writer: Arc<GroupWriter<Trail<Arc<File>>>>,
    folder: PathBuf,
    rotation: AuditRotation,
    rotating: Mutex<Rotating>,
}

impl AuditFile {
    /// Opens the current file of a folder for appending. A new file can be read by its owner only. A last line that a crash cut
    /// short is ended, so that the next record has a line of its own.
    pub(crate) fn open(folder: &Path, rotation: AuditRotation, now: Timestamp) -> io::Result<AuditFile> {
        let mut file = rotation::open_current(folder, now)?;
        if is_cut_short(&mut file)? {
            file.write_all(b"\n")?;
        }
        let size = file.metadata()?.len();
        let began = rotation::began(&file).unwrap_or(now);
        let head = head::read_back(folder)?;
        Ok(AuditFile {
            writer: Arc::new(GroupWriter::new(Trail::new(Arc::new(file), size, head))),
            folder: folder.to_owned(),
            rotation,
            rotating: Mutex::new(Rotating { began, failed: false, keeps_surplus: false, unsigned_since: None }),
        })
    }

    /// After a failed append, tries whether there is room again.
    pub(crate) fn probe(&self) {
        self.writer.exclusive(Trail::probe);
    }
}

#[cfg(test)]
impl AuditFile {
    /// Whether every record so far has been handed to the disk, or is being handed to it.
    pub(crate) fn is_synced(&self) -> bool {
        self.writer.target().is_synced()
    }
}

impl AuditSink for AuditFile {
    fn record(&self, lines: &[u8]) -> Recording {
        self.writer.append(lines)
    }

    fn record_blocking(&self, lines: &[u8]) -> Result<(), String> {
        self.writer.exclusive(|trail| trail.append(lines))
    }

    fn sync(&self) -> Result<(), String> {
        self.writer.target().sync().map_err(|error| format!("the audit file cannot be synced to the disk: {error}"))
    }

    fn recorded(&self, event_ids: &[&str], since: Timestamp) -> usize {
        let found = search::recorded(&self.folder, event_ids, since).and_then(|found| {
            // Nothing may be appended or cut off meanwhile.
            self.writer.exclusive(|_| found.renew())?;
            Ok(found.count)
        });
        found.unwrap_or_else(|error| {
            tracing::error!(%error, folder = %self.folder.display(), "it is unknown which records the audit files have on the disk; some may be written twice");
            0
        })
    }

    fn healthy(&self) -> bool {
        self.writer.target().takes_records()
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
pub(crate) mod tests;
