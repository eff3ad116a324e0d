//! The fuzz targets of this crate: ciphertexts, keys and attestation documents from callers, and what else is opened that was stored or sent.

use std::sync::LazyLock;

use claviger_types::{Algorithm, KeyId, KeySpec, SeededRandom, Timestamp};
use zeroize::Zeroizing;

use crate::{
    AttestationRoots, Blob, Curve, DataKey, EncryptionContext, Keyring, Material, MaterialKind, MessageToSign,
    MlDsaLevel, PrivateKey, PrivateKeyKind, RecipientKey, RootKey, RsaSize, SealKey, SymmetricKey, WrappingAlgorithm,
    WrappingKey, WrappingKeyKind, attestation, encrypt, open_with_data_key,
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

static PARTIES: LazyLock<[(PrivateKey, usize); 4]> = LazyLock::new(|| {
    use PrivateKeyKind as K;
    [(K::Ec(Curve::P256), 32), (K::Ec(Curve::P384), 48), (K::Ec(Curve::P521), 66), (K::Sm2, 32)]
        .map(|(kind, length)| (PrivateKey::generate(kind), length))
});

/// Agrees on a secret with whoever sent a public key.
///
/// # Panics
///
/// If a key of one curve is taken for one of another, or the secret has another length than a coordinate.
pub fn public_key(data: &[u8]) {
    let secrets = PARTIES.iter().filter_map(|(key, length)| Some((key.agree(data).ok()?, *length)));
    let lengths: Vec<(usize, usize)> = secrets.map(|(secret, length)| (secret.len(), length)).collect();
    assert!(lengths.len() <= 1, "one public key is on several curves");
    assert!(lengths.iter().all(|(found, wanted)| found == wanted), "a secret has the wrong length");
}

/// Imports a private key as each kind.
///
/// # Panics
///
/// If bytes are a key of two kinds, or if a key that was imported does not do what keys do.
pub fn private_key(data: &[u8]) {
    use PrivateKeyKind as K;
    let kinds = [
        (K::Rsa(RsaSize::Bits2048), Algorithm::RsassaPssSha256),
        (K::Rsa(RsaSize::Bits3072), Algorithm::RsassaPssSha256),
        (K::Rsa(RsaSize::Bits4096), Algorithm::RsassaPssSha256),
        (K::Ec(Curve::P256), Algorithm::EcdsaSha256),
        (K::Ec(Curve::P384), Algorithm::EcdsaSha384),
        (K::Ec(Curve::P521), Algorithm::EcdsaSha512),
        (K::Ec(Curve::Secp256k1), Algorithm::EcdsaSha256),
        (K::Ed25519, Algorithm::Ed25519Sha512),
        (K::MlDsa(MlDsaLevel::MlDsa44), Algorithm::MlDsaShake256),
        (K::MlDsa(MlDsaLevel::MlDsa65), Algorithm::MlDsaShake256),
        (K::MlDsa(MlDsaLevel::MlDsa87), Algorithm::MlDsaShake256),
        (K::Sm2, Algorithm::Sm2Dsa),
    ];
    let mut imported = 0;
    for (kind, algorithm) in kinds {
        let Ok(key) = PrivateKey::import(kind, Zeroizing::new(data.to_vec())) else { continue };
        imported += 1;
        let again = PrivateKey::import(kind, Zeroizing::new(key.expose().to_vec()));
        let same = again.is_ok_and(|again| again.expose() == key.expose() && again.public_key() == key.public_key());
        assert!(same, "an imported key is another one when it is read again");
        let message = MessageToSign::Raw(b"message");
        let verified = key.sign(algorithm, message).and_then(|signature| key.verify(algorithm, message, &signature));
        assert!(verified.is_ok(), "an imported key does not verify its own signature");
    }
    assert!(imported <= 1, "one key is of several kinds");
}

/// The keys are seeds of the target `private_key`.
static WRAPPING_KEYS: LazyLock<[WrappingKey; 2]> = LazyLock::new(|| {
    let key = |kind, pkcs8: &[u8]| {
        let key = WrappingKey::from_bytes(kind, Zeroizing::new(pkcs8.to_vec()));
        let Ok(key) = key else { unreachable!("the seed is a key of this kind") };
        key
    };
    let rsa = include_bytes!("../../../fuzz/corpus/private_key/rsa_2048");
    let sm2 = include_bytes!("../../../fuzz/corpus/private_key/sm2");
    [key(WrappingKeyKind::Rsa(RsaSize::Bits2048), rsa), key(WrappingKeyKind::Sm2, sm2)]
});

/// Every wrapping key with every algorithm, also those that it does not have.
fn unwrapped(data: &[u8]) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let names =
        ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE"];
    let algorithms = names.into_iter().filter_map(WrappingAlgorithm::parse);
    algorithms.flat_map(move |algorithm| WRAPPING_KEYS.iter().filter_map(move |key| key.unwrap(algorithm, data).ok()))
}

/// Imports wrapped material as each kind.
///
/// # Panics
///
/// If more is unwrapped than was wrapped, or if material that was imported is another one when it is read again.
pub fn wrapped_material(data: &[u8]) {
    for plain in unwrapped(data) {
        assert!(plain.len() < data.len(), "more is unwrapped than was wrapped");
        let key = KeyId::generate(&SeededRandom::new(0), true);
        for kind in KeySpec::ALL.iter().map(|spec| MaterialKind::of(*spec)) {
            let Ok(material) = Material::import(kind, plain.clone()) else { continue };
            let again = Material::from_bytes(kind, Zeroizing::new(material.expose().to_vec()));
            assert!(again.is_ok_and(|again| again.id(&key) == material.id(&key)), "material changes its id");
        }
    }
}

/// A document that is genuine at [`ATTESTED`], and the root that it begins with.
const ATTESTATION: &[u8] = include_bytes!("../../../fuzz/corpus/attestation_document/genuine");
const ATTESTATION_ROOT: &[u8] = include_bytes!("../../../fuzz/corpus/attestation_document/root_pem");

/// Where the document has its payload.
const PAYLOAD: std::ops::Range<usize> = 11..2505;

/// The time of the document.
const ATTESTED: Timestamp = Timestamp(1_796_000_000_000);

static ROOTS: LazyLock<AttestationRoots> =
    LazyLock::new(|| AttestationRoots::default().with_pem(ATTESTATION_ROOT).unwrap_or_default());

/// Verifies an attestation document, and reads its parts alone.
///
/// # Panics
///
/// If another document than the genuine one is verified, or the genuine one is not. Its frame may be written in other ways: without
/// the tag, or with longer heads. What is signed is the payload.
pub fn attestation_document(data: &[u8]) {
    let verified = ROOTS.verify(data, ATTESTED);
    let payload = ATTESTATION.get(PAYLOAD).unwrap_or_default();
    let has_payload = data.windows(payload.len()).any(|part| part == payload);
    assert!(verified.is_err() || has_payload, "a forged document is verified");
    assert!(verified.is_ok() || data != ATTESTATION, "the genuine document is not verified");
    assert!(ROOTS.verify(data, ATTESTED.plus_days(1)).is_err(), "an old document is verified");
    attestation::read_parts(data);
    if let Ok(key) = RecipientKey::from_spki(data) {
        assert!(key.encrypt(b"secret", &SeededRandom::new(0)).is_ok(), "nothing can be encrypted to an accepted key");
    }
    if AttestationRoots::default().with_pem(data).is_ok_and(|roots| roots.verify(ATTESTATION, ATTESTED).is_ok()) {
        assert!(contains_root(data), "a certificate is taken for the root");
    }
}

fn contains_root(data: &[u8]) -> bool {
    let ignoring_space = |bytes: &[u8]| bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    let (data, root): (Vec<u8>, Vec<u8>) = (ignoring_space(data), ignoring_space(ATTESTATION_ROOT));
    data.windows(root.len()).any(|part| part == root)
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

    #[test]
    fn public_keys() {
        super::seeds::check("public_key", Vec::new(), 1000, super::public_key);
    }

    #[test]
    fn attestation_documents() {
        super::seeds::check("attestation_document", Vec::new(), 1000, super::attestation_document);
    }

    #[test]
    fn private_keys() {
        super::seeds::check("private_key", Vec::new(), 500, super::private_key);
    }

    #[test]
    fn wrapped_materials() {
        super::seeds::check("wrapped_material", Vec::new(), 200, super::wrapped_material);
    }

    #[test]
    fn the_corpus_has_genuine_wrapped_material() {
        for (name, length) in [("oaep_sha_1", 32), ("aes_key_wrap_sha_256", 32), ("sm2pke", 138)] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/wrapped_material/");
            let seed = std::fs::read(format!("{folder}{name}")).unwrap();
            let plains: Vec<usize> = super::unwrapped(&seed).map(|plain| plain.len()).collect();
            assert_eq!(plains, [length], "{name}");
        }
    }

    /// Otherwise the target would never come past the header.
    #[test]
    fn the_corpus_has_the_genuine_ciphertext() {
        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/ciphertext/genuine");
        assert_eq!(std::fs::read(seed).unwrap(), super::KEYS.ciphertext);
    }
}
