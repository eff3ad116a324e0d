//! Policy documents that authorization evaluates.

use minicbor::{Decode, Encode};

/// A policy document and the SHA-256 of its text. Regions cache compiled policies by this hash. It is computed once, when the
/// document is written, so that evaluating a policy hashes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyDocument {
    // INVARIANT: `sha256` is the hash of `text`; both are set by `new` alone. A decoded pair is not checked: rows are sealed,
    // and IAM rows are accepted from messages of the home region only, which decides the contents of policies anyway.
    #[n(0)]
    text: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    sha256: [u8; 32],
}

impl PolicyDocument {
    /// A document as it was given.
    pub fn new(text: String) -> PolicyDocument {
        let sha256 = claviger_crypto::sha256(text.as_bytes());
        PolicyDocument { text, sha256 }
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}
