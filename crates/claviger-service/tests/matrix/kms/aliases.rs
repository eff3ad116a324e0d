//! Aliases of keys.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::kms;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "CreateAlias",
        fixture: kms::key,
        input: r#"{"AliasName": "alias/a", "TargetKeyId": "<key>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"AliasName": "a"}"#,
            "ValidationException",
            r#"Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"#,
        ),
        permissions: required(&[on("kms:CreateAlias", "<alias-arn>"), on("kms:CreateAlias", "<key-arn>")]),
        audit: writes(&["<alias-arn>", "<key-arn>"]),
    },
    Case {
        operation: "DeleteAlias",
        fixture: kms::alias,
        input: r#"{"AliasName": "alias/a"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"AliasName": "alias/a b"}"#,
            "'alias/a b' at 'aliasName'",
            "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        ),
        permissions: required(&[on("kms:DeleteAlias", "<alias-arn>"), on("kms:DeleteAlias", "<key-arn>")]),
        audit: writes(&["<alias-arn>", "<key-arn>"]),
    },
    Case {
        operation: "ListAliases",
        fixture: kms::alias,
        input: "{}",
        answer: member("Aliases"),
        invalid: violates(
            r#"{"Limit": 1001}"#,
            "'1001' at 'limit'",
            "Member must have value less than or equal to 1000",
        ),
        permissions: required(&[on("kms:ListAliases", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "UpdateAlias",
        fixture: kms::alias,
        input: r#"{"AliasName": "alias/a", "TargetKeyId": "<other>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"TargetKeyId": "alias/b"}"#,
            "ValidationException",
            "Aliases must refer to keys. Not aliases",
        ),
        permissions: required(&[
            on("kms:UpdateAlias", "<alias-arn>"),
            on("kms:UpdateAlias", "<key-arn>"),
            on("kms:UpdateAlias", "<other-arn>"),
        ]),
        audit: writes(&["<alias-arn>", "<key-arn>", "<other-arn>"]),
    },
];
