//! Encryption, decryption and random bytes.

use crate::case::{Case, member, on, reads, refused, required, violates};
use crate::fixture::{self, kms};

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "Decrypt",
        fixture: kms::ciphertext,
        input: r#"{"CiphertextBlob": "<ciphertext>"}"#,
        answer: member("Plaintext"),
        invalid: violates(
            r#"{"EncryptionAlgorithm": "ROT13"}"#,
            "'ROT13' at 'encryptionAlgorithm'",
            "Member must satisfy enum value set: [SM2PKE, SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1]",
        ),
        permissions: required(&[on("kms:Decrypt", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "Encrypt",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "Plaintext": "AAAA"}"#,
        answer: member("CiphertextBlob"),
        invalid: refused(
            r#"{"Plaintext": ""}"#,
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        permissions: required(&[on("kms:Encrypt", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateDataKey",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "KeySpec": "AES_256"}"#,
        answer: member("Plaintext"),
        invalid: refused(
            r#"{"NumberOfBytes": 16}"#,
            "ValidationException",
            "Please specify either number of bytes or key spec.",
        ),
        permissions: required(&[on("kms:GenerateDataKey", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateDataKeyWithoutPlaintext",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "NumberOfBytes": 16}"#,
        answer: member("CiphertextBlob"),
        invalid: violates(
            r#"{"NumberOfBytes": 0}"#,
            "'0' at 'numberOfBytes'",
            "Member must have value greater than or equal to 1",
        ),
        permissions: required(&[on("kms:GenerateDataKeyWithoutPlaintext", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "GenerateRandom",
        fixture: fixture::nothing,
        input: r#"{"NumberOfBytes": 16}"#,
        answer: member("Plaintext"),
        invalid: refused(r#"{"NumberOfBytes": null}"#, "ValidationException", "NumberOfBytes is required."),
        permissions: required(&[on("kms:GenerateRandom", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ReEncrypt",
        fixture: kms::ciphertext,
        input: r#"{"CiphertextBlob": "<ciphertext>", "DestinationKeyId": "<other>"}"#,
        answer: member("CiphertextBlob"),
        invalid: violates(r#"{"DestinationKeyId": null}"#, "null at 'destinationKeyId'", "Member must not be null"),
        permissions: required(&[on("kms:ReEncryptFrom", "<key-arn>"), on("kms:ReEncryptTo", "<other-arn>")]),
        audit: reads(&["<key-arn>", "<other-arn>"]),
    },
];
