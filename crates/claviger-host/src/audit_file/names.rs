//! The names of a region's audit files. The file that records are appended to is `audit.jsonl`. A closed one is named after
//! the time when it was closed: `audit-20261124T150405Z-123.jsonl`, the last number in milliseconds. Their names sort by time.

use std::io;
use std::path::{Path, PathBuf};

use claviger_types::Timestamp;

/// The file that records are appended to.
pub(super) const CURRENT: &str = "audit.jsonl";
/// The next one, empty, until it takes that name.
pub(super) const NEXT: &str = "audit.jsonl.new";

/// The name of a file that was closed at this time.
fn closed_name(at: Timestamp) -> String {
    format!("audit-{}-{:03}.jsonl", at.iso8601_basic(), at.0.rem_euclid(1000))
}

fn closed_at(name: &str) -> Option<Timestamp> {
    let (date, ms) = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?.split_once('-')?;
    let at = Timestamp(Timestamp::parse_iso8601(date)?.0.checked_add(ms.parse().ok()?)?);
    // Only names that this module writes: another program's file is never deleted.
    (closed_name(at) == name).then_some(at)
}

/// The closed files of a folder, the oldest first.
pub(super) fn closed(folder: &Path) -> io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let Some(at) = entry.file_name().to_str().and_then(closed_at) {
            found.push((at, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// The path for a file that is closed now. It sorts after all others, also if the clock was set back.
pub(super) fn next_closed(folder: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let last = closed(folder)?.last().map(|(at, _)| *at);
    let at = last.map_or(now, |last| now.max(Timestamp(last.0.saturating_add(1))));
    Ok(folder.join(closed_name(at)))
}

/// Deletes the oldest closed files, so that `kept` stay. One that cannot be deleted does not keep the others.
pub(super) fn delete_oldest(folder: &Path, kept: usize) -> io::Result<()> {
    let closed = closed(folder)?;
    let surplus = closed.len().saturating_sub(kept);
    let deleted = closed.into_iter().take(surplus).map(|(_, path)| std::fs::remove_file(path));
    deleted.fold(Ok(()), Result::and)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_sort_by_time() {
        let times = [0, 999, 1_000, 1_795_532_645_007, 1_795_532_645_123, 1_795_532_646_000];
        let names = times.map(|ms| closed_name(Timestamp(ms)));
        assert_eq!(names[4], "audit-20261124T150405Z-123.jsonl");
        assert!(names.is_sorted());
        assert_eq!(names.map(|name| closed_at(&name)), times.map(|ms| Some(Timestamp(ms))));
        for other in
            ["audit.jsonl", "audit-old.jsonl", "audit-20261124T150405Z-1.jsonl", "audit-20261124T150405Z-1000.jsonl"]
        {
            assert_eq!(closed_at(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_never_used_twice() {
        let folder = tempfile::tempdir().unwrap();
        for now in [5_000, 5_000, 4_000, 6_000] {
            let path = next_closed(folder.path(), Timestamp(now)).unwrap();
            std::fs::write(folder.path().join("audit-notes.jsonl"), "").unwrap();
            assert!(!path.exists());
            std::fs::write(path, "").unwrap();
        }
        let times = |folder: &Path| closed(folder).unwrap().into_iter().map(|(at, _)| at.0).collect::<Vec<_>>();
        assert_eq!(times(folder.path()), [5_000, 5_001, 5_002, 6_000]);
        delete_oldest(folder.path(), 3).unwrap();
        assert_eq!(times(folder.path()), [5_001, 5_002, 6_000]);
        delete_oldest(folder.path(), 9).unwrap();
        assert_eq!(times(folder.path()).len(), 3);
        assert!(folder.path().join("audit-notes.jsonl").exists());
    }
}
