//! The parts of a signature, as the header form and the query form give them.

use claviger_types::Timestamp;

use crate::canonical::SIGNATURE_PARAMETER;

/// The parts of a signature, before their values are checked.
pub(crate) struct SignatureParts {
    pub(crate) credential: String,
    pub(crate) signature: String,
    pub(crate) signed_headers: String,
    /// `None` if `date_text` cannot be read.
    pub(crate) time: Option<Timestamp>,
    pub(crate) date_text: String,
    pub(crate) session_token: Option<String>,
    pub(crate) form: Form,
}

/// Where the request carries its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In the `Authorization` header; `date_header` is the header that dates it.
    Header { date_header: &'static str },
    /// In the query, perhaps with a lifetime of its own.
    Query { expires_secs: Option<i64> },
}

impl Form {
    /// The query parameter that the signature does not cover.
    pub(crate) fn uncovered(self) -> Option<&'static str> {
        match self {
            Form::Header { .. } => None,
            Form::Query { .. } => Some(SIGNATURE_PARAMETER),
        }
    }
}
