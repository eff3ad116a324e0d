//! Samples of NIST's Automated Cryptographic Validation Protocol, in `tests/data/acvp.json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;

use super::*;
use crate::mac::MacHash;
use crate::{MacKey, primitive};

fn samples(name: &str) -> Vec<Value> {
    let file = include_str!("../../tests/data/acvp.json");
    let all: Value = serde_json::from_str(file).unwrap();
    all[name].as_array().unwrap().clone()
}

fn text<'a>(sample: &'a Value, member: &str) -> &'a str {
    sample[member].as_str().unwrap()
}

fn bytes(sample: &Value, member: &str) -> Vec<u8> {
    let hex = text(sample, member);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Verifies the signatures of a set. Both outcomes must be in it.
fn check(name: &str, verify: impl Fn(&Value, MessageToSign<'_>, &[u8], &[u8]) -> bool) {
    let mut outcomes = [0, 0];
    for sample in samples(name) {
        let (message, signature, public) =
            (bytes(&sample, "message"), bytes(&sample, "signature"), bytes(&sample, "public"));
        let verified = verify(&sample, MessageToSign::Raw(&message), &signature, &public);
        assert_eq!(verified, sample["valid"].as_bool().unwrap(), "{name}: {}", sample["reason"]);
        outcomes[usize::from(verified)] += 1;
    }
    assert!(outcomes.iter().all(|count| *count > 0), "{name}: {outcomes:?}");
}

#[test]
fn signatures() {
    check("ecdsa", |sample, message, signature, public| {
        let curve = match text(sample, "spec") {
            "ECC_NIST_P256" => Curve::P256,
            _ => Curve::P521,
        };
        ec::verify(curve, Algorithm::parse(text(sample, "algorithm")).unwrap(), message, signature, public).is_ok()
    });
    check("rsa", |sample, message, signature, public| {
        rsa::verify(Algorithm::parse(text(sample, "algorithm")).unwrap(), message, signature, public).is_ok()
    });
    check("ed25519", |_, message, signature, public| match message {
        MessageToSign::Raw(message) => ed25519::verify_raw(message, signature, public).is_ok(),
        _ => false,
    });
}

fn level(sample: &Value) -> MlDsaLevel {
    match text(sample, "level") {
        "ML-DSA-44" => MlDsaLevel::MlDsa44,
        "ML-DSA-65" => MlDsaLevel::MlDsa65,
        _ => MlDsaLevel::MlDsa87,
    }
}

/// KMS has no contexts: a valid signature with one is refused, too. The samples have no valid one without; those of Project Wycheproof have.
#[test]
fn ml_dsa_signatures() {
    let samples = samples("ml_dsa");
    assert!(samples.iter().any(|sample| sample["valid"] == true && !text(sample, "context").is_empty()));
    for sample in samples {
        assert!(sample["valid"] == false || !text(&sample, "context").is_empty());
        let (message, signature, public) =
            (bytes(&sample, "message"), bytes(&sample, "signature"), bytes(&sample, "public"));
        assert!(ml_dsa::verify_raw(level(&sample), &message, &signature, &public).is_err(), "{}", sample["reason"]);
    }
}

#[test]
fn ml_dsa_keys() {
    for sample in samples("ml_dsa_keys") {
        let level = level(&sample);
        // The form of the library's own keys, with another seed.
        let mut pkcs8 = PrivateKey::generate(PrivateKeyKind::MlDsa(level)).expose().to_vec();
        let seed = bytes(&sample, "seed");
        let at = pkcs8.len() - seed.len();
        pkcs8[at..].copy_from_slice(&seed);
        let key = PrivateKey::from_pkcs8(PrivateKeyKind::MlDsa(level), Zeroizing::new(pkcs8)).unwrap();
        assert!(key.public_key().ends_with(&bytes(&sample, "public")), "{level:?}");
    }
}

/// The samples have the first bytes of tags.
#[test]
fn macs() {
    for sample in samples("hmac") {
        let hash = match text(&sample, "spec") {
            "HMAC_224" => MacHash::Sha224,
            "HMAC_256" => MacHash::Sha256,
            "HMAC_384" => MacHash::Sha384,
            _ => MacHash::Sha512,
        };
        let key = MacKey::from_bytes(hash, Zeroizing::new(bytes(&sample, "key"))).unwrap();
        let (tag, wanted) = (key.tag(&bytes(&sample, "message")), bytes(&sample, "mac"));
        assert!(primitive::equal(&tag[..wanted.len()], &wanted), "{hash:?}");
    }
}
