//! Policies as records hold them, with their compiled forms.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};

/// The text of a policy. Clones share the text and its compiled form.
#[derive(Clone)]
pub struct PolicyText(Arc<Content>);

struct Content {
    text: String,
    compiled: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl PolicyText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The compiled form that was kept with the text, if it is of this type.
    pub fn compiled<C: Any>(&self) -> Option<&C> {
        self.0.compiled.get()?.downcast_ref()
    }

    /// Keeps a compiled form with the text. The first one stays.
    pub fn keep_compiled<C: Any + Send + Sync>(&self, compiled: C) {
        // Threads that compile the same text at once have equal results.
        let _ = self.0.compiled.set(Box::new(compiled));
    }
}

impl<T: Into<String>> From<T> for PolicyText {
    fn from(text: T) -> PolicyText {
        PolicyText(Arc::new(Content { text: text.into(), compiled: OnceLock::new() }))
    }
}

impl Deref for PolicyText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for PolicyText {
    fn eq(&self, other: &PolicyText) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for PolicyText {}

impl PartialEq<&str> for PolicyText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<C> Encode<C> for PolicyText {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PolicyText {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<PolicyText, DecodeError> {
        Ok(PolicyText::from(d.str()?))
    }
}

/// A policy document and the SHA-256 of its text. Regions cache compiled policies by this hash. It is computed once, when the
/// document is written, so that evaluating a policy hashes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyDocument {
    // INVARIANT: `sha256` is the hash of `text`; both are set by `new` alone. A decoded pair is not checked: rows are sealed,
    // and IAM rows are accepted from messages of the home region only, which decides the contents of policies anyway.
    #[n(0)]
    text: PolicyText,
    #[cbor(n(1), with = "minicbor::bytes")]
    sha256: [u8; 32],
}

impl PolicyDocument {
    /// A document as it was given.
    pub fn new(text: String) -> PolicyDocument {
        let sha256 = claviger_crypto::sha256(text.as_bytes());
        PolicyDocument { text: text.into(), sha256 }
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text with its compiled form.
    pub fn policy_text(&self) -> &PolicyText {
        &self.text
    }

    /// SHA-256 of the text.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_stored_as_its_text_and_clones_share_what_was_compiled() {
        let text = PolicyText::from("{}");
        let bytes = minicbor::to_vec(&text).unwrap();
        assert_eq!(bytes, minicbor::to_vec("{}").unwrap());
        let clone = text.clone();
        text.keep_compiled(7_u32);
        clone.keep_compiled(8_u32);
        assert_eq!((clone.compiled::<u32>(), clone.compiled::<u64>()), (Some(&7), None));
        let decoded: PolicyText = minicbor::decode(&bytes).unwrap();
        assert_eq!((decoded.compiled::<u32>(), decoded == text), (None, true));
    }
}
