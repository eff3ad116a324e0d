//! Imported material, and rotation on demand.

use crate::case::{Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::kms;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "DeleteImportedKeyMaterial",
        fixture: kms::imported_key,
        input: r#"{"KeyId": "<key>"}"#,
        answer: member("KeyMaterialId"),
        invalid: violates(
            r#"{"KeyMaterialId": "ab"}"#,
            "'ab' at 'keyMaterialId'",
            "Member must have length greater than or equal to 64",
        ),
        permissions: required(&[on("kms:DeleteImportedKeyMaterial", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
    Case {
        operation: "GetParametersForImport",
        fixture: kms::empty_key,
        input: r#"{"KeyId": "<key>", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}"#,
        answer: member("ImportToken"),
        invalid: refused(
            r#"{"WrappingAlgorithm": "RSAES_PKCS1_V1_5"}"#,
            "UnsupportedOperationException",
            "WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported.",
        ),
        permissions: required(&[on("kms:GetParametersForImport", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "ImportKeyMaterial",
        fixture: kms::empty_key,
        input: r#"{"KeyId": "<key>", "ImportToken": "<token>", "EncryptedKeyMaterial": "<wrapped>", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}"#,
        answer: member("KeyMaterialId"),
        invalid: refused(
            r#"{"ExpirationModel": null}"#,
            "ValidationException",
            "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
        ),
        permissions: required(&[on("kms:ImportKeyMaterial", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
    Case {
        operation: "ListKeyRotations",
        fixture: kms::key_before_rotation,
        input: r#"{"KeyId": "<key>", "IncludeKeyMaterial": "ALL_KEY_MATERIAL"}"#,
        answer: member("Rotations"),
        invalid: violates(r#"{"Limit": 0}"#, "'0' at 'limit'", "Member must have value greater than or equal to 1"),
        permissions: required(&[on("kms:ListKeyRotations", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "RotateKeyOnDemand",
        fixture: kms::key_before_rotation,
        input: r#"{"KeyId": "<key>"}"#,
        answer: member("KeyId"),
        invalid: violates(r#"{"KeyId": null}"#, "null at 'keyId'", "Member must not be null"),
        permissions: required(&[on("kms:RotateKeyOnDemand", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
];
