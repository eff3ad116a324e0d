//! Grants on keys.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::kms;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "CreateGrant",
        fixture: kms::key,
        input: r#"{"KeyId": "<key>", "GranteePrincipal": "<account>", "Operations": ["Decrypt"]}"#,
        answer: member("GrantId"),
        invalid: refused(
            r#"{"Operations": ["Sign"]}"#,
            "ValidationException",
            "Operations [Sign] are not supported when creating a grant for a symmetric encryption KMS key with key usage \
             ENCRYPT_DECRYPT. Valid operations are [Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, \
             ReEncryptFrom, ReEncryptTo, CreateGrant, RetireGrant, DescribeKey, GenerateDataKeyPair, \
             GenerateDataKeyPairWithoutPlaintext]",
        ),
        permissions: required(&[on("kms:CreateGrant", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
    Case {
        operation: "ListGrants",
        fixture: kms::grant,
        input: r#"{"KeyId": "<key>"}"#,
        answer: member("Grants"),
        invalid: violates(
            r#"{"Limit": 1001}"#,
            "'1001' at 'limit'",
            "Member must have value less than or equal to 1000",
        ),
        permissions: required(&[on("kms:ListGrants", "<key-arn>")]),
        audit: reads(&["<key-arn>"]),
    },
    Case {
        operation: "ListRetirableGrants",
        fixture: kms::grant,
        input: r#"{"RetiringPrincipal": "<account>"}"#,
        answer: member("Grants"),
        invalid: refused(
            r#"{"RetiringPrincipal": "arn:aws:iam::000000000000:user/nobody"}"#,
            "InvalidArnException",
            "ARN does not refer to a valid principal: arn:aws:iam::000000000000:user/nobody",
        ),
        permissions: required(&[on("kms:ListRetirableGrants", "<account>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "RetireGrant",
        fixture: kms::grant,
        input: r#"{"KeyId": "<key>", "GrantId": "<grant>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"KeyId": null}"#,
            "ValidationException",
            "Specify either a GrantToken, or both a KeyId and a GrantId.",
        ),
        permissions: required(&[on("kms:RetireGrant", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
    Case {
        operation: "RevokeGrant",
        fixture: kms::grant,
        input: r#"{"KeyId": "<key>", "GrantId": "<grant>"}"#,
        answer: Answer::Nothing,
        invalid: violates(r#"{"GrantId": null}"#, "null at 'grantId'", "Member must not be null"),
        permissions: required(&[on("kms:RevokeGrant", "<key-arn>")]),
        audit: writes(&["<key-arn>"]),
    },
];
