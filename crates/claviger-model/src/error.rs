//! Why a body was refused.

/// A body that is not of the protocol's form, or a member of the wrong type: `SerializationException` in JSON protocols,
/// `MalformedInput` in query protocols. Holds the text that AWS gives, where it gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.unwrap_or("the body cannot be read"))]
pub struct Serialization(pub Option<&'static str>);

/// A request that was not accepted.
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
