//! IAM: the policies of users.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::iam;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "AttachUserPolicy",
        fixture: iam::user_and_policy,
        input: r#"{"UserName": "ana", "PolicyArn": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"PolicyArn": "arn:aws:iam::000000000000:group/p"}"#,
            "InvalidInput",
            "ARN arn:aws:iam::000000000000:group/p is not valid.",
        ),
        permissions: required(&[on("iam:AttachUserPolicy", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteUserPermissionsBoundary",
        fixture: iam::bounded_user,
        input: r#"{"UserName": "ana"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"UserName": "a b"}"#,
            "'a b' at 'userName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteUserPermissionsBoundary", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteUserPolicy",
        fixture: iam::user_with_inline_policy,
        input: r#"{"UserName": "ana", "PolicyName": "i"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"PolicyName": "a b"}"#,
            "'a b' at 'policyName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteUserPolicy", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DetachUserPolicy",
        fixture: iam::user_with_attached_policy,
        input: r#"{"UserName": "ana", "PolicyArn": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"PolicyArn": "short"}"#,
            "'short' at 'policyArn'",
            "Member must have length greater than or equal to 20",
        ),
        permissions: required(&[on("iam:DetachUserPolicy", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "GetUserPolicy",
        fixture: iam::user_with_inline_policy,
        input: r#"{"UserName": "ana", "PolicyName": "i"}"#,
        answer: member("PolicyDocument"),
        invalid: violates(r#"{"PolicyName": null}"#, "null at 'policyName'", "Member must not be null"),
        permissions: required(&[on("iam:GetUserPolicy", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListAttachedUserPolicies",
        fixture: iam::user_with_attached_policy,
        input: r#"{"UserName": "ana"}"#,
        answer: member("AttachedPolicies"),
        invalid: violates(
            r#"{"PathPrefix": "team"}"#,
            "'team' at 'pathPrefix'",
            r#"Member must satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/"#,
        ),
        permissions: required(&[on("iam:ListAttachedUserPolicies", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListUserPolicies",
        fixture: iam::user_with_inline_policy,
        input: r#"{"UserName": "ana"}"#,
        answer: member("PolicyNames"),
        invalid: violates(
            r#"{"MaxItems": 1001}"#,
            "'1001' at 'maxItems'",
            "Member must have value less than or equal to 1000",
        ),
        permissions: required(&[on("iam:ListUserPolicies", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "PutUserPermissionsBoundary",
        fixture: iam::user_and_policy,
        input: r#"{"UserName": "ana", "PermissionsBoundary": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"PermissionsBoundary": "arn:aws:iam::000000000000:group/p"}"#,
            "InvalidInput",
            "ARN arn:aws:iam::000000000000:group/p is not valid.",
        ),
        permissions: required(&[on("iam:PutUserPermissionsBoundary", "<user-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "PutUserPolicy",
        fixture: iam::user,
        input: r#"{"UserName": "ana", "PolicyName": "i", "PolicyDocument": "<document>"}"#,
        answer: Answer::Nothing,
        invalid: refused(r#"{"PolicyDocument": "{"}"#, "MalformedPolicyDocument", "Syntax errors in policy."),
        permissions: required(&[on("iam:PutUserPolicy", "<user-arn>")]),
        audit: writes(&[]),
    },
];
