//! Compares the files with the checkpoint that the region noted in its store, and hands out the next one to note.

use std::fs::File;
use std::io;
use std::path::Path;

use claviger_audit::{Anchor, Discontinued, Link};

use super::backward::Backward;
use super::{AuditFile, head, names};

impl AuditFile {
    /// The newest checkpoint of this run that is on the disk. One that a power cut may still take away must not be noted: the next
    /// start would take that for tampering.
    pub(crate) fn anchor(&self) -> Option<Anchor> {
        self.writer.target().anchor()
    }

    /// Compares the files with the anchor that an earlier run noted. Nothing may have been appended in this run.
    ///
    /// # Errors
    ///
    /// The difference, if the files do not go on from the anchor. It waits in the trail until a record of it is appended, with the
    /// next checkpoint.
    pub(crate) fn continues(&self, anchor: &Anchor) -> Result<(), Discontinued> {
        let line = hash_of_line(&self.folder, anchor.seq).unwrap_or_else(|error| {
            tracing::error!(%error, folder = %self.folder.display(), "the audit files cannot be read back to the last checkpoint");
            None
        });
        let trail = self.writer.target();
        anchor.compare(line, &trail.head()).inspect_err(|difference| trail.discontinue(difference.clone()))
    }
}

/// The hash that the files give to the line of this number: its own, or the one that the next line was linked to, since closed
/// files may have been collected elsewhere. None if neither line is there.
fn hash_of_line(folder: &Path, seq: u64) -> io::Result<Option<[u8; 32]>> {
    let closed = names::closed(folder)?.into_iter().rev().map(|(_, path)| path);
    for path in [folder.join(names::CURRENT)].into_iter().chain(closed) {
        match head::first_link(&path)? {
            Some(first) if first.seq <= seq => return hash_in_file(&path, seq),
            Some(first) if first.seq == seq.saturating_add(1) => return Ok(Some(first.prev)),
            // The file begins later, or has no linked line.
            _ => {}
        }
    }
    Ok(None)
}

/// Reads from the end: the line is among the last ones, unless the store is an older copy.
fn hash_in_file(path: &Path, seq: u64) -> io::Result<Option<[u8; 32]>> {
    let mut lines = Backward::new(File::open(path)?)?;
    while let Some(line) = lines.next_line()? {
        match Link::of(&line) {
            Some(link) if link.seq == seq => return Ok(Some(link.hash)),
            Some(link) if link.seq < seq => return Ok(None),
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
#[path = "anchor_tests.rs"]
mod tests;
