//! `claviger audit tail`: the last records, and those that come.

use std::collections::VecDeque;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use claviger_audit::{AuditRecord, CURRENT, Filter};

use crate::failure::Failure;

use super::options::{OutputForm, TailOptions};
use super::print::Printer;
use super::table;
use super::trails::{TrailFile, closed, each_line, id, of_region, open, regions, unreadable};

/// How long to wait before the file is looked at again.
const INTERVAL: Duration = Duration::from_millis(200);

/// The most bytes of a line that has no end yet.
const PARTIAL_BYTES_MAX: usize = 4 << 20;

pub(super) async fn run(options: &TailOptions) -> Result<(), Failure> {
    let region = match &options.region {
        Some(region) => region.clone(),
        None => match <[_; 1]>::try_from(regions(&options.data)?) {
            Ok([region]) => region,
            Err(several) => {
                let names: Vec<&str> = several.iter().map(|region| region.as_str()).collect();
                return Err(Failure::usage("the region is not known", "the data folder has several")
                    .then(format!("add --region with one of {}", names.join(", "))));
            }
        },
    };
    let folder = options.data.join(region.as_str());
    let mut files = of_region(&options.data, region)?.files;
    let mut follower =
        Follower { filter: options.conditions.filter(), form: options.output, folder, partial: Vec::new() };
    let mut out = Printer::new();
    let goes_on = (options.output == OutputForm::Json || out.line(&table::head(false))?)
        && follower.show_last(&mut files, options.lines, &mut out)?
        && out.flush()?;
    let Some(current) = files.pop().filter(|_| options.follow && goes_on) else { return Ok(()) };
    follower.follow(current, &mut out).await
}

struct Follower {
    filter: Filter,
    form: OutputForm,
    folder: PathBuf,
    /// The part of a line at the end of the file whose rest has not been written yet.
    partial: Vec<u8>,
}

impl Follower {
    /// Shows the last records that pass. Reads as many files from the end as it takes, and leaves the last file at its end.
    fn show_last(&mut self, files: &mut [TrailFile], count: u32, out: &mut Printer) -> Result<bool, Failure> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut shown: VecDeque<Vec<u8>> = VecDeque::new();
        for (at, file) in files.iter().rev().enumerate() {
            let mut of_file: VecDeque<Vec<u8>> = VecDeque::new();
            let mut partial = Vec::new();
            each_line(file, |line| -> Result<bool, Failure> {
                if !line.ends_with(b"\n") {
                    partial = line.to_vec();
                } else if let Some(line) = self.chosen(line) {
                    of_file.push_back(line);
                    if of_file.len().saturating_add(shown.len()) > count {
                        of_file.pop_front();
                    }
                }
                Ok(true)
            })?;
            if at == 0 {
                self.partial = partial;
            }
            of_file.append(&mut shown);
            shown = of_file;
            if shown.len() >= count {
                break;
            }
        }
        for line in shown {
            if !out.line(&line)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn follow(&mut self, mut file: TrailFile, out: &mut Printer) -> Result<(), Failure> {
        loop {
            // The server closes a file by renaming it and never writes to it again. So a file that has another one after it, and is read to
            // its end after that was seen, is read completely.
            let next = next_file(&self.folder, &file)?;
            if !self.show_new(&mut file, out)? || !out.flush()? {
                return Ok(());
            }
            match next {
                Some(next) => {
                    file = next;
                    self.partial.clear();
                }
                None => tokio::time::sleep(INTERVAL).await,
            }
        }
    }

    /// Shows what was appended since the last look.
    fn show_new(&mut self, file: &mut TrailFile, out: &mut Printer) -> Result<bool, Failure> {
        let failed = |error: std::io::Error| unreadable(&file.path, &error);
        // A part of a record that could not be written was cut off again.
        let (size, place) = (file.file.metadata().map_err(failed)?.len(), file.file.stream_position().map_err(failed)?);
        if size < place {
            let partial = u64::try_from(self.partial.len()).unwrap_or(0);
            file.file.seek(std::io::SeekFrom::Start(size.min(place.saturating_sub(partial)))).map_err(failed)?;
            self.partial.clear();
        }
        let mut chunk = vec![0; 64 << 10];
        loop {
            let read = file.file.read(&mut chunk).map_err(failed)?;
            if read == 0 {
                return Ok(true);
            }
            for line in chunk.get(..read).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
                self.partial.extend_from_slice(line);
                if self.partial.len() > PARTIAL_BYTES_MAX {
                    self.partial.clear();
                }
                if !self.partial.ends_with(b"\n") {
                    continue;
                }
                let line = std::mem::take(&mut self.partial);
                if let Some(line) = self.chosen(&line)
                    && !out.line(&line)?
                {
                    return Ok(false);
                }
            }
        }
    }

    /// A line as it is shown, if it is of a record that passes.
    fn chosen(&self, line: &[u8]) -> Option<Vec<u8>> {
        let record = AuditRecord::parse(line).filter(|record| self.filter.chooses(record))?;
        Some(table::line(&record, line, self.form, None))
    }
}

/// The file after this one, if there is one: the oldest of those that were begun after it was closed.
fn next_file(folder: &Path, file: &TrailFile) -> Result<Option<TrailFile>, Failure> {
    let own = id(file)?;
    // Between two renames of the server there is no current file.
    let current = open(&folder.join(CURRENT)).ok();
    let Some(current) = current.filter(|current| id(current).ok() != Some(own)) else { return Ok(None) };
    let mut later: Vec<TrailFile> = closed(folder)?.iter().filter_map(|path| open(path).ok()).collect();
    // If the own file was deleted, all that is left is later.
    let place = later.iter().position(|closed| id(closed).ok() == Some(own));
    later.drain(..place.map_or(0, |place| place + 1));
    Ok(Some(if later.is_empty() { current } else { later.remove(0) }))
}
