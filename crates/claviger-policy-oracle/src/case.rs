//! Policies and a request, as data.

use std::fmt;

use claviger_policy::{PolicyType, Principal, ResourceModel};
use serde_json::Value as Json;

/// A request and all policies that apply to it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The caller.
    pub principal: Principal,
    /// `kms:Decrypt`.
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The account that owns the resource.
    pub resource_account: String,
    /// How the resource's policy is evaluated.
    pub model: ResourceModel,
    /// The condition keys, in the order in which they were set.
    pub context: Vec<ContextEntry>,
    /// The policies of the user and its groups, or of the role.
    pub identity: Vec<Json>,
    /// The permissions boundary.
    pub boundary: Option<Json>,
    /// The session's policies. An empty list is a session that may do nothing.
    pub session: Option<Vec<Json>>,
    /// The policy of the key, secret or role.
    pub resource_policy: Option<Json>,
    /// The grant of KMS that allows the request, if any.
    pub grant: Option<GrantTo>,
}

/// A condition key of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    /// `aws:PrincipalTag/team`.
    pub name: String,
    /// The values. A single-valued key has exactly one.
    pub values: Vec<String>,
    /// Whether the key is multi-valued, such as `aws:TagKeys`, however many values it has here.
    pub multi_valued: bool,
}

/// To whom a grant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantTo {
    /// To the principal.
    Principal,
    /// To the principal's account.
    Account,
}

/// What an evaluator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request is allowed.
    Allow,
    /// A statement of a policy of this type denies it.
    ExplicitDeny(PolicyType),
    /// No policy of this type allows it.
    ImplicitDeny(PolicyType),
}

/// `allow`, `explicit deny by identity`, `implicit deny by resource`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |policy_type| format!("{policy_type:?}").to_lowercase();
        match self {
            Outcome::Allow => f.write_str("allow"),
            Outcome::ExplicitDeny(policy_type) => write!(f, "explicit deny by {}", name(policy_type)),
            Outcome::ImplicitDeny(policy_type) => write!(f, "implicit deny by {}", name(policy_type)),
        }
    }
}

impl ContextEntry {
    /// A single-valued key.
    pub fn one(name: &str, value: &str) -> ContextEntry {
        ContextEntry { name: name.to_owned(), values: vec![value.to_owned()], multi_valued: false }
    }

    /// A multi-valued key.
    pub fn many(name: &str, values: Vec<String>) -> ContextEntry {
        ContextEntry { name: name.to_owned(), values, multi_valued: true }
    }
}
