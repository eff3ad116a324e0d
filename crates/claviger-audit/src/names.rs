//! The names of a region's audit files. The file that records are appended to is `audit.jsonl`. A closed one is named after
//! the time when it was closed: `audit-20261124T150405Z-123.jsonl`, the last number in milliseconds. Their names sort by time.

use claviger_types::Timestamp;

/// The file that records are appended to.
pub const CURRENT: &str = "audit.jsonl";

/// The name of a file that was closed at this time.
pub fn closed_name(at: Timestamp) -> String {
    format!("audit-{}-{:03}.jsonl", at.iso8601_basic(), at.0.rem_euclid(1000))
}

/// When the file of this name was closed; none for a name that is not one of a closed file.
pub fn closed_at(name: &str) -> Option<Timestamp> {
    let (date, ms) = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?.split_once('-')?;
    let at = Timestamp(Timestamp::parse_iso8601(date)?.0.checked_add(ms.parse().ok()?)?);
    // Only names in exactly this form: another program's file is never deleted.
    (closed_name(at) == name).then_some(at)
}

#[cfg(test)]
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
}
