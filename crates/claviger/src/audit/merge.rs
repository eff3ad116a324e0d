//! Reads several trails at once, in the order of time.

use claviger_audit::{AuditRecord, Filter};

use crate::failure::Failure;

use super::trails::{Lines, Trail, TrailFile, note_unread};

/// A record that passes the filter, and its line.
pub(super) struct Chosen {
    pub(super) record: AuditRecord,
    pub(super) line: Vec<u8>,
}

/// Calls `each` with the number of the trail and the record for every record that passes, as long as it returns true. The records of one trail come in
/// the order of its files, and those of several are merged by their times. Holds one record of each trail.
pub(super) fn each_chosen(
    trails: &[Trail],
    filter: &Filter,
    mut each: impl FnMut(usize, Chosen) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut readers: Vec<Reader<'_>> = trails.iter().map(|trail| Reader::new(trail, filter)).collect();
    for reader in &mut readers {
        reader.advance()?;
    }
    while let Some((at, chosen)) = take_earliest(&mut readers) {
        if !each(at, chosen)? {
            return Ok(());
        }
        if let Some(reader) = readers.get_mut(at) {
            reader.advance()?;
        }
    }
    note_unread(readers.iter().map(|reader| reader.unread).sum());
    Ok(())
}

/// Of equal times, the first trail's.
fn take_earliest(readers: &mut [Reader<'_>]) -> Option<(usize, Chosen)> {
    let heads = readers.iter().enumerate().filter_map(|(at, reader)| Some((at, reader.head.as_ref()?)));
    let (at, _) = heads.min_by(|(_, one), (_, other)| one.record.time().cmp(other.record.time()))?;
    Some((at, readers.get_mut(at)?.head.take()?))
}

/// The records of one trail that pass.
struct Reader<'a> {
    filter: &'a Filter,
    files: std::slice::Iter<'a, TrailFile>,
    /// The file that is being read.
    lines: Option<Lines<'a>>,
    /// The next record.
    head: Option<Chosen>,
    /// The number of lines that are no records.
    unread: u64,
}

impl<'a> Reader<'a> {
    fn new(trail: &'a Trail, filter: &'a Filter) -> Reader<'a> {
        Reader { filter, files: trail.files.iter(), lines: None, head: None, unread: 0 }
    }

    /// Reads the next record, if there is one.
    fn advance(&mut self) -> Result<(), Failure> {
        loop {
            let Some(lines) = &mut self.lines else {
                let Some(file) = self.files.next() else { return Ok(()) };
                self.lines = Some(Lines::of(file));
                continue;
            };
            let Some(line) = lines.next()? else {
                self.lines = None;
                continue;
            };
            match AuditRecord::parse(line) {
                Some(record) if self.filter.chooses(&record) => {
                    self.head = Some(Chosen { record, line: line.to_vec() });
                    return Ok(());
                }
                Some(_) => {}
                None => self.unread += u64::from(!line.trim_ascii().is_empty()),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::path::Path;

    use super::super::trails::open;
    use super::*;

    fn trail(folder: &Path, name: &str, files: &[&[(&str, u32)]]) -> Trail {
        let files = files.iter().enumerate().map(|(at, records)| {
            let path = folder.join(format!("{name}-{at}"));
            let line = |(id, secs): &(&str, u32)| {
                format!("{{\"eventTime\":\"2026-11-24T15:04:{secs:02}Z\",\"eventName\":\"{id}\"}}\n")
            };
            std::fs::write(&path, records.iter().map(line).collect::<String>() + "\nno record\n").unwrap();
            open(&path).ok().unwrap()
        });
        Trail { region: None, files: files.collect() }
    }

    #[test]
    fn trails_are_merged_by_time_and_each_keeps_its_order() {
        let folder = tempfile::tempdir().unwrap();
        // Files are read from their present place on, so they are opened for each time.
        let trails = || {
            [
                trail(folder.path(), "a", &[&[("a1", 10), ("skip", 11)], &[], &[("a2", 30), ("a3", 20), ("a4", 40)]]),
                trail(folder.path(), "b", &[&[("b1", 5), ("b2", 10), ("b3", 25)], &[("b4", 50)]]),
                trail(folder.path(), "c", &[]),
            ]
        };
        let names = ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"];
        let filter = Filter { events: names.map(str::to_owned).to_vec(), ..Filter::default() };
        let shown = |count: usize| {
            let mut shown = Vec::new();
            each_chosen(&trails(), &filter, |at, chosen| {
                assert_eq!(AuditRecord::parse(&chosen.line).as_ref(), Some(&chosen.record));
                shown.push(format!("{at}{}", chosen.record.event()));
                Ok(shown.len() < count)
            })
            .ok()
            .unwrap();
            shown.join(" ")
        };
        assert_eq!(shown(100), "1b1 0a1 1b2 1b3 0a2 0a3 0a4 1b4");
        assert_eq!(shown(2), "1b1 0a1");
    }
}
