//! Failures as they are shown to people: the action that failed, the cause, and the next thing to do.

use std::fmt;
use std::process::ExitCode;

/// The failure that ends a command.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    why: String,
    next: Option<String>,
    code: u8,
}

impl Failure {
    /// The failure of an action.
    pub(crate) fn new(what: impl Into<String>, why: impl fmt::Display) -> Failure {
        Failure { what: what.into(), why: why.to_string(), next: None, code: 1 }
    }

    /// A wrong use of the command.
    pub(crate) fn usage(what: impl Into<String>, why: impl fmt::Display) -> Failure {
        Failure { code: 2, ..Failure::new(what, why) }
    }

    /// An action that was done in part.
    pub(crate) fn partial(what: impl Into<String>, why: impl fmt::Display) -> Failure {
        Failure { code: 6, ..Failure::new(what, why) }
    }

    /// Adds the next thing to do.
    pub(crate) fn then(self, next: impl Into<String>) -> Failure {
        Failure { next: Some(next.into()), ..self }
    }

    /// Adds one more thing to do.
    pub(crate) fn also(self, next: impl AsRef<str>) -> Failure {
        let all = match &self.next {
            Some(first) => format!("{first}; {}", next.as_ref()),
            None => next.as_ref().to_owned(),
        };
        self.then(all)
    }

    /// The action that failed, the cause, and the next thing to do.
    pub(crate) fn into_parts(self) -> (String, String, Option<String>) {
        (self.what, self.why, self.next)
    }

    /// 1 for a failure, 2 for wrong use, 6 for an action that was done in part.
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
