//! Writes many lines to the standard output.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

use crate::failure::Failure;

/// The standard output, until its reader has closed it.
pub(super) struct Printer(BufWriter<StdoutLock<'static>>);

impl Printer {
    pub(super) fn new() -> Printer {
        Printer(BufWriter::new(io::stdout().lock()))
    }

    /// Writes a line, which has a line feed or gets one. False if nobody reads any more.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<bool, Failure> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        open(self.0.write_all(line).and_then(|()| self.0.write_all(b"\n")))
    }

    /// Hands everything to the reader. False if there is none any more.
    pub(super) fn flush(&mut self) -> Result<bool, Failure> {
        open(self.0.flush())
    }
}

fn open(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new("cannot write to standard output", error)),
    }
}
