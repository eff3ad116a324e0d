//! The known answers in `tests/vectors`, written by a second implementation: every release reads what they hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::{
    Blob, DataKey, EncryptionContext, Identity, InvalidCiphertext, Keyring, Material, MaterialKind, OpenError,
    ReceiveKey, RootKey, SealedMaterial, SealedPayload, SymmetricKey, encrypt, open_from, open_with_data_key,
    seal_with_data_key,
};
use claviger_types::{KeyId, MaterialId, Random};
use serde_json::Value;
use zeroize::Zeroizing;

const CIPHERTEXTS: &str = include_str!("../../../tests/vectors/ciphertext-v1.json");
const SEALING: &str = include_str!("../../../tests/vectors/sealing-v1.json");

/// Hands out the bytes that a vector was made with.
struct Given(Vec<u8>);

impl Random for Given {
    fn fill(&self, out: &mut [u8]) {
        out.copy_from_slice(&self.0);
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text named {name}"))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    unhex(text(value, name))
}

fn list(value: &Value, name: &str) -> Vec<Vec<u8>> {
    value[name].as_array().unwrap().iter().map(|part| unhex(part.as_str().unwrap())).collect()
}

fn material(value: &Value) -> Material {
    Material::from_bytes(MaterialKind::Symmetric, Zeroizing::new(bytes(value, "material"))).unwrap()
}

fn symmetric(value: &Value) -> SymmetricKey {
    let Material::Symmetric(key) = material(value) else { panic!("not symmetric material") };
    key
}

fn key_and_id(value: &Value) -> (KeyId, MaterialId) {
    let id: [u8; 32] = bytes(value, "material_id").try_into().unwrap();
    (KeyId::parse(text(value, "key_id")).unwrap(), MaterialId(id))
}

fn context(value: &Value) -> EncryptionContext {
    let pairs = value["context"].as_object().unwrap();
    pairs.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn cases(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(CIPHERTEXTS).unwrap();
    let cases = file[name].as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}

fn sealing() -> (Value, RootKey) {
    let file: Value = serde_json::from_str(SEALING).unwrap();
    let root = RootKey::from_file(text(&file, "root_key_file")).unwrap();
    (file, root)
}

#[test]
fn ciphertexts_decrypt() {
    for case in cases("valid") {
        let (key, id) = key_and_id(&case);
        let bytes_of_blob = bytes(&case, "blob");
        let blob = Blob::parse(&bytes_of_blob).unwrap();
        let name = text(&case, "name");
        assert_eq!((blob.key_id(), blob.material_id()), (&key, &id), "{name}");
        assert_eq!(material(&case).id(&key), id, "{name}");
        assert_eq!(*blob.decrypt(&symmetric(&case), &context(&case)).unwrap(), bytes(&case, "plaintext"), "{name}");
    }
}

#[test]
fn ciphertexts_are_made_alike() {
    for case in cases("valid") {
        let (key, id) = key_and_id(&case);
        let random = Given(bytes(&case, "nonce"));
        let blob = encrypt(&symmetric(&case), &key, &id, &context(&case), &bytes(&case, "plaintext"), &random);
        assert_eq!(blob, bytes(&case, "blob"), "{}", text(&case, "name"));
    }
}

#[test]
fn bad_ciphertexts_are_refused() {
    for case in cases("invalid") {
        let blob = bytes(&case, "blob");
        let answer = Blob::parse(&blob).and_then(|blob| blob.decrypt(&symmetric(&case), &context(&case)));
        assert_eq!(answer, Err(InvalidCiphertext), "{}", text(&case, "name"));
    }
}

#[test]
fn root_key_file() {
    let (file, root) = sealing();
    assert_eq!(*root.to_file(), text(&file, "root_key_file"));
}

#[test]
fn names_and_rows() {
    let (file, root) = sealing();
    let name = &file["name"];
    let parts = list(name, "parts");
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    assert_eq!(root.name_key(text(name, "purpose")).hash(&parts).to_vec(), bytes(name, "hash"));

    let (row, aad) = (&file["seal"], bytes(&file["seal"], "aad"));
    let key = root.seal_key(text(row, "purpose"));
    let sealed = bytes(row, "sealed");
    assert_eq!(*key.open(&aad, &sealed).unwrap(), bytes(row, "plaintext"));
    assert_eq!(key.seal(&Given(sealed[1..17].to_vec()), &aad, &bytes(row, "plaintext")), sealed);
}

#[test]
fn keyring_and_material() {
    let (file, root) = sealing();
    let case = &file["keyring"];
    let ring = Keyring::open(&root, &bytes(case, "record")).unwrap();
    let context = list(case, "context");
    let context: Vec<&[u8]> = context.iter().map(Vec::as_slice).collect();
    for sealed in ["sealed_by_1", "sealed_by_2"] {
        assert_eq!(*ring.open_sealed(&context, &bytes(case, sealed)).unwrap(), bytes(case, "secret"));
    }
    let newest = bytes(case, "sealed_by_2");
    assert_eq!(ring.seal(&Given(newest[6..22].to_vec()), &context, &bytes(case, "secret")), newest);

    let case = &file["material"];
    let (key, id) = key_and_id(case);
    let opened = SealedMaterial(bytes(case, "sealed")).open(&ring, MaterialKind::Symmetric, &key, &id).unwrap();
    assert_eq!(opened.expose(), bytes(case, "material"));
}

#[test]
fn data_key() {
    let (file, _) = sealing();
    let case = &file["data_key"];
    let key = DataKey::from_bytes(&bytes(case, "data_key")).unwrap();
    let (aad, plaintext, sealed) = (bytes(case, "aad"), bytes(case, "plaintext"), bytes(case, "sealed"));
    assert_eq!(*open_with_data_key(&key, &aad, &sealed).unwrap(), plaintext);
    assert_eq!(seal_with_data_key(&key, &aad, &plaintext, &Given(sealed[1..17].to_vec())), sealed);
}

#[test]
fn parcel() {
    let (file, _) = sealing();
    let case = &file["parcel"];
    let key = ReceiveKey::from_bytes(&bytes(case, "receive_key")).unwrap();
    let from = Identity::from_seed(&bytes(case, "identity_seed")).unwrap().public();
    assert_eq!(key.public().as_bytes().to_vec(), bytes(case, "receive_public"));
    assert_eq!(from.0.to_vec(), bytes(case, "identity_public"));
    let parcel: SealedPayload = minicbor::decode(&bytes(case, "parcel")).unwrap();
    assert_eq!(*open_from(&key, &bytes(case, "info"), &parcel, &from).unwrap(), bytes(case, "contents"));
    assert_eq!(open_from(&key, b"something else", &parcel, &from), Err(OpenError));
}
