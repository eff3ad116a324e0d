//! The fuzz target of this crate: the contents of import tokens, which callers keep for a day.

use crate::import_token;

/// Reads the contents of a token as they are when its seal is open. The seal itself is fuzzed with the other sealed bytes.
///
/// # Panics
///
/// If contents that were read are other contents when they are written again.
pub fn import_token(data: &[u8]) {
    if let Some(token) = import_token::parse(data) {
        assert_eq!(import_token::encode(&token).as_slice(), data, "a token is another one when it is written again");
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn import_tokens() {
        super::seeds::check("import_token", Vec::new(), 500, super::import_token);
    }

    /// Otherwise the target would never come past the header.
    #[test]
    fn the_corpus_has_genuine_tokens() {
        for name in ["genuine", "genuine_sm2"] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/import_token/");
            let seed = std::fs::read(format!("{folder}{name}")).unwrap();
            assert!(crate::import_token::parse(&seed).is_some(), "{name}");
        }
    }
}
