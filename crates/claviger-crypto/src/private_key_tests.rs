#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_types::{Algorithm, KeySpec, KeyUsage};

use super::*;
use crate::MaterialKind;

/// A key of each spec. RSA keys are of one size, because making them takes long.
fn keys() -> Vec<(KeySpec, PrivateKey)> {
    let specs = KeySpec::ALL.iter().filter(|spec| !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096));
    specs
        .filter_map(|spec| match MaterialKind::of(*spec) {
            MaterialKind::Private(kind) => Some((*spec, PrivateKey::generate(kind))),
            MaterialKind::Symmetric | MaterialKind::Mac(_) => None,
        })
        .collect()
}

fn signing(spec: KeySpec) -> impl Iterator<Item = Algorithm> {
    spec.algorithms(KeyUsage::SignVerify).iter().copied()
}

/// The messages that an algorithm takes, each with one that differs.
fn messages(algorithm: Algorithm) -> Vec<(MessageToSign<'static>, MessageToSign<'static>)> {
    let digest = |len: usize| (MessageToSign::Digest(&[7; 64][..len]), MessageToSign::Digest(&[8; 64][..len]));
    let raw = (MessageToSign::Raw(b"one"), MessageToSign::Raw(b"two"));
    match algorithm {
        Algorithm::Ed25519Sha512 => vec![raw],
        Algorithm::Ed25519PhSha512 => vec![digest(64)],
        Algorithm::Sm2Dsa => vec![raw, digest(32)],
        Algorithm::MlDsaShake256 => {
            vec![raw, (MessageToSign::ExternalMu(&[7; 64]), MessageToSign::ExternalMu(&[8; 64]))]
        }
        other if other.as_str().ends_with("256") => vec![raw, digest(32)],
        other if other.as_str().ends_with("384") => vec![raw, digest(48)],
        _ => vec![raw, digest(64)],
    }
}

#[test]
fn signatures_are_of_their_message_key_and_algorithm() {
    for (spec, key) in keys() {
        let other = PrivateKey::generate(key.kind());
        for algorithm in signing(spec) {
            for (message, changed) in messages(algorithm) {
                let signature = key.sign(algorithm, message).unwrap();
                assert_eq!(key.verify(algorithm, message, &signature), Ok(()), "{algorithm}");
                assert_eq!(key.verify(algorithm, changed, &signature), Err(PrivateKeyError::Invalid), "{algorithm}");
                assert_eq!(other.verify(algorithm, message, &signature), Err(PrivateKeyError::Invalid), "{algorithm}");
                for damaged in [&signature[1..], &signature[..signature.len() - 1], &[]] {
                    assert_eq!(key.verify(algorithm, message, damaged), Err(PrivateKeyError::Invalid), "{algorithm}");
                }
                for at in [0, signature.len() / 2, signature.len() - 1] {
                    let mut flipped = signature.clone();
                    flipped[at] ^= 1;
                    assert_eq!(
                        key.verify(algorithm, message, &flipped),
                        Err(PrivateKeyError::Invalid),
                        "{algorithm} {at}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_key_has_the_algorithms_of_its_spec_only() {
    for (spec, key) in keys() {
        for algorithm in Algorithm::ALL.iter().copied().filter(|algorithm| !signing(spec).any(|own| own == *algorithm))
        {
            for message in
                [MessageToSign::Raw(b"m"), MessageToSign::Digest(&[0; 32]), MessageToSign::ExternalMu(&[0; 64])]
            {
                assert_eq!(key.sign(algorithm, message), Err(PrivateKeyError::WrongAlgorithm), "{spec} {algorithm}");
                let verified = key.verify(algorithm, message, b"signature");
                assert_eq!(verified, Err(PrivateKeyError::WrongAlgorithm), "{spec} {algorithm}");
            }
        }
    }
}

#[test]
fn a_digest_has_the_length_of_its_hash() {
    for (spec, key) in keys() {
        for algorithm in signing(spec).filter(|algorithm| *algorithm != Algorithm::Ed25519Sha512) {
            let wrong = |message| {
                let errors =
                    [key.sign(algorithm, message).unwrap_err(), key.verify(algorithm, message, b"s").unwrap_err()];
                assert_eq!(errors, [PrivateKeyError::WrongLength; 2], "{algorithm}");
            };
            for len in [0, 31, 33, 63, 65] {
                match algorithm {
                    Algorithm::MlDsaShake256 => wrong(MessageToSign::ExternalMu(&[0; 65][..len])),
                    _ => wrong(MessageToSign::Digest(&[0; 65][..len])),
                }
            }
        }
    }
}

#[test]
fn rsa_decrypts_what_it_encrypted_up_to_its_longest_plaintext() {
    let key = PrivateKey::generate(PrivateKeyKind::Rsa(RsaSize::Bits2048));
    for (algorithm, longest) in [(Algorithm::RsaesOaepSha1, 214), (Algorithm::RsaesOaepSha256, 190)] {
        for len in [1, longest] {
            let plaintext = vec![7; len];
            let ciphertext = key.encrypt(algorithm, &plaintext).unwrap();
            assert_eq!(ciphertext.len(), 256);
            assert_eq!(*key.decrypt(algorithm, &ciphertext).unwrap(), plaintext);
            let mut flipped = ciphertext.clone();
            flipped[128] ^= 1;
            for damaged in [&flipped[..], &ciphertext[1..], &[], &[0xff; 256]] {
                assert_eq!(key.decrypt(algorithm, damaged).unwrap_err(), PrivateKeyError::Invalid);
            }
        }
        assert_eq!(key.encrypt(algorithm, &vec![7; longest + 1]).unwrap_err(), PrivateKeyError::TooLong);
    }
    let ciphertext = key.encrypt(Algorithm::RsaesOaepSha1, b"x").unwrap();
    assert_eq!(key.decrypt(Algorithm::RsaesOaepSha256, &ciphertext).unwrap_err(), PrivateKeyError::Invalid);
    assert_eq!(key.encrypt(Algorithm::SymmetricDefault, b"x").unwrap_err(), PrivateKeyError::WrongAlgorithm);
}

#[test]
fn two_parties_agree_on_one_curve() {
    let ec =
        [(Curve::P256, 32), (Curve::P384, 48), (Curve::P521, 66)].map(|(curve, len)| (PrivateKeyKind::Ec(curve), len));
    for (kind, len) in ec.into_iter().chain([(PrivateKeyKind::Sm2, 32)]) {
        let [a, b] = [(); 2].map(|()| PrivateKey::generate(kind));
        let secret = a.agree(b.public_key()).unwrap();
        assert_eq!(secret, b.agree(a.public_key()).unwrap());
        assert_eq!(secret.len(), len);
        for (spec, other) in keys().into_iter().filter(|(_, other)| other.kind() != a.kind()) {
            assert_eq!(a.agree(other.public_key()).unwrap_err(), PrivateKeyError::Invalid, "{kind:?} {spec}");
        }
        // The point alone, without the algorithm in front of it.
        let point = &b.public_key()[b.public_key().len() - 2 * len - 1..];
        for garbage in [point, b"", b"\x30", &b.public_key()[1..]] {
            assert_eq!(a.agree(garbage).unwrap_err(), PrivateKeyError::Invalid);
        }
    }
    let key = PrivateKey::generate(PrivateKeyKind::Ec(Curve::Secp256k1));
    assert_eq!(key.agree(key.public_key()).unwrap_err(), PrivateKeyError::WrongAlgorithm);
}

#[test]
fn a_key_is_read_again_as_its_own_kind_only() {
    let all = keys();
    for (spec, key) in &all {
        let bytes = || Zeroizing::new(key.expose().to_vec());
        let again = PrivateKey::from_pkcs8(key.kind(), bytes()).unwrap();
        assert_eq!((again.public_key(), again.expose()), (key.public_key(), key.expose()));
        for (_, other) in all.iter().filter(|(other, _)| other != spec) {
            assert_eq!(PrivateKey::from_pkcs8(other.kind(), bytes()).unwrap_err(), WrongPrivateKey, "{spec}");
        }
        for len in 0..key.expose().len() {
            let cut = Zeroizing::new(key.expose()[..len].to_vec());
            assert_eq!(PrivateKey::from_pkcs8(key.kind(), cut).unwrap_err(), WrongPrivateKey, "{spec} {len}");
        }
    }
    let rsa = PrivateKey::generate(PrivateKeyKind::Rsa(RsaSize::Bits2048));
    let other = PrivateKeyKind::Rsa(RsaSize::Bits3072);
    assert_eq!(PrivateKey::from_pkcs8(other, Zeroizing::new(rsa.expose().to_vec())).unwrap_err(), WrongPrivateKey);
}

/// Section 7.3 of RFC 8032: the digest that AWS KMS takes is its message.
#[test]
fn ed25519ph_hashes_the_digest_once_more() {
    let key = PrivateKey::generate(PrivateKeyKind::Ed25519);
    let digest = [7; 64];
    let signature = key.sign(Algorithm::Ed25519PhSha512, MessageToSign::Digest(&digest)).unwrap();
    let public = ed25519_dalek::VerifyingKey::from_bytes(key.public_key()[12..].try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    use ed25519_dalek::Digest as _;
    let hashed = ed25519_dalek::Sha512::new_with_prefix(digest);
    assert!(public.verify_prehashed(hashed, None, &signature).is_ok());
}

/// `mu` is SHAKE256 over SHAKE256 of the public key, two zeros (no prehash, no context) and the message. Both libraries compute the same.
#[test]
fn a_signature_over_mu_is_one_over_the_message() {
    use ::ml_dsa::{EncodedVerifyingKey, MlDsa65, VerifyingKey};
    let key = PrivateKey::generate(PrivateKeyKind::MlDsa(MlDsaLevel::MlDsa65));
    let encoded = &key.public_key()[key.public_key().len() - 1952..];
    let public = VerifyingKey::<MlDsa65>::decode(&EncodedVerifyingKey::<MlDsa65>::try_from(encoded).unwrap());
    let mu = public
        .compute_mu(
            |hash| {
                use ::ml_dsa::signature::digest::Update as _;
                hash.update(b"message");
                Ok(())
            },
            &[],
        )
        .unwrap();
    let algorithm = Algorithm::MlDsaShake256;
    let over_mu = key.sign(algorithm, MessageToSign::ExternalMu(&mu)).unwrap();
    assert_eq!(key.verify(algorithm, MessageToSign::Raw(b"message"), &over_mu), Ok(()));
    let over_message = key.sign(algorithm, MessageToSign::Raw(b"message")).unwrap();
    assert_eq!(key.verify(algorithm, MessageToSign::ExternalMu(&mu), &over_message), Ok(()));
}
