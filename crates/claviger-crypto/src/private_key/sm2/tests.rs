//! The examples of GB/T 32918.5-2017, and what is our own: decryption, and the bounds of a key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use sm2::pke::DecryptingKey;

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

/// DER leaves out the leading zeros of a coordinate, which one in 512 has so that its INTEGER is shorter.
#[test]
fn a_short_coordinate_is_read() {
    let key = key();
    let ciphertexts = (0..20_000).map(|_| key.encrypt(Algorithm::Sm2Pke, b"plaintext").unwrap());
    let short = ciphertexts.into_iter().find(|bytes| bytes[3] < 32).unwrap();
    assert_eq!(**key.decrypt(Algorithm::Sm2Pke, &short).unwrap(), *b"plaintext");
}

/// A ciphertext of no bytes has a valid hash.
#[test]
fn a_ciphertext_without_plaintext_is_refused() {
    let shared = ProjectivePoint::from(*key().signing.verifying_key().as_affine()).to_affine();
    let hash = <sm3::Sm3 as sm3::Digest>::digest([shared.x(), shared.y()].concat());
    let generator = ProjectivePoint::GENERATOR.to_affine();
    let integer = |bytes: &[u8]| match bytes[0] {
        0..0x80 => [&[2, 32], bytes].concat(),
        _ => [&[2, 33, 0], bytes].concat(),
    };
    let parts = [integer(&generator.x()), integer(&generator.y()), [&[4, 32], &hash[..]].concat(), vec![4, 0]].concat();
    let ciphertext = [&[0x30, u8::try_from(parts.len()).unwrap()], &parts[..]].concat();
    assert_eq!(DecryptingKey::from(&key()).decrypt_der(&ciphertext).unwrap(), b"");
    assert_eq!(key().decrypt(Algorithm::Sm2Pke, &ciphertext), Err(PrivateKeyError::Invalid));
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

#[test]
fn a_dropped_key_is_overwritten_with_a_known_one() {
    let blank = BLANK.as_nonzero_scalar();
    assert_eq!(blank.to_bytes()[..], unhex(&format!("{:064x}", 2))[..]);
    assert_ne!(key().signing.as_nonzero_scalar(), blank);
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
