//! Finds records at the end of a trail.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;

use claviger_types::Timestamp;

use super::backward::Backward;
use super::names;

/// How much older than the records that are looked for a record may be for the search to go on: calls that take long are
/// recorded after later ones.
const SLACK_SECS: i64 = 60;

/// How much of the trail's end is searched. Records that were appended in the moment of a crash are far nearer to the end, and
/// a start must not read all that was written.
const BYTES_MAX: usize = 64 << 20;

/// How many of the records with these ids, from the first on, the trail has. They were appended in this order, so the search
/// ends at the last of them that it finds, at records that are older than `since`, or at [`BYTES_MAX`].
pub(super) fn recorded(folder: &Path, event_ids: &[&str], since: Timestamp) -> io::Result<usize> {
    let closed = names::closed(folder)?.into_iter().rev().map(|(_, path)| path);
    let oldest = since.plus_secs(-SLACK_SECS);
    let counts: HashMap<&[u8], usize> = event_ids.iter().zip(1..).map(|(id, count)| (id.as_bytes(), count)).collect();
    let mut searched = 0;
    for path in [folder.join(names::CURRENT)].into_iter().chain(closed) {
        let mut lines = Backward::new(File::open(path)?)?;
        while let Some(line) = lines.next_line()? {
            if let Some(count) = event_id(&line).and_then(|id| counts.get(id)) {
                return Ok(*count);
            }
            searched += line.len();
            if searched > BYTES_MAX || event_time(&line).is_some_and(|at| at < oldest) {
                return Ok(0);
            }
        }
    }
    Ok(0)
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
            assert_eq!(recorded(folder.path(), ids, Timestamp::from_secs(since)).unwrap(), expected, "{ids:?} {since}");
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
