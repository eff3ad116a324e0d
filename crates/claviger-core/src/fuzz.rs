//! The fuzz target of this crate: markers of lists, which callers send back.

use std::sync::LazyLock;

use claviger_crypto::{RootKey, SealKey};
use claviger_types::{AccountId, SeededRandom};

use crate::paging;

/// A list that is the same in every run.
struct List {
    key: SealKey,
    context: Vec<u8>,
    /// The one marker that it issued.
    marker: String,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let random = SeededRandom::new(0);
    let key = RootKey::generate(&random).seal_key("fuzzing");
    let Ok(account) = AccountId::parse("111122223333") else { unreachable!("twelve digits are an account") };
    let context = paging::context(&account, "ListKeys", "");
    let marker = paging::seal(&key, &random, &context, b"row");
    List { key, context, marker }
});

/// Opens a marker.
///
/// # Panics
///
/// If a marker is opened that the list did not issue, or one that it issued is not.
pub fn marker(data: &[u8]) {
    let list = &*LIST;
    let Ok(text) = std::str::from_utf8(data) else { return };
    let opened = paging::open(&list.key, &list.context, text);
    assert_eq!(opened.is_ok(), text == list.marker, "a forged marker is opened, or a genuine one is not");
    assert!(paging::open(&list.key, b"another list", text).is_err(), "a marker of another list is opened");
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn markers() {
        super::seeds::check("marker", Vec::new(), 2000, super::marker);
    }

    /// Otherwise the target would never come past the encoding.
    #[test]
    fn the_corpus_has_the_genuine_marker() {
        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/marker/genuine");
        assert_eq!(std::fs::read(seed).unwrap(), super::LIST.marker.as_bytes());
    }
}
