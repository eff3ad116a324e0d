//! The examples of RFC 8032.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key(seed: &str, public: &str) -> Ed25519Key {
    let pkcs8 = [unhex("302e020100300506032b657004220420"), unhex(seed)].concat();
    let (key, der) = Ed25519Key::parse(&pkcs8).unwrap();
    assert!(der.ends_with(&unhex(public)));
    key
}

/// Section 7.1, tests 1 to 3.
#[test]
fn ed25519() {
    let examples = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (seed, public, message, signature) in examples {
        let (key, message) = (key(seed, public), unhex(message));
        let message = MessageToSign::Raw(&message);
        assert_eq!(key.sign(Algorithm::Ed25519Sha512, message).unwrap(), unhex(signature));
        assert_eq!(key.verify(Algorithm::Ed25519Sha512, message, &unhex(signature)), Ok(()));
    }
}

/// Section 7.3. KMS signs digests of 64 bytes only, so the example's message is given to the library itself.
#[test]
fn ed25519ph() {
    let key = key(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    );
    let wanted = "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406";
    let signature = key.prehash.sign_prehashed(Sha512::new_with_prefix(b"abc"), None).unwrap();
    assert_eq!(signature.to_bytes().to_vec(), unhex(wanted));
    assert!(
        key.prehash.verifying_key().verify_prehashed_strict(Sha512::new_with_prefix(b"abc"), None, &signature).is_ok()
    );
}
