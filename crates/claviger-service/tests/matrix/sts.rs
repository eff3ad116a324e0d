//! STS.

use crate::case::{
    Answer, Case, Invalid, Permission, Permissions, Wording, member, on, reads, refused, required, violates,
};
use crate::fixture::{self, iam};

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "AssumeRole",
        fixture: iam::role,
        input: r#"{"RoleArn": "<role-arn>", "RoleSessionName": "s1"}"#,
        answer: member("SessionToken"),
        invalid: refused(
            r#"{"RoleArn": "arn:aws:iam::000000000000:user/ana"}"#,
            "ValidationError",
            "arn:aws:iam::000000000000:user/ana is invalid",
        ),
        permissions: required(&[Permission { wording: Wording::WithoutReason, ..on("sts:AssumeRole", "<role-arn>") }]),
        audit: reads(&["<role-arn>"]),
    },
    Case {
        operation: "DecodeAuthorizationMessage",
        fixture: fixture::nothing,
        input: r#"{"EncodedMessage": "AAAA"}"#,
        answer: Answer::Refused {
            code: "InvalidAuthorizationMessageException",
            recorded: "InvalidAuthorizationMessageException",
            text: "Message is not valid",
        },
        invalid: violates(
            r#"{"EncodedMessage": ""}"#,
            "'' at 'encodedMessage'",
            "Member must have length greater than or equal to 1",
        ),
        permissions: required(&[on("sts:DecodeAuthorizationMessage", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetAccessKeyInfo",
        fixture: iam::user_with_key,
        input: r#"{"AccessKeyId": "<access-key>"}"#,
        answer: member("Account"),
        invalid: violates(
            r#"{"AccessKeyId": "AKIA"}"#,
            "'AKIA' at 'accessKeyId'",
            "Member must have length greater than or equal to 16",
        ),
        permissions: required(&[on("sts:GetAccessKeyInfo", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetCallerIdentity",
        fixture: fixture::nothing,
        input: "{}",
        answer: member("Arn"),
        invalid: Invalid::NoParameters("The request has no parameters."),
        permissions: Permissions::None(
            "No policy can deny it, since the caller's identity is in the signed request already.",
        ),
        audit: reads(&[]),
    },
    Case {
        operation: "GetFederationToken",
        fixture: fixture::nothing,
        input: r#"{"Name": "guest", "Tags": [{"Key": "team", "Value": "blue"}]}"#,
        answer: member("SessionToken"),
        invalid: violates(r#"{"Name": "x"}"#, "'x' at 'name'", "Member must have length greater than or equal to 2"),
        permissions: required(&[
            Permission {
                wording: Wording::WithoutReason,
                ..on("sts:GetFederationToken", "arn:aws:sts::000000000000:federated-user/guest")
            },
            Permission {
                wording: Wording::WithoutReason,
                ..on("sts:TagSession", "arn:aws:sts::000000000000:federated-user/guest")
            },
        ]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetSessionToken",
        fixture: fixture::nothing,
        input: r#"{"DurationSeconds": 900}"#,
        answer: member("SessionToken"),
        invalid: violates(
            r#"{"DurationSeconds": 899}"#,
            "'899' at 'durationSeconds'",
            "Member must have value greater than or equal to 900",
        ),
        permissions: Permissions::None("A user needs no permission to get a session of its own."),
        audit: reads(&[]),
    },
];
