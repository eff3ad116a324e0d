//! The failures of a measurement.

use std::io;

/// The reason why a measurement has no figure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine refused something: a process, a socket, a file.
    #[error("{0}: {1}")]
    Machine(String, io::Error),
    /// A server answered a request with another status than the load expects.
    #[error("a server answered {status}: {text}")]
    Refused {
        /// The status.
        status: u16,
        /// The body.
        text: String,
    },
    /// Something is missing or has another form than it must have.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// The same error as text, for a caller that only prints it.
    pub fn text(self) -> String {
        self.to_string()
    }
}

/// The error of an action on the machine, for `map_err`.
pub(crate) fn machine(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    let what = what.into();
    move |error| Error::Machine(what, error)
}

/// An [`Error::Unexpected`].
pub(crate) fn unexpected(text: impl Into<String>) -> Error {
    Error::Unexpected(text.into())
}
