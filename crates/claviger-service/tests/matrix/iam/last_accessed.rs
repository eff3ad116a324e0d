//! IAM: which services can be accessed, and when they were last used.

use crate::case::{Answer, Case, member, on, reads, refused, required};
use crate::fixture::iam;

/// A report belongs to the caller that asked for it, and the caller of the matrix has not.
const NO_JOB: Answer = Answer::Refused {
    code: "NoSuchEntity",
    recorded: "NoSuchEntity",
    text: "Job 00000000-0000-4000-8000-000000000000 does not exist.",
};

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "GenerateServiceLastAccessedDetails",
        fixture: iam::user,
        input: r#"{"Arn": "<user-arn>"}"#,
        answer: member("JobId"),
        invalid: refused(
            r#"{"Arn": "arn:aws:iam::000000000000:root"}"#,
            "InvalidInput",
            "Invalid Entity Arn: arn:aws:iam::000000000000:root is not supported.",
        ),
        permissions: required(&[on("iam:GenerateServiceLastAccessedDetails", "<user-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetServiceLastAccessedDetails",
        fixture: iam::no_entity,
        input: r#"{"JobId": "00000000-0000-4000-8000-000000000000"}"#,
        answer: NO_JOB,
        invalid: refused(
            r#"{"JobId": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
            "NoSuchEntity",
            "Job xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx does not exist.",
        ),
        permissions: required(&[on("iam:GetServiceLastAccessedDetails", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "GetServiceLastAccessedDetailsWithEntities",
        fixture: iam::no_entity,
        input: r#"{"JobId": "00000000-0000-4000-8000-000000000000", "ServiceNamespace": "kms"}"#,
        answer: NO_JOB,
        invalid: refused(
            r#"{"JobId": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
            "NoSuchEntity",
            "Job xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx does not exist.",
        ),
        permissions: required(&[on("iam:GetServiceLastAccessedDetailsWithEntities", "*")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListPoliciesGrantingServiceAccess",
        fixture: iam::user_with_inline_policy,
        input: r#"{"Arn": "<user-arn>", "ServiceNamespaces": ["kms"]}"#,
        answer: member("PoliciesGrantingServiceAccess"),
        invalid: refused(
            r#"{"ServiceNamespaces": ["kms", "KMS", "A"]}"#,
            "InvalidInput",
            "Invalid service namespace: [KMS, A]",
        ),
        permissions: required(&[on("iam:ListPoliciesGrantingServiceAccess", "<user-arn>")]),
        audit: reads(&[]),
    },
];
