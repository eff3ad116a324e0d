//! Text for people, on standard output and standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Writes a line, or several, and flushes it, so that the reader of a pipe sees it at once. A reader that has closed the pipe
/// is no failure.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new("cannot write to standard output", error))
        }
        _ => Ok(()),
    }
}

/// Writes a line, or several, to standard error, for people who look on. The standard output has the answer.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a failure to standard error. If even that fails, the exit code still shows the failure.
pub(crate) fn error(failure: &Failure) {
    let _ = writeln!(io::stderr().lock(), "{failure}");
}
