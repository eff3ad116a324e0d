#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use claviger_types::{Algorithm, SeededRandom};
use proptest::prelude::*;
use rcgen::{BasicConstraints, CustomExtension, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd};

use super::testing::{self, Change, Draft, Kit, NOW, bytes, list, null, pcrs, pem, text, uint};
use super::*;
use crate::private_key::{Curve, PrivateKey, PrivateKeyKind};

static KIT: LazyLock<Kit> = LazyLock::new(Kit::new);

fn verify_at(kit: &Kit, document: &[u8], now: Timestamp) -> Result<Attestation, AttestationError> {
    kit.roots().verify(document, now)
}

/// The reason why a change of the valid document is refused.
fn refusal(change: impl FnOnce(Draft) -> Draft) -> AttestationError {
    verify_at(&KIT, &KIT.sign(&change(KIT.draft())), NOW).unwrap_err()
}

#[test]
fn a_document_of_an_enclave_is_verified() {
    for tagged in [true, false] {
        let document = KIT.sign(&Draft { tagged, ..KIT.draft() });
        let attestation = verify_at(&KIT, &document, NOW).unwrap();
        assert_eq!(attestation.module_id, "i-1234567890abcdef0-enc9876543210abcde");
        assert_eq!(attestation.source, AttestationSource::NitroEnclave);
        assert_eq!(attestation.pcrs, BTreeMap::from([(0, vec![0; 48]), (1, vec![1; 48]), (8, vec![8; 48])]));
    }
}

#[test]
fn a_document_of_a_tpm_is_verified() {
    let draft = KIT.draft().without("pcrs").set("nitrotpm_pcrs", pcrs(&[(4, 48), (31, 64), (7, 32)]));
    let attestation = verify_at(&KIT, &KIT.sign(&draft), NOW).unwrap();
    assert_eq!(attestation.source, AttestationSource::NitroTpm);
    assert_eq!(attestation.pcrs.keys().copied().collect::<Vec<_>>(), [4, 7, 31]);
}

#[test]
fn optional_members_may_be_absent_null_or_as_long_as_allowed() {
    for name in ["user_data", "nonce"] {
        for length in [0, 1, 1024] {
            assert!(verify_at(&KIT, &KIT.sign(&KIT.draft().set(name, bytes(&vec![7; length]))), NOW).is_ok());
        }
        assert!(verify_at(&KIT, &KIT.sign(&KIT.draft().without(name)), NOW).is_ok());
        let long = refusal(|draft| draft.set(name, bytes(&[7; 1025])));
        assert!(long.to_string().starts_with(name), "{long}");
    }
}

#[test]
fn every_member_has_its_bounds() {
    let root = &KIT.root.der;
    let cases: [(&str, Vec<u8>); 26] = [
        ("module_id", text("")),
        ("module_id", bytes(b"i-1")),
        ("module_id", null()),
        ("timestamp", uint(0)),
        ("timestamp", text("now")),
        ("timestamp", vec![0x20]),
        ("digest", text("SHA256")),
        ("digest", bytes(b"SHA384")),
        ("pcrs", pcrs(&[])),
        ("pcrs", pcrs(&[(32, 48)])),
        ("pcrs", pcrs(&[(0, 20)])),
        ("pcrs", pcrs(&[(0, 0)])),
        ("pcrs", pcrs(&[(0, 48), (0, 48)])),
        ("pcrs", list(&[])),
        ("pcrs", [&[0xa1], &text("0")[..], &bytes(&[0; 48])].concat()),
        ("certificate", bytes(&[])),
        ("certificate", bytes(&[0; 1025])),
        ("certificate", text("certificate")),
        ("cabundle", list(&[])),
        ("cabundle", bytes(root)),
        ("cabundle", list(&[text("root")])),
        ("cabundle", list(&vec![bytes(root); 9])),
        ("cabundle", list(&[bytes(root), bytes(&[0; 1025])])),
        ("public_key", bytes(&[])),
        ("public_key", bytes(&[0; 1025])),
        ("public_key", text("key")),
    ];
    for (name, value) in cases {
        let error = refusal(|draft| draft.set(name, value.clone()));
        assert!(
            matches!(error, AttestationError::Malformed(text) if text.starts_with(name)),
            "{name} {value:?} {error}"
        );
    }
}

#[test]
fn no_member_is_missing_or_too_many() {
    for name in ["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"] {
        let error = refusal(|draft| draft.without(name));
        assert_eq!(error, AttestationError::Malformed("a member is missing"), "{name}");
    }
    let twice = refusal(|draft| {
        let mut draft = draft.without("nonce");
        draft.members.push(("digest".to_owned(), text("SHA384")));
        draft
    });
    assert_eq!(twice, AttestationError::Malformed("digest is not SHA384"));
    let both = refusal(|draft| draft.without("nonce").set("nitrotpm_pcrs", pcrs(&[(4, 48)])));
    assert_eq!(both, AttestationError::Malformed("pcrs are wrong"));
    assert_eq!(refusal(|draft| draft.without("public_key")), AttestationError::NoPublicKey);
    assert_eq!(refusal(|draft| draft.set("public_key", null())), AttestationError::NoPublicKey);
}

#[test]
fn unknown_members_are_ignored() {
    // A number, a map of indefinite length in an array, and a text of indefinite length.
    for value in [uint(1), vec![0x81, 0xbf, 0x01, 0x02, 0xff], vec![0x7f, 0x61, 0x61, 0xff]] {
        assert!(verify_at(&KIT, &KIT.sign(&KIT.draft().set("more", value)), NOW).is_ok());
    }
    // A value that ends too early.
    let error = refusal(|draft| draft.set("more", vec![0x82, 0x01]));
    assert!(matches!(error, AttestationError::Malformed(_)), "{error}");
    let many = (0..24).fold(KIT.draft(), |draft, n| draft.set(&format!("more-{n}"), null()));
    let error = verify_at(&KIT, &KIT.sign(&many), NOW).unwrap_err();
    assert_eq!(error, AttestationError::Malformed("its payload is no map"));
}

/// Nitro hypervisors write both forms.
#[test]
fn the_map_may_have_an_indefinite_length() {
    let payload = KIT.draft().payload();
    let open = |rest: &[u8]| KIT.sign_payload(&KIT.draft(), &[&[0xbf], rest].concat());
    let attestation = verify_at(&KIT, &open(&[&payload[1..], &[0xff]].concat()), NOW).unwrap();
    assert_eq!(attestation.pcrs.len(), 3);
    // Without its end, and with another byte behind it.
    for rest in [payload[1..].to_vec(), [&payload[1..], &[0xff, 0xff]].concat()] {
        assert!(matches!(verify_at(&KIT, &open(&rest), NOW), Err(AttestationError::Malformed(_))));
    }
}

/// Documents that Nitro hypervisors signed, below AWS's root. They have no RSA key, so no answer could be encrypted to them.
#[test]
fn genuine_documents_are_verified() {
    let root = include_bytes!("../../tests/data/nitro/root_g1.pem");
    let roots = AttestationRoots::default().with_pem(root).unwrap();
    let documents: [&[u8]; 2] =
        [include_bytes!("../../tests/data/nitro/enclave_2024"), include_bytes!("../../tests/data/nitro/enclave_2026")];
    for bytes in documents {
        let message = cose::Message::parse(bytes).unwrap();
        let document = document::Document::parse(message.payload).unwrap();
        let at = Timestamp(i64::try_from(document.timestamp).unwrap());
        let key = chain::leaf_key(&roots, &document.cabundle, document.certificate, at).unwrap();
        assert_eq!(message.verify(key), Ok(()), "{}", document.module_id);
        assert_eq!((document.source, document.pcrs.len()), (AttestationSource::NitroEnclave, 16));
        let error = roots.verify(bytes, at).unwrap_err();
        assert!(matches!(error, AttestationError::NoPublicKey | AttestationError::PublicKey), "{error}");
        assert_eq!(
            chain::leaf_key(&roots, &document.cabundle, document.certificate, NOW).unwrap_err(),
            AttestationError::CertificateTime
        );
    }
}

#[test]
fn only_rsa_keys_of_2048_to_4096_bits_are_recipients() {
    // 1024 bits.
    let weak = concat!(
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCt8EKyH7pgTcowL9gKhXCm4S1L3b4dXEMmq1rj/YMViGUOtwwdeOJBfLI1NAFabyyD",
        "mVpUlwY/TvJBRX1ajYsFi5B6Hl+MSTpIdFRnJE2wmSM2UjAcp3E0SQYoPDZjkMIMLyKaZTLSngI9u7DTzvolRLuJn9r/qo9E49qC+SBo",
        "MwIDAQAB",
    );
    let weak = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, weak).unwrap();
    let curve = PrivateKey::generate(PrivateKeyKind::Ec(Curve::P256));
    let longer = [KIT.recipient.public_key(), &[0]].concat();
    for key in [&weak[..], curve.public_key(), &longer, b"key"] {
        assert_eq!(refusal(|draft| draft.set("public_key", bytes(key))), AttestationError::PublicKey);
    }
}

#[test]
fn the_message_is_cose_sign1_with_es384() {
    let algorithm = |protected: &[u8]| refusal(|draft| Draft { protected: protected.to_vec(), ..draft });
    // ES256, ES512, no algorithm, two headers, bytes behind the map, no map.
    for header in [
        &[0xa1, 0x01, 0x26][..],
        &[0xa1, 0x01, 0x38, 0x23],
        &[0xa0],
        &[0xa2, 0x01, 0x38, 0x22, 0x04, 0x40],
        &[0xa1, 0x01, 0x38, 0x22, 0],
        &[],
    ] {
        assert_eq!(algorithm(header), AttestationError::Malformed("it is not signed with ES384"), "{header:?}");
    }
    let message = AttestationError::Malformed("it is no COSE_Sign1 message");
    assert_eq!(refusal(|draft| Draft { unprotected: vec![0xa1, 0x04, 0x40], ..draft }), message);
    let document = KIT.document();
    let other_tag = [&[0xd3], &document[1..]].concat();
    let tail = [&document[..], &[0]].concat();
    let empty = KIT.sign_payload(&KIT.draft(), &[]);
    let long = KIT.sign_payload(&KIT.draft(), &[0; 16385]);
    for bytes in [&other_tag[..], &tail, &empty, &long, b"", b"document"] {
        assert_eq!(verify_at(&KIT, bytes, NOW).unwrap_err(), message);
    }
    assert_eq!(verify_at(&KIT, &vec![0; 20481], NOW).unwrap_err(), AttestationError::Malformed("it is too long"));
    let not_a_map = KIT.sign_payload(&KIT.draft(), &[0x80]);
    let error = verify_at(&KIT, &not_a_map, NOW).unwrap_err();
    assert_eq!(error, AttestationError::Malformed("its payload is no map"));
    let tail = KIT.sign_payload(&KIT.draft(), &[KIT.draft().payload(), vec![0]].concat());
    assert_eq!(verify_at(&KIT, &tail, NOW).unwrap_err(), AttestationError::Malformed("its payload is no map"));
}

#[test]
fn a_document_is_as_old_as_five_minutes() {
    let document = KIT.document();
    for (seconds, fits) in [(0, true), (300, true), (301, false), (-300, true), (-301, false)] {
        let verified = verify_at(&KIT, &document, NOW.plus_secs(seconds));
        assert_eq!(verified.is_ok(), fits, "{seconds}");
        assert!(fits || verified.unwrap_err() == AttestationError::Stale);
    }
}

/// A kit with certificates of other settings, and the reason why its document is refused.
fn refusal_of(root: Change, middle: Change, leaf: Change) -> AttestationError {
    let kit = Kit::with(root, middle, leaf);
    verify_at(&kit, &kit.document(), NOW).unwrap_err()
}

#[test]
fn every_certificate_must_be_valid_now() {
    let expired: Change = |params| params.not_after = date_time_ymd(2026, 5, 31);
    let early: Change = |params| params.not_before = date_time_ymd(2026, 6, 2);
    for change in [expired, early] {
        for at in 0..3 {
            let of = |index: usize| if index == at { change } else { |_: &mut _| {} };
            assert_eq!(refusal_of(of(0), of(1), of(2)), AttestationError::CertificateTime);
        }
    }
}

#[test]
fn only_authorities_sign_certificates_and_only_signers_sign_documents() {
    let not_below = AttestationError::Chain("a certificate of its chain may not sign the one below it");
    let no_authority: Change = |params| params.is_ca = IsCa::ExplicitNoCa;
    let unmarked: Change = |params| params.is_ca = IsCa::NoCa;
    let no_cert_sign: Change = |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let no_usage: Change = |params| params.key_usages.clear();
    for change in [no_authority, unmarked, no_cert_sign, no_usage] {
        assert_eq!(refusal_of(|_| {}, change, |_| {}), not_below);
    }
    let short: Change = |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    assert_eq!(refusal_of(short, |_| {}, |_| {}), not_below);
    let no_signer = AttestationError::Chain("its certificate may not sign it");
    let authority: Change = |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let cert_sign: Change = |params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    for change in [authority, cert_sign, no_usage] {
        assert_eq!(refusal_of(|_| {}, |_| {}, change), no_signer);
    }
    assert!({
        let kit = Kit::with(|_| {}, |_| {}, unmarked);
        verify_at(&kit, &kit.document(), NOW).is_ok()
    });
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    fn add(params: &mut rcgen::CertificateParams, critical: bool) {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(critical);
        params.custom_extensions.push(extension);
    }
    let error = refusal_of(|_| {}, |params| add(params, true), |_| {});
    assert_eq!(error, AttestationError::Chain("a certificate of its chain cannot be read"));
    let kit = Kit::with(|_| {}, |params| add(params, false), |params| add(params, false));
    assert!(verify_at(&kit, &kit.document(), NOW).is_ok());
    let again: Change = |params| {
        params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 15], vec![3, 2, 7, 0x80]));
    };
    let error = refusal_of(|_| {}, |_| {}, again);
    assert_eq!(error, AttestationError::Chain("a certificate of its chain cannot be read"));
}

#[test]
fn the_chain_begins_with_a_trusted_root() {
    let document = KIT.document();
    let none = AttestationRoots::default();
    assert!(none.is_empty() && !KIT.roots().is_empty());
    assert_eq!(none.verify(&document, NOW).unwrap_err(), AttestationError::UntrustedRoot);
    let other = Kit::new();
    assert_eq!(other.roots().verify(&document, NOW).unwrap_err(), AttestationError::UntrustedRoot);
    let both = KIT.roots().with_pem(pem(&[&other.root.der]).as_bytes()).unwrap();
    assert!(both.verify(&document, NOW).is_ok() && both.verify(&other.document(), NOW).is_ok());
    // The root alone, above a certificate that the intermediate authority signed; and the authorities in the wrong order.
    let root_only = refusal(|draft| draft.set("cabundle", list(&[bytes(&KIT.root.der)])));
    assert_eq!(root_only, AttestationError::Chain("a certificate of its chain was not signed by the one above it"));
    let reversed = refusal(|draft| draft.set("cabundle", list(&[bytes(&KIT.middle.der), bytes(&KIT.root.der)])));
    assert_eq!(reversed, AttestationError::UntrustedRoot);
    // An authority of the same name with another key.
    let forged = refusal(|draft| draft.set("cabundle", list(&[bytes(&KIT.root.der), bytes(&other.middle.der)])));
    assert_eq!(forged, AttestationError::Chain("a certificate of its chain was not signed by the one above it"));
    let signed_by_other = refusal(|draft| draft.set("certificate", bytes(&issue_like_leaf())));
    assert_eq!(signed_by_other, AttestationError::Signature);
}

#[test]
fn a_certificate_names_the_one_above_it() {
    let renamed = testing::renamed(&KIT.middle, "other");
    let leaf = testing::reissued(&KIT.leaf, &renamed).der;
    let error = refusal(|draft| draft.set("certificate", bytes(&leaf)));
    assert_eq!(error, AttestationError::Chain("a certificate of its chain was not signed by the one above it"));
    // The same certificate below the name that it has.
    let leaf = testing::reissued(&KIT.leaf, &KIT.middle).der;
    assert!(verify_at(&KIT, &KIT.sign(&KIT.draft().set("certificate", bytes(&leaf))), NOW).is_ok());
}

#[test]
fn no_certificate_comes_twice() {
    let twice = AttestationError::Chain("a certificate of its chain comes twice");
    let (root, middle) = (bytes(&KIT.root.der), bytes(&KIT.middle.der));
    for bundle in [vec![root.clone(), root.clone(), middle.clone()], vec![root, middle.clone(), middle]] {
        assert_eq!(refusal(|draft| draft.set("cabundle", list(&bundle))), twice);
    }
}

/// Another certificate of the intermediate authority.
fn issue_like_leaf() -> Vec<u8> {
    testing::issue(testing::end("leaf"), Some(&KIT.middle)).der
}

#[test]
fn roots_are_authorities_with_p384_keys() {
    let none = AttestationRoots::default;
    for text in ["", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"] {
        assert_eq!(none().with_pem(text.as_bytes()).unwrap_err(), InvalidRoot::NoCertificate, "{text}");
    }
    assert_eq!(none().with_pem(&[0xff]).unwrap_err(), InvalidRoot::NoCertificate);
    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let p256 = testing::issue_for(p256, testing::authority("root", None), None).der;
    for der in [&KIT.leaf.der, &p256] {
        assert_eq!(none().with_pem(pem(&[der]).as_bytes()).unwrap_err(), InvalidRoot::NoAuthority);
    }
    assert_eq!(none().with_pem(pem(&[&KIT.middle.der]).as_bytes()).unwrap_err(), InvalidRoot::NoRoot);
    let two = format!("Nitro\n{}", pem(&[&KIT.root.der, &Kit::new().root.der]));
    assert!(none().with_pem(two.as_bytes()).unwrap().verify(&KIT.document(), NOW).is_ok());
}

#[test]
fn no_byte_can_be_changed() {
    let (document, roots) = (KIT.document(), KIT.roots());
    for at in 0..document.len() {
        let mut altered = document.clone();
        altered[at] ^= 1 << (at % 8);
        assert!(roots.verify(&altered, NOW).is_err(), "byte {at}");
    }
}

#[test]
fn any_byte_cut_is_refused() {
    let (document, roots) = (KIT.document(), KIT.roots());
    // Without its first byte, the tag, it is the untagged form.
    for at in 1..document.len() {
        let mut shorter = document.clone();
        shorter.remove(at);
        assert!(roots.verify(&shorter, NOW).is_err() && roots.verify(&document[..at], NOW).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A signed document with a byte of any member changed: it is refused, or what is read is within the bounds.
    #[test]
    fn any_value_of_any_member_is_read_or_refused(name in 0..9_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut draft = KIT.draft();
        let value = &mut draft.members[name].1;
        let at = at.index(value.len());
        value[at] = byte;
        if let Ok(attestation) = KIT.roots().verify(&KIT.sign(&draft), NOW) {
            prop_assert!(!attestation.module_id.is_empty());
            prop_assert!(attestation.pcrs.iter().all(|(index, value)| *index < 32 && value.len() == 48));
            // No byte of the chain matters less than another.
            prop_assert!(!["certificate", "cabundle", "digest"].contains(&draft.members[name].0.as_str()) || draft.members[name].1 == KIT.draft().members[name].1);
        }
    }

    #[test]
    fn any_bit_of_a_document_matters(bit in any::<prop::sample::Index>()) {
        let mut document = KIT.document();
        let bit = bit.index(document.len() * 8);
        document[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(KIT.roots().verify(&document, NOW).is_err(), "bit {}", bit);
    }

    /// What is encrypted to a recipient is what it decrypts, whatever the length.
    #[test]
    fn a_recipient_reads_what_was_encrypted_to_it(secret in prop::collection::vec(any::<u8>(), 0..3000), seed in any::<u64>()) {
        let key = RecipientKey::from_spki(KIT.recipient.public_key()).unwrap();
        let message = key.encrypt(&secret, &SeededRandom::new(seed)).unwrap();
        prop_assert_eq!(open(&KIT.recipient, &message), secret);
    }
}

/// Opens an EnvelopedData of one recipient with an RSA key of 2048 bits, by the offsets that its encoding has.
fn open(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    use aws_lc_rs::cipher::{AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
    // ContentInfo, EnvelopedData of version 2, a SET of one recipient of version 2 with a key identifier of 32 bytes.
    let head: [&[u8]; 7] = [
        &[0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03, 0xa0, 0x80],
        &[0x30, 0x80, 0x02, 0x01, 0x02],
        &[0x31, 0x82, 0x01, 0x6b, 0x30, 0x82, 0x01, 0x67, 0x02, 0x01, 0x02, 0x80, 0x20],
        &crate::sha256(key.public_key()),
        &[0x30, 0x3c, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07, 0x30, 0x2f],
        &[0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00],
        &[0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08],
    ];
    let rest = message.strip_prefix(&head.concat()[..]).unwrap();
    let sha256 = [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00];
    let rest = rest.strip_prefix(&sha256[..]).unwrap().strip_prefix(&[0x04, 0x82, 0x01, 0x00]).unwrap();
    let (encrypted_key, rest) = rest.split_at(256);
    let content: [&[u8]; 3] = [
        &[0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01],
        &[0x30, 0x1d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a],
        &[0x04, 0x10],
    ];
    let (iv, rest) = rest.strip_prefix(&content.concat()[..]).unwrap().split_at(16);
    let rest = rest.strip_prefix(&[0xa0, 0x80, 0x04]).unwrap().strip_suffix(&[0; 10]).unwrap();
    let ciphertext = match rest {
        [0x82, _, _, ciphertext @ ..] | [0x81, _, ciphertext @ ..] | [_, ciphertext @ ..] => ciphertext,
        [] => panic!("no content"),
    };
    let content_key = key.decrypt(Algorithm::RsaesOaepSha256, encrypted_key).unwrap();
    let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &content_key).unwrap()).unwrap();
    let mut plaintext = ciphertext.to_vec();
    let context = DecryptionContext::Iv128(<[u8; 16]>::try_from(iv).unwrap().into());
    cipher.decrypt(&mut plaintext, context).unwrap().to_vec()
}
