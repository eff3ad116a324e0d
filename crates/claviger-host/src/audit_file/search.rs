//! Finds records at the end of a trail.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use claviger_types::Timestamp;

use super::backward::Backward;
use super::names;

/// How much older than the records that are looked for a record may be for the search to go on: calls that take long are
/// recorded after later ones.
const SLACK_SECS: i64 = 60;

/// How much of the trail's end is searched. Records that were appended in the moment of a crash are far nearer to the end, and
/// a start must not read all that was written.
const BYTES_MAX: usize = 64 << 20;

/// How much is written anew at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// The records that a search found.
pub(super) struct Found {
    /// How many of the records that were looked for, from the first on, the trail has.
    pub(super) count: usize,
    /// The files with these records, and where the part of each begins that was read.
    parts: Vec<(PathBuf, u64)>,
}

impl Found {
    /// Brings the records that were found to the disk, before their rows are dropped. A sync is not enough: the run that
    /// wrote them may have ended after a sync that failed, and the system syncs only bytes that it takes for unwritten. So the
    /// same bytes are written once more to the same place.
    pub(super) fn renew(&self) -> io::Result<()> {
        self.parts.iter().try_for_each(|(path, from)| renew(path, *from))
    }
}

/// Searches a trail for the records with these ids, which were appended in this order. Only whole records count. The search
/// ends at the first of them. If it has found none, it ends at records that are older than `since`, and in any case at
/// [`BYTES_MAX`].
pub(super) fn recorded(folder: &Path, event_ids: &[&str], since: Timestamp) -> io::Result<Found> {
    let closed = names::closed(folder)?.into_iter().rev().map(|(_, path)| path);
    let oldest = since.plus_secs(-SLACK_SECS);
    let mut missing: HashMap<&[u8], usize> = event_ids.iter().zip(0..).map(|(id, at)| (id.as_bytes(), at)).collect();
    let (mut parts, mut searched) = (Vec::new(), 0);
    for path in [folder.join(names::CURRENT)].into_iter().chain(closed) {
        let mut lines = Backward::new(File::open(&path)?)?;
        while let Some(line) = lines.next_line()? {
            let found = event_id(&line).filter(|_| is_whole(&line)).and_then(|id| missing.remove(id));
            if found == Some(0) {
                parts.push((path, lines.read_from()));
                return Ok(Found { count: missing.into_values().min().unwrap_or(event_ids.len()), parts });
            }
            searched += line.len();
            let found_none = missing.len() == event_ids.len();
            if searched > BYTES_MAX || found_none && event_time(&line).is_some_and(|at| at < oldest) {
                return Ok(Found { count: 0, parts: Vec::new() });
            }
        }
        parts.push((path, 0));
    }
    Ok(Found { count: 0, parts: Vec::new() })
}

/// Writes the end of a file anew, as it is, and syncs it.
fn renew(path: &Path, from: u64) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let (mut chunk, mut at) = (vec![0; CHUNK_BYTES], from);
    loop {
        let size = file.read_at(&mut chunk, at)?;
        let Some(bytes) = chunk.get(..size).filter(|bytes| !bytes.is_empty()) else { break };
        file.write_all_at(bytes, at)?;
        at += size as u64;
    }
    file.sync_all()
}

/// The time in the first record of these lines.
pub(super) fn event_time(lines: &[u8]) -> Option<Timestamp> {
    const NAME: &[u8] = b"\"eventTime\":\"";
    let at = lines.windows(NAME.len()).position(|bytes| bytes == NAME)? + NAME.len();
    let text = lines.get(at..)?.split(|b| *b == b'"').next()?;
    Timestamp::parse_iso8601(std::str::from_utf8(text).ok()?)
}

/// The id of a record: the last member of this name, since the parameters before it may have a member of any name.
fn event_id(line: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"\"eventID\":\"";
    let at = line.windows(NAME.len()).rposition(|bytes| bytes == NAME)? + NAME.len();
    line.get(at..)?.split(|b| *b == b'"').next()
}

/// Whether a line is a JSON object from its first brace to the last. A crash can leave the first part of a record, and a power
/// cut zeros in it.
fn is_whole(line: &[u8]) -> bool {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            0..0x20 => return false,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' if !in_text => depth += 1,
            b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1 == line.len() && *byte == b'}';
        }
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn line(secs: i64, id: &str) -> String {
        let at = Timestamp::from_secs(secs).iso8601();
        format!(
            "{{\"eventTime\":\"{at}\",\"requestParameters\":{{\"eventID\":\"9\"}},\"eventID\":\"{id}\",\"readOnly\":true}}\n"
        )
    }

    #[test]
    fn the_search_ends_at_the_last_record_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let check = |ids: &[&str], since: i64, expected: usize| {
            assert_eq!(
                recorded(folder.path(), ids, Timestamp::from_secs(since)).unwrap().count,
                expected,
                "{ids:?} {since}"
            );
        };
        std::fs::write(folder.path().join(names::CURRENT), "").unwrap();
        check(&["1"], 0, 0);
        let closed = names::next_closed(folder.path(), Timestamp(0)).unwrap();
        std::fs::write(closed, [line(1000, "a"), line(2000, "b")].concat()).unwrap();
        let current = [line(2001, "c"), line(2000, "d"), line(2002, "e"), "{\"torn".to_owned()].concat();
        std::fs::write(folder.path().join(names::CURRENT), current).unwrap();
        check(&["c", "d", "x"], 2000, 2);
        check(&["b", "x", "y"], 2000, 1);
        check(&["x", "9"], 2000, 0);
        check(&["a"], 1000, 1);
        // Records from before the search are not looked through.
        check(&["a"], 2061, 0);
    }
}
