//! Signatures, MACs, key agreement and key pairs.

use crate::case::{Case, member, on, reads, refused, required, violates};
use crate::fixture::kms;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "DeriveSharedSecret",
        fixture: kms::agreement_key,
        input: r#"{"KeyId": "<key>", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "<public-key>"}"#,
        answer: member("SharedSecret"),
        invalid: violates(
            r#"{"KeyAgreementAlgorithm": "DH"}"#,
            "'DH' at 'keyAgreementAlgorithm'",
            "Member must satisfy enum value set: [ECDH]",
        ),
        permissions: required(&[on("kms:DeriveSharedSecret", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateDataKeyPair",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "KeyPairSpec": "ECC_NIST_P256"}"#,
        answer: member("PrivateKeyPlaintext"),
        invalid: violates(r#"{"KeyPairSpec": null}"#, "null at 'keyPairSpec'", "Member must not be null"),
        permissions: required(&[on("kms:GenerateDataKeyPair", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateDataKeyPairWithoutPlaintext",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "KeyPairSpec": "ECC_NIST_P256"}"#,
        answer: member("PrivateKeyCiphertextBlob"),
        invalid: violates(r#"{"KeyPairSpec": null}"#, "null at 'keyPairSpec'", "Member must not be null"),
        permissions: required(&[on("kms:GenerateDataKeyPairWithoutPlaintext", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateMac",
        fixture: kms::mac_key,
        input: r#"{"KeyId": "<key>", "Message": "AAAA", "MacAlgorithm": "HMAC_SHA_256"}"#,
        answer: member("Mac"),
        invalid: violates(
            r#"{"MacAlgorithm": "HMAC_MD5"}"#,
            "'HMAC_MD5' at 'macAlgorithm'",
            "Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]",
        ),
        permissions: required(&[on("kms:GenerateMac", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GetPublicKey",
        fixture: kms::signing_key,
        input: r#"{"KeyId": "<key>"}"#,
        answer: member("PublicKey"),
        invalid: violates(r#"{"KeyId": null}"#, "null at 'keyId'", "Member must not be null"),
        permissions: required(&[on("kms:GetPublicKey", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "Sign",
        fixture: kms::signing_key,
        input: r#"{"KeyId": "<key>", "Message": "AAAA", "SigningAlgorithm": "ECDSA_SHA_256"}"#,
        answer: member("Signature"),
        invalid: refused(
            r#"{"MessageType": "DIGEST"}"#,
            "ValidationException",
            "Digest is invalid length for algorithm ECDSA_SHA_256.",
        ),
        permissions: required(&[on("kms:Sign", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "Verify",
        fixture: kms::signing_key,
        input: r#"{"KeyId": "<key>", "Message": "AAAA", "Signature": "<signature>", "SigningAlgorithm": "ECDSA_SHA_256"}"#,
        answer: member("SignatureValid"),
        invalid: violates(r#"{"Signature": null}"#, "null at 'signature'", "Member must not be null"),
        permissions: required(&[on("kms:Verify", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "VerifyMac",
        fixture: kms::mac_key,
        input: r#"{"KeyId": "<key>", "Message": "AAAA", "Mac": "<mac>", "MacAlgorithm": "HMAC_SHA_256"}"#,
        answer: member("MacValid"),
        invalid: violates(r#"{"Mac": null}"#, "null at 'mac'", "Member must not be null"),
        permissions: required(&[on("kms:VerifyMac", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
];
