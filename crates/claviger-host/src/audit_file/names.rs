//! The files of a region's audit trail in its folder, by their names.

use std::io;
use std::path::{Path, PathBuf};

use claviger_audit::{closed_at, closed_name};
use claviger_types::Timestamp;

/// The file that records are appended to.
pub(super) use claviger_audit::CURRENT;
/// The next one, empty, until it takes that name.
pub(super) const NEXT: &str = "audit.jsonl.new";

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
