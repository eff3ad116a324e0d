//! The keys of rows.

/// A row key. Keys are ordered as bytes.
pub type Key = Vec<u8>;
