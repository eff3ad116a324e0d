//! Policy documents that authorization evaluates.

use minicbor::{Decode, Encode};

/// A policy document and the SHA-256 of its text. Regions keep compiled policies by this hash; it is computed once, when the
/// document is written, so that evaluating a policy hashes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyDocument {
    // INVARIANT: `sha256` is the hash of `text`; both are set by `new` alone. A decoded pair is believed: rows are sealed, and the
    // only region whose IAM rows are taken from a message is the one that decides what policies say.
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
