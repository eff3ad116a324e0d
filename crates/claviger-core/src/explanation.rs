//! Why a permission is given or denied, for operators. Callers never see it.

use claviger_policy::{AllowedAs, Decision, Denial, ExplainedPolicies, ExplainedStatement, StatementRef, cut};
use serde::Serialize;

/// The decision on one permission, and every statement that names the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The caller's ARN.
    pub principal: String,
    /// `kms:Decrypt`
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The account whose resource it is.
    pub resource_account: String,
    /// Whether the caller has the permission.
    pub allowed: bool,
    /// The decision in AWS's words.
    pub reason: String,
    /// The statements that decided; none if none applies.
    pub decided_by: Vec<DecidingStatement>,
    /// The policies that were looked at, by type.
    pub policies: Vec<PoliciesOfType>,
    /// The part of the grants on the key; absent if they were not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<&'static str>,
    /// The condition keys of the request and their values, without those that are read from the store only if a policy asks.
    pub conditions: Vec<(String, Vec<String>)>,
}

/// A statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidingStatement {
    /// `identity-based policy`, ...
    pub policy_type: &'static str,
    /// A managed policy's ARN, or the name of an inline one; null for the policy of a resource.
    pub policy: Option<String>,
    /// The statement; null where no policy but the principal itself decided: the root, a grant.
    pub statement: Option<StatementName>,
}

/// The place of a statement in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementName {
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Its place, from 0.
    pub index: usize,
}

/// The policies of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoliciesOfType {
    /// `identity-based policy`, ...
    pub policy_type: &'static str,
    /// How many there are.
    pub count: usize,
    /// Their statements that name the action.
    pub statements: Vec<ConsideredStatement>,
}

/// A statement that names the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsideredStatement {
    /// The policy, as in [`DecidingStatement`].
    pub policy: Option<String>,
    /// The statement.
    #[serde(flatten)]
    pub statement: StatementName,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
    /// Whether it applies to the request.
    pub applies: bool,
    /// The forms in which it names the caller: `principal`, `role`, `account`, `anyone`.
    pub names_caller_as: Vec<&'static str>,
    /// Why it does not apply.
    pub lacks: Vec<String>,
}

/// What is asked, beside the policies.
pub(crate) struct Question<'a> {
    pub(crate) principal: &'a str,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) resource_account: &'a str,
    pub(crate) grants: Option<&'static str>,
    pub(crate) conditions: Vec<(String, Vec<String>)>,
}

impl Explanation {
    /// The explanation of a denial that no policy has decided.
    pub(crate) fn by_rule(question: Question<'_>, reason: &str) -> Explanation {
        Explanation {
            principal: question.principal.to_owned(),
            action: question.action.to_owned(),
            resource: cut(question.resource),
            resource_account: question.resource_account.to_owned(),
            allowed: false,
            reason: reason.to_owned(),
            decided_by: Vec::new(),
            policies: Vec::new(),
            grants: None,
            conditions: Vec::new(),
        }
    }

    /// The explanation of a decision.
    pub(crate) fn new(question: Question<'_>, decision: &Decision, policies: &[ExplainedPolicies]) -> Explanation {
        let action = question.action;
        let (allowed, reason, decided_by) = match decision {
            Decision::Allow { by } => {
                let by = by.iter().map(|reason| DecidingStatement {
                    policy_type: reason.policy_type.name(),
                    policy: reason.policy.as_deref().map(str::to_owned),
                    statement: reason.statement.as_ref().map(StatementName::of),
                });
                (true, format!("{action} is allowed"), by.collect())
            }
            Decision::Deny(denial) => (false, denial.tail(action), DecidingStatement::of(denial).into_iter().collect()),
        };
        Explanation {
            principal: question.principal.to_owned(),
            action: action.to_owned(),
            resource: question.resource.to_owned(),
            resource_account: question.resource_account.to_owned(),
            allowed,
            reason,
            decided_by,
            policies: policies.iter().map(PoliciesOfType::of).collect(),
            grants: question.grants,
            conditions: question.conditions,
        }
    }
}

impl DecidingStatement {
    /// The statement of an explicit denial.
    fn of(denial: &Denial) -> Option<DecidingStatement> {
        denial.explicit.then(|| DecidingStatement {
            policy_type: denial.policy_type.name(),
            policy: denial.policy.as_deref().map(str::to_owned),
            statement: denial.statement.as_ref().map(StatementName::of),
        })
    }
}

impl StatementName {
    fn of(statement: &StatementRef) -> StatementName {
        StatementName { sid: statement.sid.as_deref().map(str::to_owned), index: statement.index }
    }
}

impl PoliciesOfType {
    fn of(explained: &ExplainedPolicies) -> PoliciesOfType {
        PoliciesOfType {
            policy_type: explained.policy_type.name(),
            count: explained.policies,
            statements: explained.statements.iter().map(ConsideredStatement::of).collect(),
        }
    }
}

impl ConsideredStatement {
    fn of(explained: &ExplainedStatement) -> ConsideredStatement {
        ConsideredStatement {
            policy: explained.policy.as_deref().map(str::to_owned),
            statement: StatementName::of(&explained.statement),
            effect: if explained.allows { "Allow" } else { "Deny" },
            applies: explained.applies(),
            names_caller_as: explained.by.iter().filter_map(|by| form(*by)).collect(),
            lacks: explained.lacks.iter().map(ToString::to_string).collect(),
        }
    }
}

/// None for a policy that is attached to the caller and names nobody.
fn form(by: AllowedAs) -> Option<&'static str> {
    match by {
        AllowedAs::Anyone => Some("anyone"),
        AllowedAs::Account => Some("account"),
        AllowedAs::Role => Some("role"),
        AllowedAs::Exact => Some("principal"),
        AllowedAs::Identity => None,
    }
}
