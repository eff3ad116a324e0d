//! Finds the last line of a trail, to which the next one is linked.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;

use claviger_audit::{AuditRecord, Head, Link};

use super::backward::Backward;
use super::names;

/// How many bytes from the end of a closed file are looked through. Its last line has a link, unless a power cut damaged it.
const CLOSED_BYTES_MAX: u64 = 4 << 20;

/// Reads the end of the trail from the files of a folder. The current file exists and ends with a line feed, if it is not empty.
///
/// A trail without any linked line begins at line 1.
pub(super) fn read_back(folder: &Path) -> io::Result<Head> {
    let path = folder.join(names::CURRENT);
    let last = last_linked(&path, u64::MAX)?;
    let unlinked = read_from(&path, last.as_ref().map_or(0, |last| last.end))?;
    if let Some(last) = last {
        return Ok(last.head(first_link(&path)?.map(|first| first.seq), unlinked));
    }
    for (_, closed) in names::closed(folder)?.into_iter().rev() {
        if let Some(last) = last_linked(&closed, CLOSED_BYTES_MAX)? {
            return Ok(last.head(None, unlinked));
        }
    }
    Ok(Head::resume(None, None, unlinked))
}

/// The last linked line of a file.
struct Last {
    link: Link,
    is_checkpoint: bool,
    /// Where the bytes after it begin.
    end: u64,
}

impl Last {
    fn head(self, file_first: Option<u64>, unlinked: Vec<u8>) -> Head {
        let is_signed = self.is_checkpoint && unlinked.is_empty();
        let mut head = Head::resume(Some(self.link), file_first, unlinked);
        if is_signed {
            head.set_signed();
        }
        head
    }
}

fn last_linked(path: &Path, bytes_max: u64) -> io::Result<Option<Last>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut lines = Backward::new(file)?;
    while let Some(line) = lines.next_line()? {
        if let Some(link) = Link::of(&line) {
            let is_checkpoint = AuditRecord::parse(&line).is_some_and(|record| record.is_checkpoint());
            return Ok(Some(Last { link, is_checkpoint, end: lines.line_start() + line.len() as u64 + 1 }));
        }
        if size.saturating_sub(lines.line_start()) > bytes_max {
            break;
        }
    }
    Ok(None)
}

/// The link of the first linked line of a file.
pub(super) fn first_link(path: &Path) -> io::Result<Option<Link>> {
    let (mut file, mut line) = (BufReader::new(File::open(path)?), Vec::new());
    while file.read_until(b'\n', &mut line)? > 0 {
        if let Some(link) = Link::of(&line) {
            return Ok(Some(link));
        }
        line.clear();
    }
    Ok(None)
}

fn read_from(path: &Path, start: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len().saturating_sub(start);
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, start)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
