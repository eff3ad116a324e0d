#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::{Material, MaterialKind};
use claviger_types::SeededRandom;

fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn symmetric(material: &Material) -> &SymmetricKey {
    let Material::Symmetric(key) = material else { panic!("not symmetric material") };
    key
}

fn sample(plaintext: &[u8], context: &EncryptionContext) -> (Material, Vec<u8>) {
    let random = SeededRandom::new(1);
    let (key, material) = (KeyId::generate(&random, true), Material::generate(MaterialKind::Symmetric, &random));
    let blob = encrypt(symmetric(&material), &key, &material.id(&key), context, plaintext, &random);
    (material, blob)
}

fn decrypt(blob: &[u8], material: &Material, context: &EncryptionContext) -> Result<Vec<u8>, InvalidCiphertext> {
    Blob::parse(blob)?.decrypt(symmetric(material), context).map(|plaintext| plaintext.to_vec())
}

/// Few and short pairs, so that some contexts are nearly alike.
fn any_context() -> impl Strategy<Value = EncryptionContext> {
    prop::collection::btree_map("[a-cä]{0,2}", "[a-cä]{0,2}", 0..4)
}

proptest! {
    #[test]
    fn round_trip(seed: u64, multi_region: bool, context in any_context(), plaintext: Vec<u8>) {
        let random = SeededRandom::new(seed);
        let (key, material) = (KeyId::generate(&random, multi_region), Material::generate(MaterialKind::Symmetric, &random));
        let id = material.id(&key);
        let bytes = encrypt(symmetric(&material), &key, &id, &context, &plaintext, &random);
        let blob = Blob::parse(&bytes).unwrap();
        prop_assert_eq!((blob.key_id(), blob.material_id()), (&key, &id));
        prop_assert_eq!(bytes.len(), BLOB_OVERHEAD + plaintext.len());
        prop_assert_eq!(blob.decrypt(symmetric(&material), &context).unwrap().to_vec(), plaintext);
        let other = Material::generate(MaterialKind::Symmetric, &random);
        prop_assert_eq!(blob.decrypt(symmetric(&other), &context), Err(InvalidCiphertext));
    }

    #[test]
    fn another_context_fails(a in any_context(), b in any_context()) {
        let (material, blob) = sample(b"data", &a);
        prop_assert_eq!(decrypt(&blob, &material, &b).is_ok(), a == b);
    }

    #[test]
    fn any_bytes_are_refused(bytes: Vec<u8>, tail: Vec<u8>) {
        let (material, _) = sample(b"", &context(&[]));
        prop_assert_eq!(decrypt(&bytes, &material, &context(&[])), Err(InvalidCiphertext));
        let with_prefix = [&PREFIX[..], &[0; HEADER_LEN], &bytes, &tail].concat();
        prop_assert_eq!(decrypt(&with_prefix, &material, &context(&[])), Err(InvalidCiphertext));
    }
}

#[test]
fn every_bit_counts() {
    let context = context(&[("purpose", "test")]);
    let (material, blob) = sample(b"some data", &context);
    for bit in 0..blob.len() * 8 {
        let mut altered = blob.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(decrypt(&altered, &material, &context), Err(InvalidCiphertext), "bit {bit}");
    }
}

#[test]
fn every_byte_counts() {
    let context = context(&[]);
    let (material, blob) = sample(b"some data", &context);
    for len in 0..blob.len() {
        assert_eq!(decrypt(&blob[..len], &material, &context), Err(InvalidCiphertext), "length {len}");
    }
    assert_eq!(decrypt(&[&blob[..], b"x"].concat(), &material, &context), Err(InvalidCiphertext));
    assert_eq!(decrypt(&[&blob[..], &blob].concat(), &material, &context), Err(InvalidCiphertext));
}

#[test]
fn contexts_are_compared_to_the_letter() {
    let given = context(&[("Name", "value"), ("b", "c")]);
    let (material, blob) = sample(b"data", &given);
    assert!(decrypt(&blob, &material, &context(&[("b", "c"), ("Name", "value")])).is_ok());
    for other in [
        &[][..],
        &[("Name", "value")],
        &[("name", "value"), ("b", "c")],
        &[("Name", "VALUE"), ("b", "c")],
        &[("Name", "value"), ("b", "c"), ("d", "")],
        &[("Name", "valueb"), ("", "c")],
        &[("Name", "c"), ("b", "value")],
    ] {
        assert_eq!(decrypt(&blob, &material, &context(other)), Err(InvalidCiphertext), "{other:?}");
    }
}

#[test]
fn the_same_material_in_another_key_does_not_open() {
    let random = SeededRandom::new(1);
    let material = Material::generate(MaterialKind::Symmetric, &random);
    let (a, b) = (KeyId::generate(&random, false), KeyId::generate(&random, false));
    let of_a = encrypt(symmetric(&material), &a, &material.id(&a), &context(&[]), b"data", &random);
    let of_b = encrypt(symmetric(&material), &b, &material.id(&b), &context(&[]), b"data", &random);
    // The header of the one before the body of the other.
    let mixed = [&of_b[..HEADER_LEN], &of_a[HEADER_LEN..]].concat();
    assert_eq!(decrypt(&mixed, &material, &context(&[])), Err(InvalidCiphertext));
}

/// An attacker who knows two materials can search for a message whose tag is right under both. The test replaces that search by
/// computing each tag, and checks that the commitment still fits one material only.
#[test]
fn two_materials_never_open_one_blob() {
    let random = SeededRandom::new(1);
    let (one, two) =
        (Material::generate(MaterialKind::Symmetric, &random), Material::generate(MaterialKind::Symmetric, &random));
    let key = KeyId::generate(&random, false);
    let context = context(&[]);
    let of_one = encrypt(symmetric(&one), &key, &one.id(&key), &context, b"", &random);
    let header = &of_one[..HEADER_LEN];
    let nonce: &[u8; NONCE_LEN] = header[HEADER_LEN - NONCE_LEN..].try_into().unwrap();
    let aad = associated_data(header, &context);
    let [encryption_key, commitment_key] = &*symmetric(&two).derivation().derive(LABEL, nonce);
    let mut tag_of_two = Vec::new();
    primitive::aead_seal(encryption_key, &aad, b"", &mut tag_of_two);

    // The tag is right for the second material, so the commitment alone decides.
    let forged = [header, &of_one[HEADER_LEN..HEADER_LEN + COMMITMENT_LEN], &tag_of_two].concat();
    assert_eq!(decrypt(&forged, &two, &context), Err(InvalidCiphertext));
    assert_eq!(decrypt(&forged, &one, &context), Err(InvalidCiphertext));
    // With the second material's own commitment it opens, and then not for the first.
    let of_two = [header, &primitive::hmac(commitment_key, &aad), &tag_of_two].concat();
    assert_eq!(decrypt(&of_two, &two, &context), Ok(vec![]));
    assert_eq!(decrypt(&of_two, &one, &context), Err(InvalidCiphertext));
}

#[test]
fn the_largest_plaintext_fits_the_protocol() {
    let (_, blob) = sample(&[0; 4096], &context(&[]));
    assert!(blob.len() <= 6144);
}

#[test]
fn equal_plaintexts_encrypt_differently() {
    let random = SeededRandom::new(1);
    let (key, material) = (KeyId::generate(&random, false), Material::generate(MaterialKind::Symmetric, &random));
    let encrypt = || encrypt(symmetric(&material), &key, &material.id(&key), &context(&[]), b"data", &random);
    assert_ne!(encrypt()[HEADER_LEN..], encrypt()[HEADER_LEN..]);
}
