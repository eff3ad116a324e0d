//! The errors of a configuration file. Each names the file, the line, the member, its value, and the way to correct it.

use std::fmt;
use std::path::{Path, PathBuf};

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line, counted from 1. None: the fault is that something is absent.
    pub(crate) line: Option<usize>,
    /// The problem, with the member and its value.
    pub(crate) problem: String,
    /// What to do.
    pub(crate) fix: String,
}

impl Fault {
    pub(crate) fn new(line: Option<usize>, problem: impl Into<String>, fix: impl Into<String>) -> Fault {
        Fault { line, problem: problem.into(), fix: fix.into() }
    }
}

/// All errors of a file. There is at least one.
#[derive(Debug)]
pub(crate) struct Faults {
    file: PathBuf,
    faults: Vec<Fault>,
}

impl Faults {
    pub(crate) fn of(file: &Path, faults: Vec<Fault>) -> Faults {
        Faults { file: file.to_owned(), faults }
    }

    pub(crate) fn one(file: &Path, fault: Fault) -> Faults {
        Faults::of(file, vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{}", self.file.display())?;
            if let Some(line) = fault.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": {}\n        {}", fault.problem, fault.fix)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
