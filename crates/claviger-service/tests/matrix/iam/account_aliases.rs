//! IAM: the alias of an account.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::iam;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "CreateAccountAlias",
        fixture: iam::no_entity,
        input: r#"{"AccountAlias": "example-team"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"AccountAlias": "a--b"}"#,
            "'a--b' at 'accountAlias'",
            r#"Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#,
        ),
        permissions: required(&[on("iam:CreateAccountAlias", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteAccountAlias",
        fixture: iam::account_alias,
        input: r#"{"AccountAlias": "example-team"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"AccountAlias": "a--b"}"#,
            "'a--b' at 'accountAlias'",
            r#"Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#,
        ),
        permissions: required(&[on("iam:DeleteAccountAlias", "*")]),
        audit: writes(&[]),
    },
    Case {
        operation: "ListAccountAliases",
        fixture: iam::account_alias,
        input: "{}",
        answer: member("AccountAliases"),
        invalid: refused(r#"{"Marker": "not a marker"}"#, "ValidationError", "Invalid Marker."),
        permissions: required(&[on("iam:ListAccountAliases", "*")]),
        audit: reads(&[]),
    },
];
