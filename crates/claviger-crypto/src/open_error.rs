//! The error of sealed bytes that do not open.

/// Sealed bytes that do not open: altered, sealed with other associated data, or sealed with another key. The error does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed bytes do not open with this key in this place")]
pub struct OpenError;
