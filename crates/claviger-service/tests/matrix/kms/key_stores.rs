//! Custom key stores.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::{self, kms};

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "ConnectCustomKeyStore",
        fixture: kms::key_store,
        input: r#"{"CustomKeyStoreId": "<store>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"CustomKeyStoreId": "cks-0"}"#,
            "CustomKeyStoreNotFoundException",
            "Custom key store cks-0 does not exist.",
        ),
        permissions: required(&[on("kms:ConnectCustomKeyStore", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "CreateCustomKeyStore",
        fixture: fixture::nothing,
        input: r#"{"CustomKeyStoreName": "vault", "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
            "XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://xks.test",
            "XksProxyUriPath": "/kms/xks/v1", "XksProxyAuthenticationCredential":
            {"AccessKeyId": "ABCDEFGHIJKLMNOPQRST", "RawSecretAccessKey": "0123456789012345678901234567890123456789012"}}"#,
        answer: member("CustomKeyStoreId"),
        invalid: violates(
            r#"{"XksProxyUriEndpoint": "http://xks.test"}"#,
            "'http://xks.test' at 'xksProxyUriEndpoint'",
            "Member must satisfy regular expression pattern: ^https://[a-zA-Z0-9.-]+$",
        ),
        permissions: required(&[on("kms:CreateCustomKeyStore", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteCustomKeyStore",
        fixture: kms::key_store,
        input: r#"{"CustomKeyStoreId": "<store>"}"#,
        answer: Answer::Nothing,
        invalid: violates(r#"{"CustomKeyStoreId": null}"#, "null at 'customKeyStoreId'", "Member must not be null"),
        permissions: required(&[on("kms:DeleteCustomKeyStore", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DescribeCustomKeyStores",
        fixture: kms::key_store,
        input: r#"{"CustomKeyStoreId": "<store>"}"#,
        answer: member("CustomKeyStores"),
        invalid: refused(
            r#"{"CustomKeyStoreName": "vault"}"#,
            "ValidationException",
            "CustomKeyStoreId and CustomKeyStoreName cannot be in the same request.",
        ),
        permissions: required(&[on("kms:DescribeCustomKeyStores", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "DisconnectCustomKeyStore",
        fixture: kms::connected_key_store,
        input: r#"{"CustomKeyStoreId": "<store>"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"CustomKeyStoreId": ""}"#,
            "'' at 'customKeyStoreId'",
            "Member must have length greater than or equal to 1",
        ),
        permissions: required(&[on("kms:DisconnectCustomKeyStore", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "UpdateCustomKeyStore",
        fixture: kms::key_store,
        input: r#"{"CustomKeyStoreId": "<store>", "NewCustomKeyStoreName": "safe"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"KeyStorePassword": "kmsPswd"}"#,
            "ValidationException",
            "KeyStorePassword is not valid for a CustomKeyStoreType of EXTERNAL_KEY_STORE.",
        ),
        permissions: required(&[on("kms:UpdateCustomKeyStore", "*")]),
        audit: writes(&[]),
    },
];
