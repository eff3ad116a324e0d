//! Failures as people read them: what failed, why, and what to do next.

use std::fmt;
use std::process::ExitCode;

/// Why a command ends without having done what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    why: String,
    next: Option<String>,
    code: u8,
}

impl Failure {
    /// Something that was tried did not work.
    pub(crate) fn new(what: impl Into<String>, why: impl fmt::Display) -> Failure {
        Failure { what: what.into(), why: why.to_string(), next: None, code: 1 }
    }

    /// The command was not used as it is meant to be.
    pub(crate) fn usage(what: impl Into<String>, why: impl fmt::Display) -> Failure {
        Failure { code: 2, ..Failure::new(what, why) }
    }

    /// What to do next.
    pub(crate) fn then(self, next: impl Into<String>) -> Failure {
        Failure { next: Some(next.into()), ..self }
    }

    /// 1 for what failed, 2 for wrong use.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  why:  {}", self.what, self.why)?;
        match &self.next {
            Some(next) => write!(f, "\n  next: {next}"),
            None => Ok(()),
        }
    }
}
