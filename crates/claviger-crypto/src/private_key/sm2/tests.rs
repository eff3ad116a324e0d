//! The examples of GB/T 32918.5-2017, and what is our own: decryption, and the bounds of a key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use sm2::pke::DecryptingKey;
use sm3::{Digest, Sm3};

use super::*;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// PKCS#8 without the public key, which is optional.
fn pkcs8(private: &str) -> Vec<u8> {
    [unhex("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420"), unhex(private)].concat()
}

/// The key of all examples of annexes A and C.
fn key() -> Sm2Key {
    let pkcs8 = pkcs8("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let (key, public) = Sm2Key::parse(&pkcs8).unwrap();
    let point = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                 ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    assert_eq!(public, unhex(&format!("3059301306072a8648ce3d020106082a811ccf5501822d034200{point}")));
    key
}

/// Annex A: the identifier is KMS's, the message `message digest`, and the digest is `e`.
#[test]
fn the_example_of_a_signature_is_accepted() {
    let signature = unhex(
        "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let digest = unhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    let forms = [MessageToSign::Raw(b"message digest"), MessageToSign::Digest(&digest)];
    for form in forms {
        assert_eq!(key().verify(Algorithm::Sm2Dsa, form, &signature), Ok(()));
    }
    // A signature of the one form is one of the other.
    let [raw, digest] = forms;
    let signed = key().sign(Algorithm::Sm2Dsa, raw).unwrap();
    assert_eq!(key().verify(Algorithm::Sm2Dsa, digest, &signed), Ok(()));
    let other = MessageToSign::Raw(b"message digesT");
    assert_eq!(key().verify(Algorithm::Sm2Dsa, other, &signature), Err(PrivateKeyError::Invalid));
}

/// Two signatures of a message do not share their nonce.
#[test]
fn signatures_differ() {
    let sign = || key().sign(Algorithm::Sm2Dsa, MessageToSign::Raw(b"message")).unwrap();
    assert_ne!(sign(), sign());
}

/// Annex C, in the form of GM/T 0009.
#[test]
fn the_example_of_a_ciphertext_decrypts() {
    let ciphertext = unhex(
        "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
         022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0\
         042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766\
         041321886ca989ca9c7d58087307ca93092d651efa",
    );
    assert_eq!(**key().decrypt(Algorithm::Sm2Pke, &ciphertext).unwrap(), *b"encryption standard");
}

#[test]
fn a_plaintext_has_1_to_1024_bytes() {
    let encrypt = |length: usize| key().encrypt(Algorithm::Sm2Pke, &vec![7; length]);
    for length in [1, 31, 32, 33, 64, 1024] {
        let ciphertext = encrypt(length).unwrap();
        assert_eq!(*key().decrypt(Algorithm::Sm2Pke, &ciphertext).unwrap(), vec![7; length]);
    }
    assert_eq!(encrypt(1025), Err(PrivateKeyError::TooLong));
    assert_eq!(encrypt(0), Err(PrivateKeyError::Invalid));
    assert_eq!(key().encrypt(Algorithm::RsaesOaepSha1, b"x"), Err(PrivateKeyError::WrongAlgorithm));
    assert_eq!(key().decrypt(Algorithm::RsaesOaepSha1, b"x"), Err(PrivateKeyError::WrongAlgorithm));
}

/// A ciphertext by the definition, with the crate's own decryption as the witness that it is one.
fn ciphertext(nonce: u64, plaintext: &[u8]) -> Vec<u8> {
    let nonce = Scalar::from(nonce);
    let [first, shared] =
        [ProjectivePoint::GENERATOR, ProjectivePoint::from(*key().signing.verifying_key().as_affine())]
            .map(|point| (point * nonce).to_affine());
    // Plaintexts of these tests are shorter than one block of the mask.
    let mask = Sm3::digest([&shared.x()[..], &shared.y(), &[0, 0, 0, 1]].concat());
    let masked: Vec<u8> = plaintext.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let hash = Sm3::digest([&shared.x()[..], plaintext, &shared.y()].concat());
    let parts = [integer(&first.x()), integer(&first.y()), tagged(4, &hash), tagged(4, &masked)].concat();
    let ciphertext = tagged(0x30, &parts);
    assert_eq!(DecryptingKey::from(&key()).decrypt_der(&ciphertext).unwrap(), plaintext);
    ciphertext
}

/// One of 256 ciphertexts of one byte. An encryptor that follows the standard draws another nonce.
#[test]
fn a_mask_of_zeros_is_refused() {
    let is_plain = |nonce: &u64| ciphertext(*nonce, b"S").ends_with(b"\x04\x01S");
    let nonce = (1..5000).find(is_plain).unwrap();
    assert_eq!(key().decrypt(Algorithm::Sm2Pke, &ciphertext(nonce, b"S")), Err(PrivateKeyError::Invalid));
    assert_eq!(**key().decrypt(Algorithm::Sm2Pke, &ciphertext(nonce + 1, b"S")).unwrap(), *b"S");
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let sign: &[u8] = if bytes[zeros] < 0x80 { &[] } else { &[0] };
    tagged(2, &[sign, &bytes[zeros..]].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// DER leaves out the leading zeros of a coordinate.
#[test]
fn a_short_coordinate_is_read() {
    let multiples =
        std::iter::successors(Some(ProjectivePoint::GENERATOR), |point| Some(*point + ProjectivePoint::GENERATOR));
    let (nonce, _) = (1..).zip(multiples).find(|(_, point)| point.to_affine().x()[..2] < [0, 0x80][..]).unwrap();
    let ciphertext = ciphertext(nonce, b"plaintext");
    assert!(ciphertext[3] < 32, "the first INTEGER has {} bytes", ciphertext[3]);
    assert_eq!(**key().decrypt(Algorithm::Sm2Pke, &ciphertext).unwrap(), *b"plaintext");
    // With a leading zero it is no DER.
    let padded = [&[0x30, ciphertext[1] + 1, 2, ciphertext[3] + 1, 0], &ciphertext[4..]].concat();
    assert_eq!(key().decrypt(Algorithm::Sm2Pke, &padded), Err(PrivateKeyError::Invalid));
}

/// Its hash is right, and KMS has no such plaintext.
#[test]
fn a_ciphertext_without_plaintext_is_refused() {
    assert_eq!(key().decrypt(Algorithm::Sm2Pke, &ciphertext(1, b"")), Err(PrivateKeyError::Invalid));
}

impl From<&Sm2Key> for DecryptingKey {
    fn from(key: &Sm2Key) -> DecryptingKey {
        DecryptingKey::from_nonzero_scalar(key.scalar()).unwrap()
    }
}

/// A private key is at least one and at most the curve's order less two. With the order less one, no signature can be made.
#[test]
fn a_private_key_is_within_its_bounds() {
    let parse = |private: &str| Sm2Key::parse(&pkcs8(private)).is_ok();
    assert!(parse(&format!("{:064x}", 1)));
    assert!(parse("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121"));
    for refused in [
        &format!("{:064x}", 0),
        "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122",
        "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert!(!parse(refused), "{refused}");
    }
}

#[test]
fn a_public_key_of_another_private_key_is_refused() {
    let mut pkcs8 = generate().unwrap();
    assert!(Sm2Key::parse(&pkcs8).is_ok());
    // The last byte is one of the public key's.
    *pkcs8.last_mut().unwrap() ^= 1;
    assert!(Sm2Key::parse(&pkcs8).is_err());
    let (one, other) = (generate().unwrap(), generate().unwrap());
    let (front, back) = (&one[..one.len() - 65], &other[other.len() - 65..]);
    assert!(Sm2Key::parse(&[front, back].concat()).is_err());
}

/// Both encodings of a key become one.
#[test]
fn the_encoding_has_the_public_key() {
    let encoded = key().encode().unwrap();
    let (again, _) = Sm2Key::parse(&encoded).unwrap();
    assert_eq!(again.encode().unwrap(), encoded);
    assert_eq!(encoded.len(), 138);
}

/// As on other curves, a peer's point may be compressed.
#[test]
fn a_peer_is_read_in_the_forms_of_the_standard() {
    let (_, public) = Sm2Key::parse(&generate().unwrap()).unwrap();
    let agree = |form: u8| {
        let point = [&[form], &public[27..59]].concat();
        let head = [&[0x30, 57], &public[2..23], &[3, 34, 0]].concat();
        key().agree(&[head, point].concat())
    };
    let parity = 2 + (public[90] & 1);
    let secret = key().agree(&public).unwrap();
    assert_eq!(agree(parity), Ok(secret.clone()));
    // The other half of the two points with this `x`.
    assert_eq!(agree(parity ^ 1), Ok(secret));
    for form in [0, 1, 4, 5, 6, 7] {
        assert_eq!(agree(form), Err(PrivateKeyError::Invalid), "{form}");
    }
    for refused in [&public[26..], &public[..90], &[&public[..], &[0]].concat(), b""] {
        assert_eq!(key().agree(refused), Err(PrivateKeyError::Invalid));
    }
}

#[test]
fn a_dropped_key_is_overwritten_with_a_known_one() {
    let blank = BLANK.as_nonzero_scalar();
    assert_eq!(blank.to_bytes()[..], unhex(&format!("{:064x}", 2))[..]);
    let mut key = key();
    assert_ne!(key.signing.as_nonzero_scalar(), blank);
    key.wipe();
    assert_eq!(key.signing.as_nonzero_scalar(), blank);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Our decryption and the crate's do the same with any bytes that one of them takes.
    #[test]
    fn decryption_is_that_of_the_crate(plaintext in prop::collection::vec(any::<u8>(), 1..100), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (key, crates) = (key(), DecryptingKey::from(&key()));
        let mut ciphertext = key.encrypt(Algorithm::Sm2Pke, &plaintext).unwrap();
        prop_assert_eq!(&*key.decrypt(Algorithm::Sm2Pke, &ciphertext).unwrap(), &plaintext);
        prop_assert_eq!(crates.decrypt_der(&ciphertext).unwrap(), plaintext);
        let at = at.index(ciphertext.len());
        ciphertext[at] ^= 1_u8 << bit;
        prop_assert_eq!(key.decrypt(Algorithm::Sm2Pke, &ciphertext), Err(PrivateKeyError::Invalid));
        prop_assert!(crates.decrypt_der(&ciphertext).is_err());
    }
}
