//! The errors of reading and checking a body.

/// A body that does not follow the protocol, or a member of the wrong type: `SerializationException` in JSON protocols,
/// `MalformedInput` in query protocols. Holds AWS's text, if AWS sends one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.unwrap_or("the body cannot be read"))]
pub struct Serialization(pub Option<&'static str>);

/// The refusal of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The body, or a member of it, is of the wrong form; reported before any constraint. The text is AWS's, if it gives one.
    #[error("{}", .0.unwrap_or("the body cannot be read"))]
    Serialization(Option<&'static str>),
    /// Members break the model's constraints; the text is AWS's: `1 validation error detected: ...`.
    #[error("{0}")]
    Constraints(String),
}

impl From<Serialization> for Invalid {
    fn from(error: Serialization) -> Invalid {
        Invalid::Serialization(error.0)
    }
}
