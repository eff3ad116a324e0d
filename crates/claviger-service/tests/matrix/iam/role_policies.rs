//! IAM: the policies of roles.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::iam;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "AttachRolePolicy",
        fixture: iam::role_and_policy,
        input: r#"{"RoleName": "ops", "PolicyArn": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"PolicyArn": "arn:aws:iam::000000000000:group/p"}"#,
            "InvalidInput",
            "ARN arn:aws:iam::000000000000:group/p is not valid.",
        ),
        permissions: required(&[on("iam:AttachRolePolicy", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteRolePermissionsBoundary",
        fixture: iam::bounded_role,
        input: r#"{"RoleName": "ops"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"RoleName": "a b"}"#,
            "'a b' at 'roleName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteRolePermissionsBoundary", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteRolePolicy",
        fixture: iam::role_with_inline_policy,
        input: r#"{"RoleName": "ops", "PolicyName": "i"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"PolicyName": "a b"}"#,
            "'a b' at 'policyName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteRolePolicy", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DetachRolePolicy",
        fixture: iam::role_with_attached_policy,
        input: r#"{"RoleName": "ops", "PolicyArn": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"PolicyArn": "short"}"#,
            "'short' at 'policyArn'",
            "Member must have length greater than or equal to 20",
        ),
        permissions: required(&[on("iam:DetachRolePolicy", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "GetRolePolicy",
        fixture: iam::role_with_inline_policy,
        input: r#"{"RoleName": "ops", "PolicyName": "i"}"#,
        answer: member("PolicyDocument"),
        invalid: violates(r#"{"PolicyName": null}"#, "null at 'policyName'", "Member must not be null"),
        permissions: required(&[on("iam:GetRolePolicy", "<role-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListAttachedRolePolicies",
        fixture: iam::role_with_attached_policy,
        input: r#"{"RoleName": "ops"}"#,
        answer: member("AttachedPolicies"),
        invalid: violates(
            r#"{"PathPrefix": "team"}"#,
            "'team' at 'pathPrefix'",
            r#"Member must satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/"#,
        ),
        permissions: required(&[on("iam:ListAttachedRolePolicies", "<role-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListRolePolicies",
        fixture: iam::role_with_inline_policy,
        input: r#"{"RoleName": "ops"}"#,
        answer: member("PolicyNames"),
        invalid: violates(
            r#"{"MaxItems": 1001}"#,
            "'1001' at 'maxItems'",
            "Member must have value less than or equal to 1000",
        ),
        permissions: required(&[on("iam:ListRolePolicies", "<role-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "PutRolePermissionsBoundary",
        fixture: iam::role_and_policy,
        input: r#"{"RoleName": "ops", "PermissionsBoundary": "<policy-arn>"}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"PermissionsBoundary": "arn:aws:iam::000000000000:group/p"}"#,
            "InvalidInput",
            "ARN arn:aws:iam::000000000000:group/p is not valid.",
        ),
        permissions: required(&[on("iam:PutRolePermissionsBoundary", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "PutRolePolicy",
        fixture: iam::role,
        input: r#"{"RoleName": "ops", "PolicyName": "i", "PolicyDocument": "<document>"}"#,
        answer: Answer::Nothing,
        invalid: refused(r#"{"PolicyDocument": "{"}"#, "MalformedPolicyDocument", "Syntax errors in policy."),
        permissions: required(&[on("iam:PutRolePolicy", "<role-arn>")]),
        audit: writes(&[]),
    },
];
