//! The errors that operations answer.

use claviger_model::{ErrorInfo, Invalid, Serialization};
use claviger_store::Error as StoreError;
use claviger_types::panics::PanicReport;

/// A refusal or a failure. Codes and statuses of the shared kinds are chosen where the answer is shaped, since each protocol
/// spells them differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An error of the service's model, or one of [`common_error`](claviger_model::common_error), with AWS's text. Some are sent without a
    /// message.
    #[error("{}: {}", info.code, message.as_deref().unwrap_or_default())]
    Service {
        /// Code and status: `kms::error::NOT_FOUND_EXCEPTION`, ...
        info: &'static ErrorInfo,
        /// The exact text; absent where AWS sends none.
        message: Option<String>,
    },
    /// The caller lacks a permission: `AccessDeniedException` or `AccessDenied`.
    #[error("access denied: {0}")]
    Denied(String),
    /// The request breaks a rule: `ValidationException` or `ValidationError`.
    #[error("validation: {0}")]
    Validation(String),
    /// The body does not follow the protocol: `SerializationException` or `MalformedInput`.
    #[error("serialization: {}", .0.as_deref().unwrap_or_default())]
    Serialization(Option<String>),
    /// The request's signature or credentials were refused.
    #[error(transparent)]
    Signature(#[from] claviger_sigv4::Refusal),
    /// The service has no such operation, or this release does not build it yet, which the text then states.
    #[error("unknown operation {}", .0.as_deref().unwrap_or_default())]
    UnknownOperation(Option<String>),
    /// More work is asked for than the process does at a time: `ThrottlingException` or `Throttling`.
    #[error("throttled")]
    Throttled,
    /// The account's request quota is exceeded: `ThrottlingException`.
    #[error("request quota exceeded")]
    RateExceeded,
    /// The store failed. The pipeline runs a request again after a conflict. All other failures are answered with a 5xx.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An internal fault. The text goes to the log and never to the caller.
    #[error("internal: {0}")]
    Internal(String),
    /// A panic ended the request. As with the other internal errors, the report goes to the log alone.
    #[error("internal: {report}")]
    Panicked {
        /// The place of the panic.
        report: PanicReport,
        /// How many requests of the region panics have ended since it was opened, with this one.
        panics: u64,
    },
}

impl Error {
    /// An error of the service's model with its text.
    pub fn new(info: &'static ErrorInfo, message: impl Into<String>) -> Error {
        Error::Service { info, message: Some(message.into()) }
    }

    /// An error of the service's model that AWS sends without a message.
    pub fn silent(info: &'static ErrorInfo) -> Error {
        Error::Service { info, message: None }
    }

    /// Whether running again on a fresh snapshot may succeed.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Store(StoreError::Conflict))
    }
}

impl From<Serialization> for Error {
    fn from(error: Serialization) -> Error {
        Error::Serialization(error.0.map(str::to_owned))
    }
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Error {
        match error {
            Invalid::Serialization(text) => Error::Serialization(text.map(str::to_owned)),
            Invalid::Constraints(text) => Error::Validation(text),
        }
    }
}
