//! The fuzz target of this crate: ciphertexts from callers, and what else is opened that was stored or sent.

use std::sync::LazyLock;

use claviger_types::{KeyId, SeededRandom};

use crate::{
    Blob, DataKey, EncryptionContext, Keyring, Material, MaterialKind, RootKey, SealKey, SymmetricKey, encrypt,
    open_with_data_key,
};

/// Keys that are the same in every run.
struct Keys {
    material: SymmetricKey,
    context: EncryptionContext,
    /// The one ciphertext of `material`.
    ciphertext: Vec<u8>,
    data_key: DataKey,
    seal_key: SealKey,
    keyring: Keyring,
    root: RootKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let random = SeededRandom::new(0);
    let (key, material) = (KeyId::generate(&random, true), Material::generate(MaterialKind::Symmetric, &random));
    let id = material.id(&key);
    let Material::Symmetric(material) = material else { unreachable!("symmetric material was made") };
    let context = EncryptionContext::from([("purpose".to_owned(), "fuzzing".to_owned())]);
    let ciphertext = encrypt(&material, &key, &id, &context, b"plaintext", &random);
    let root = RootKey::generate(&random);
    let (keyring, _) = Keyring::create(&root, &random);
    let seal_key = root.seal_key("fuzzing");
    Keys { material, context, ciphertext, data_key: DataKey::generate(&random), seal_key, keyring, root }
});

/// Opens a ciphertext under keys that the input cannot know.
///
/// # Panics
///
/// If anything is opened that was not encrypted under these keys and this context.
pub fn ciphertext(data: &[u8]) {
    let keys = &*KEYS;
    if let Ok(blob) = Blob::parse(data) {
        let opened = blob.decrypt(&keys.material, &keys.context);
        assert_eq!(opened.is_ok(), data == keys.ciphertext, "a forged ciphertext is opened, or a genuine one is not");
        assert!(blob.decrypt(&keys.material, &EncryptionContext::new()).is_err(), "the context does not matter");
    }
    assert!(open_with_data_key(&keys.data_key, b"", data).is_err(), "a forged value is opened");
    assert!(keys.seal_key.open(b"", data).is_err(), "a forged row is opened");
    assert!(keys.keyring.open_sealed(&[b"fuzzing"], data).is_err(), "a forged secret is opened");
    assert!(Keyring::open(&keys.root, data).is_err(), "a forged keyring is opened");
    if let Ok(root) = RootKey::from_file(&String::from_utf8_lossy(data)) {
        assert_ne!(root.id(), keys.root.id(), "the root key is in the input");
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn ciphertexts() {
        super::seeds::check("ciphertext", Vec::new(), 1000, super::ciphertext);
    }

    /// Otherwise the target would never come past the header.
    #[test]
    fn the_corpus_has_the_genuine_ciphertext() {
        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/ciphertext/genuine");
        assert_eq!(std::fs::read(seed).unwrap(), super::KEYS.ciphertext);
    }
}
