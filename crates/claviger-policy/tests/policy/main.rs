//! The language as its users see it: documents and requests in, verdicts and decisions out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod decisions;
mod documents;
mod properties;
mod statements;
mod stored;

use claviger_policy::{Context, Policy, PolicyKind, Principal, Request, Verdict};

pub const ACCOUNT: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:home/ana/db-AbCdEf";

pub fn user(account: &str, name: &str) -> Principal {
    Principal {
        account: account.into(),
        arn: format!("arn:aws:iam::{account}:user/{name}"),
        role_arn: None,
        is_root: false,
        unique_id: format!("AIDAEXAMPLE{}", name.to_uppercase().repeat(4)),
    }
}

pub fn session(account: &str, role: &str, name: &str) -> Principal {
    Principal {
        account: account.into(),
        arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        role_arn: Some(format!("arn:aws:iam::{account}:role/path/{role}")),
        is_root: false,
        unique_id: format!("AROAEXAMPLE{}", role.to_uppercase().repeat(4)),
    }
}

pub fn root(account: &str) -> Principal {
    Principal {
        account: account.into(),
        arn: format!("arn:aws:iam::{account}:root"),
        role_arn: None,
        is_root: true,
        unique_id: account.into(),
    }
}

/// A document of version 2012-10-17 with these statements.
pub fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

pub fn policy(kind: PolicyKind, statements: &str) -> Policy {
    Policy::parse(&document(statements), kind).unwrap_or_else(|e| panic!("{statements}: {e}"))
}

/// A statement about everything, for one principal element (`"*"` or an object).
pub fn about_all(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":"*:*","Resource":"*"}}"#)
}

pub fn ask(policy: &Policy, principal: &Principal, action: &str, resource: &str, context: &Context) -> Verdict {
    policy.evaluate(&Request { principal, action, resource, context })
}
