//! Verifies a trail, line by line, from nothing but its lines.

use claviger_crypto::PublicIdentity;
use claviger_types::Timestamp;
use memchr::memmem;

use crate::checkpoint::Checkpoint;
use crate::discontinued::Discontinued;
use crate::fault::{Finding, TrailFault};
use crate::head;
use crate::link::{self, Link};

/// The most bytes without a link that are taken for what a crash left.
const UNLINKED_BYTES_MAX: usize = 64 << 20;

/// The most breaks that are kept for the summary. A trail that somebody made can have any number.
const BREAKS_MAX: usize = 100;

/// Takes the lines of a trail in their order, file after file.
#[derive(Debug, Default)]
pub struct Verifier {
    /// The link of the last line.
    last: Option<Link>,
    /// The bytes since then, and the number of the line that they begin with.
    unlinked: Vec<u8>,
    unlinked_line: u64,
    /// Whether the bytes since the beginning of a file before the first linked line are too many to be kept.
    is_overlong: bool,
    /// The number of the last line in the present file.
    line: u64,
    /// Whether a file has ended without a checkpoint as its last line.
    ended_unsigned: bool,
    region: Option<String>,
    /// The number and the hash of a line that is known from elsewhere.
    expected: Option<(u64, [u8; 32])>,
    summary: Summary,
}

/// What was verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of lines, with checkpoints.
    pub lines: u64,
    /// The number of lines in the files before the first linked line, of releases that wrote no links. Nothing is known of them.
    pub unlinked_before: u64,
    /// The number of checkpoints.
    pub checkpoints: u64,
    /// The number of the first line in the trail.
    pub first_seq: u64,
    /// The link of the last line.
    pub last: Link,
    /// The earliest and the latest time of a record.
    pub times: Option<(String, String)>,
    /// The number up to which the lines are signed; 0 if none is.
    pub signed_to: u64,
    /// The keys that signed checkpoints, in the order of their first checkpoints.
    pub identities: Vec<PublicIdentity>,
    /// The first of the records in which the region notes that it was started on files that did not go on from its newest
    /// checkpoint.
    pub breaks: Vec<Break>,
    /// The number of these records.
    pub break_count: u64,
}

/// A record that the trail was discontinued before it. The chain of hashes goes over it, so it is no fault of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The link of the record.
    pub link: Link,
    /// The time of the start that noticed it.
    pub at: String,
    /// The difference.
    pub difference: Discontinued,
}

impl Summary {
    /// The number of records, without checkpoints.
    pub fn records(&self) -> u64 {
        self.lines.saturating_sub(self.checkpoints)
    }

    /// The number of lines that no checkpoint signs yet.
    pub fn unsigned(&self) -> u64 {
        self.last.seq.saturating_sub(self.signed_to.max(self.first_seq.saturating_sub(1)))
    }
}

impl Verifier {
    /// Expects the trail of this region.
    pub fn of_region(region: &str) -> Verifier {
        Verifier { region: Some(region.to_owned()), ..Verifier::default() }
    }

    /// Expects the line of this number to have this hash, as an earlier verification showed it.
    pub fn expect(&mut self, seq: u64, hash: [u8; 32]) {
        self.expected = Some((seq, hash));
    }

    /// The next line of the present file, with its line feed.
    ///
    /// # Errors
    ///
    /// The fault that shows here. The verifier is of no use after one.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Finding> {
        self.line += 1;
        let Some((link, covered)) = link::split(line) else {
            if self.unlinked.is_empty() {
                self.unlinked_line = self.line;
            }
            if self.unlinked.len().saturating_add(line.len()) <= UNLINKED_BYTES_MAX {
                self.unlinked.extend_from_slice(line);
                return Ok(());
            }
            // A file of a release without links may have more.
            self.is_overlong = self.last.is_none();
            return if self.is_overlong { Ok(()) } else { Err(self.found(TrailFault::Unlinked)) };
        };
        if self.is_overlong {
            return Err(self.found(TrailFault::Unlinked));
        }
        if head::hash(&self.unlinked, covered) != link.hash {
            return Err(self.found(TrailFault::Changed));
        }
        self.follows(&link).map_err(|fault| self.found(fault))?;
        let lines = self.summary.unlinked_before;
        if self.last.is_none() && lines > 0 && link.seq != 1 {
            return Err(self.found(TrailFault::UnlinkedBefore { lines, seq: link.seq }));
        }
        if self.ended_unsigned {
            return Err(self.found(TrailFault::Unsigned { last: self.summary.last.seq }));
        }
        self.unlinked.clear();
        if self.expected.is_some_and(|(seq, hash)| seq == link.seq && hash != link.hash) {
            return Err(self.found(TrailFault::Unexpected { seq: link.seq }));
        }
        self.count(line, &link);
        self.note_break(line, &link);
        self.check_signature(line, &link).map_err(|fault| self.found(fault))
    }

    /// The present file has no more lines. The next line is the first of another file.
    ///
    /// # Errors
    ///
    /// If the file ends in bytes that no link covers. A whole file without links may come before the first linked line.
    pub fn end_of_file(&mut self) -> Result<(), Finding> {
        if self.last.is_none() {
            self.summary.unlinked_before += self.line;
            self.unlinked.clear();
            self.is_overlong = false;
        }
        if !self.unlinked.is_empty() {
            return Err(self.found(TrailFault::Unlinked));
        }
        self.line = 0;
        self.ended_unsigned = self.summary.lines > 0 && self.summary.signed_to != self.summary.last.seq;
        Ok(())
    }

    /// The trail has no more files.
    ///
    /// # Errors
    ///
    /// If the line that is expected was not among them, or no line had a link.
    pub fn end(&self) -> Result<(), TrailFault> {
        if self.last.is_none() && self.summary.unlinked_before > 0 {
            return Err(TrailFault::NoLink { lines: self.summary.unlinked_before });
        }
        let Some((seq, _)) = self.expected else { return Ok(()) };
        let Summary { first_seq: first, last: Link { seq: last, .. }, .. } = self.summary;
        if seq > last {
            return Err(TrailFault::CutEnd { last, seq });
        }
        if seq < first { Err(TrailFault::BeginsLater { first, seq }) } else { Ok(()) }
    }

    /// What was verified so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// A fault, at the first line that it can be in.
    fn found(&self, fault: TrailFault) -> Finding {
        Finding { line: if self.unlinked.is_empty() { self.line } else { self.unlinked_line }, fault }
    }

    fn follows(&self, link: &Link) -> Result<(), TrailFault> {
        let Some(last) = &self.last else {
            // A trail whose oldest files were deleted begins with any line.
            let is_possible = link.seq != 1 || link.prev == [0; 32];
            return if is_possible { Ok(()) } else { Err(TrailFault::OtherTrail { seq: link.seq }) };
        };
        let next = last.seq.saturating_add(1);
        if link.seq > next {
            return Err(TrailFault::Missing { first: next, last: link.seq - 1 });
        }
        if link.seq < next {
            return Err(TrailFault::OutOfOrder { seq: link.seq, after: last.seq });
        }
        if link.prev == last.hash { Ok(()) } else { Err(TrailFault::OtherTrail { seq: link.seq }) }
    }

    fn count(&mut self, line: &[u8], link: &Link) {
        let summary = &mut self.summary;
        if self.last.replace(*link).is_none() {
            summary.first_seq = link.seq;
        }
        summary.lines += 1;
        summary.last = *link;
        let Some(at) = event_time(line) else { return };
        match &mut summary.times {
            None => summary.times = Some((at.to_owned(), at.to_owned())),
            Some((from, _)) if at < from.as_str() => at.clone_into(from),
            Some((_, to)) if at > to.as_str() => at.clone_into(to),
            Some(_) => {}
        }
    }

    fn note_break(&mut self, line: &[u8], link: &Link) {
        let Some(difference) = Discontinued::of(line) else { return };
        self.summary.break_count += 1;
        if self.summary.breaks.len() < BREAKS_MAX {
            let at = event_time(line).unwrap_or_default().to_owned();
            self.summary.breaks.push(Break { link: *link, at, difference });
        }
    }

    fn check_signature(&mut self, line: &[u8], link: &Link) -> Result<(), TrailFault> {
        let Some(checkpoint) = Checkpoint::of(line) else { return Ok(()) };
        if !checkpoint.is_signed(link) {
            return Err(TrailFault::Signature);
        }
        let expected = self.region.get_or_insert_with(|| checkpoint.region.clone());
        if *expected != checkpoint.region {
            return Err(TrailFault::Region { found: checkpoint.region, expected: expected.clone() });
        }
        if checkpoint.file_first < self.summary.first_seq {
            return Err(TrailFault::CutBeginning { first: checkpoint.file_first });
        }
        self.summary.checkpoints += 1;
        self.summary.signed_to = link.seq;
        if !self.summary.identities.contains(&checkpoint.identity) {
            self.summary.identities.push(checkpoint.identity);
        }
        Ok(())
    }
}

/// The time of a record: no member before it has a name that a caller chooses.
fn event_time(line: &[u8]) -> Option<&str> {
    const NAME: &[u8] = b"\"eventTime\":\"";
    let at = memmem::find(line, NAME)? + NAME.len();
    let text = str::from_utf8(line.get(at..)?.split(|byte| *byte == b'"').next()?).ok()?;
    // Whoever writes a line chooses what stands there.
    Timestamp::parse_iso8601(text).map(|_| text)
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
