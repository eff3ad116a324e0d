//! IAM: the policy simulator, the account summary, and credentials that no user has.

use crate::case::{Answer, Case, Invalid, member, on, reads, refused, required, violates, writes};
use crate::fixture::iam;

/// No user has a password.
const NO_PASSWORD: Answer = Answer::Refused {
    code: "NoSuchEntity",
    recorded: "NoSuchEntity",
    text: "Login Profile for User ana cannot be found.",
};

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "GetAccountAuthorizationDetails",
        fixture: iam::user,
        input: "{}",
        answer: member("UserDetailList"),
        invalid: refused(r#"{"Marker": "not a marker"}"#, "ValidationError", "Invalid Marker."),
        permissions: required(&[on("iam:GetAccountAuthorizationDetails", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetAccountSummary",
        fixture: iam::no_entity,
        input: "{}",
        answer: member("SummaryMap"),
        invalid: Invalid::NoParameters("the request has no members at all"),
        permissions: required(&[on("iam:GetAccountSummary", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetContextKeysForCustomPolicy",
        fixture: iam::no_entity,
        input: r#"{"PolicyInputList": ["<document>"]}"#,
        answer: member("ContextKeyNames"),
        invalid: refused(r#"{"PolicyInputList": ["{"]}"#, "InvalidInput", "Syntax errors in policy."),
        permissions: required(&[on("iam:GetContextKeysForCustomPolicy", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetContextKeysForPrincipalPolicy",
        fixture: iam::user,
        input: r#"{"PolicySourceArn": "<user-arn>"}"#,
        answer: member("ContextKeyNames"),
        invalid: refused(r#"{"PolicyInputList": ["{"]}"#, "InvalidInput", "Syntax errors in policy."),
        permissions: required(&[on("iam:GetContextKeysForPrincipalPolicy", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "SimulateCustomPolicy",
        fixture: iam::no_entity,
        input: r#"{"PolicyInputList": ["<document>"], "ActionNames": ["kms:Decrypt"]}"#,
        answer: member("EvaluationResults"),
        invalid: refused(r#"{"PolicyInputList": ["{"]}"#, "InvalidInput", "Syntax errors in policy."),
        permissions: required(&[on("iam:SimulateCustomPolicy", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "SimulatePrincipalPolicy",
        fixture: iam::user,
        input: r#"{"PolicySourceArn": "<user-arn>", "ActionNames": ["kms:Decrypt"]}"#,
        answer: member("EvaluationResults"),
        invalid: refused(r#"{"ActionNames": ["Decrypt"]}"#, "InvalidInput", "Invalid action name: Decrypt"),
        permissions: required(&[on("iam:SimulatePrincipalPolicy", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListMFADevices",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: member("MFADevices"),
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:ListMFADevices", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListSSHPublicKeys",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: member("SSHPublicKeys"),
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:ListSSHPublicKeys", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListServiceSpecificCredentials",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: member("ServiceSpecificCredentials"),
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:ListServiceSpecificCredentials", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListSigningCertificates",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: member("Certificates"),
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:ListSigningCertificates", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "DeleteLoginProfile",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: NO_PASSWORD,
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteLoginProfile", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "GetLoginProfile",
        fixture: iam::user,
        input: r#"{"UserName": "ana"}"#,
        answer: NO_PASSWORD,
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:GetLoginProfile", "<user-arn>")]),
        audit: reads(&[]),
    },
];
