//! Finds and reads the files of audit trails.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use claviger_audit::{AuditRecord, CURRENT, closed_at};
use claviger_types::Region;

use crate::failure::Failure;
use crate::output;

use super::options::TrailOptions;

/// The most bytes that are read as one line. The longest record is far shorter. What a crash left can be longer, and is read in parts.
const LINE_BYTES_MAX: u64 = 4 << 20;

/// The files of one region's trail, open, the oldest first.
pub(crate) struct Trail {
    /// The region; none if it is not known, because files are given.
    pub(crate) region: Option<Region>,
    pub(crate) files: Vec<TrailFile>,
}

pub(crate) struct TrailFile {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
}

/// The trails that the options name.
pub(crate) fn trails(options: &TrailOptions) -> Result<Vec<Trail>, Failure> {
    let Some(data) = &options.data else {
        let files = options.files.iter().map(|path| open(path)).collect::<Result<_, _>>()?;
        return Ok(vec![Trail { region: None, files }]);
    };
    let regions = if options.regions.is_empty() { regions(data)? } else { options.regions.clone() };
    regions.into_iter().map(|region| of_region(data, region)).collect()
}

/// The regions of a data folder that have a trail.
pub(crate) fn regions(data: &Path) -> Result<Vec<Region>, Failure> {
    let names = std::fs::read_dir(data)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>());
    let names = names.map_err(|error| unreadable(data, &error))?;
    let mut regions: Vec<Region> = names
        .iter()
        .filter(|name| has_trail(&data.join(name)))
        .filter_map(|name| Region::parse(name.to_str()?).ok())
        .collect();
    if regions.is_empty() {
        let why = format!("no folder in it has a file {CURRENT}");
        return Err(Failure::new(format!("{} has no audit trail", data.display()), why).then(
            "name the data folder of a server, which --data of `claviger dev` or `data` of its configuration gives",
        ));
    }
    regions.sort();
    Ok(regions)
}

/// Whether a region's folder has files of a trail. One without the current file is not left out: that file is missing.
fn has_trail(folder: &Path) -> bool {
    folder.join(CURRENT).exists() || closed(folder).is_ok_and(|closed| !closed.is_empty())
}

/// The trail of a region, as the files are now. A running server may close a file at any time, so the current file is opened first: it is
/// then either still the current one or among the closed ones.
pub(crate) fn of_region(data: &Path, region: Region) -> Result<Trail, Failure> {
    let folder = data.join(region.as_str());
    let current = open(&folder.join(CURRENT))?;
    let mut files = Vec::new();
    for path in closed(&folder)? {
        let closed = open(&path)?;
        if id(&closed)? != id(&current)? {
            files.push(closed);
        }
    }
    files.push(current);
    Ok(Trail { region: Some(region), files })
}

/// The closed files of a region's folder, the oldest first.
pub(crate) fn closed(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if let Some(at) = entry.file_name().to_str().and_then(closed_at) {
            found.push((at, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

pub(crate) fn open(path: &Path) -> Result<TrailFile, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(TrailFile { path: path.to_owned(), file })
}

/// What identifies a file whatever its name is.
pub(crate) fn id(file: &TrailFile) -> Result<(u64, u64), Failure> {
    let metadata = file.file.metadata().map_err(|error| unreadable(&file.path, &error))?;
    Ok((metadata.dev(), metadata.ino()))
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(format!("{} cannot be read", path.display()), error);
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            failure.then("the files are for the server's user alone; run this as that user, or on a copy")
        }
        _ => failure,
    }
}

/// Calls `each` with every line of a file, with its line feed, as long as it returns true.
pub(crate) fn each_line<E: From<Failure>>(
    file: &TrailFile,
    mut each: impl FnMut(&[u8]) -> Result<bool, E>,
) -> Result<bool, E> {
    let mut lines = Lines::of(file);
    while let Some(line) = lines.next()? {
        if !each(line)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The lines of a file, from its present place on.
pub(super) struct Lines<'a> {
    reader: BufReader<&'a File>,
    path: &'a Path,
    line: Vec<u8>,
}

impl Lines<'_> {
    pub(super) fn of(file: &TrailFile) -> Lines<'_> {
        Lines { reader: BufReader::with_capacity(256 << 10, &file.file), path: &file.path, line: Vec::new() }
    }

    /// The next line, with its line feed.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        self.line.clear();
        let read = (&mut self.reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        let read = read.map_err(|error| unreadable(self.path, &error))?;
        Ok((read > 0).then_some(&self.line))
    }
}

/// Calls `each` with every record of the trails and its line. Lines that are no records are left out with a note.
pub(crate) fn each_record(
    trails: &[Trail],
    mut each: impl FnMut(&AuditRecord, &[u8]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut unread = 0_u64;
    for file in trails.iter().flat_map(|trail| &trail.files) {
        let goes_on = each_line(file, |line| match AuditRecord::parse(line) {
            Some(record) => each(&record, line),
            None => {
                unread += u64::from(!line.trim_ascii().is_empty());
                Ok(true)
            }
        })?;
        if !goes_on {
            return Ok(());
        }
    }
    note_unread(unread);
    Ok(())
}

/// Tells of lines that are no records.
pub(super) fn note_unread(count: u64) {
    if count > 0 {
        output::note(format!(
            "{count} lines are no records and were left out; claviger audit verify shows whether a crash explains them"
        ));
    }
}
