//! How the statements of all policies stand to one request: which apply, and what the others lack.
//!
//! It is asked for denials and by operators, never for a decision. It evaluates each part of a statement by itself, by the same functions as
//! a decision does.

use std::fmt;
use std::sync::Arc;

use crate::condition::Condition;
use crate::context::{ConditionKeys, ConditionValue};
use crate::decide::{Inputs, PolicyType, ResourceModel};
use crate::operator::Truth;
use crate::statement::{Effect, PreparedRequest, Statement};
use crate::verdict::{AllowedAs, StatementRef};

/// The most statements that an explanation lists of one type of policies. A caller can have many policies that name an action.
const STATEMENTS_MAX: usize = 20;

/// The most reasons that it gives for one statement.
const LACKS_MAX: usize = 5;

/// The most values of a condition key that it shows, and the most characters of each: a caller chooses many of them.
const VALUES_MAX: usize = 4;
const CHARACTERS_MAX: usize = 80;

/// The policies of one type, and their statements that name the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedPolicies {
    /// The type.
    pub policy_type: PolicyType,
    /// How many policies of the type there are.
    pub policies: usize,
    /// Their statements that name the action, in the order of evaluation; at most twenty.
    pub statements: Vec<ExplainedStatement>,
}

/// How a statement that names the action stands to the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStatement {
    /// A managed policy's ARN, or the name of an inline one; none for the policy of a resource.
    pub policy: Option<Arc<str>>,
    /// The statement.
    pub statement: StatementRef,
    /// Whether it allows or denies.
    pub allows: bool,
    /// The forms in which it names the principal.
    pub by: Vec<AllowedAs>,
    /// Why it does not apply, at most five reasons; nothing if it does.
    pub lacks: Vec<Lack>,
}

/// A reason why a statement does not apply to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// It names other principals.
    Principal,
    /// It names other resources.
    Resource,
    /// A condition does not hold.
    Condition {
        /// The condition's operator.
        operator: String,
        /// The condition key, in lower case.
        key: String,
        /// The request's values of the key, cut to what a line can show.
        found: Vec<String>,
        /// Whether the condition cannot be evaluated at all.
        is_unknown: bool,
    },
}

/// The policies that a decision of these inputs looks at, in the order in which AWS names their types.
pub fn explain(inputs: &Inputs<'_>) -> Vec<ExplainedPolicies> {
    let prepared = PreparedRequest::new(&inputs.request);
    let of_resource = match inputs.model {
        ResourceModel::Trust | ResourceModel::OwnTrust => PolicyType::Trust,
        ResourceModel::IdentityOnly | ResourceModel::Ordinary | ResourceModel::KeyPolicy => PolicyType::Resource,
    };
    let mut explained = Vec::new();
    if let Some(policy) = inputs.resource {
        let statements = policy.statements.iter().map(|statement| (None, statement));
        explained.push(of_type(of_resource, 1, statements, &prepared));
    } else if inputs.model != ResourceModel::IdentityOnly {
        explained.push(of_type(of_resource, 0, std::iter::empty(), &prepared));
    }
    let sets = [
        (PolicyType::Identity, Some(inputs.identity)),
        (PolicyType::Boundary, inputs.boundary),
        (PolicyType::Session, inputs.session),
    ];
    for (policy_type, set) in sets {
        let Some(set) = set else { continue };
        let statements = set.policies().iter().flat_map(|named| {
            named.policy.statements.iter().map(move |statement| (Some(Arc::clone(&named.id)), statement))
        });
        explained.push(of_type(policy_type, set.policies().len(), statements, &prepared));
    }
    explained
}

fn of_type<'p>(
    policy_type: PolicyType,
    policies: usize,
    statements: impl Iterator<Item = (Option<Arc<str>>, &'p Statement)>,
    prepared: &PreparedRequest<'_>,
) -> ExplainedPolicies {
    let statements = statements
        .filter(|(_, statement)| statement.matches_action(prepared.request.action))
        .take(STATEMENTS_MAX)
        .map(|(policy, statement)| ExplainedStatement {
            policy,
            statement: statement.reference.clone(),
            allows: statement.effect == Effect::Allow,
            by: statement.forms_matching(prepared.request.principal).iter().collect(),
            lacks: lacks(statement, prepared),
        });
    ExplainedPolicies { policy_type, policies, statements: statements.collect() }
}

/// Why a statement that names the action does not apply.
fn lacks(statement: &Statement, prepared: &PreparedRequest<'_>) -> Vec<Lack> {
    // What is unknown makes a Deny apply, and keeps an Allow from it.
    let fails = |truth| match truth {
        Truth::True => false,
        Truth::False => true,
        Truth::Unknown => statement.effect == Effect::Allow,
    };
    let mut lacks = Vec::new();
    if !statement.names(prepared.request.principal) {
        lacks.push(Lack::Principal);
    }
    if fails(statement.matches_prepared_resource(prepared)) {
        lacks.push(Lack::Resource);
    }
    let context = prepared.request.context;
    let failing = statement.conditions.iter().filter_map(|condition| {
        let truth = condition.holds(context);
        fails(truth).then(|| lack(condition, truth, context))
    });
    lacks.extend(failing.take(LACKS_MAX));
    lacks.truncate(LACKS_MAX);
    lacks
}

/// As much of a value as is shown.
pub fn cut(value: &str) -> String {
    match value.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}...", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn lack(condition: &Condition, truth: Truth, context: &dyn ConditionKeys) -> Lack {
    let found = match context.lookup(&condition.key) {
        ConditionValue::Absent | ConditionValue::Ambiguous => Vec::new(),
        ConditionValue::One(value) => vec![cut(value)],
        ConditionValue::Many(values) => values.iter().take(VALUES_MAX).map(|value| cut(value)).collect(),
    };
    Lack::Condition {
        operator: condition.operator.to_string(),
        key: condition.key.as_str().to_owned(),
        found,
        is_unknown: truth == Truth::Unknown,
    }
}

impl ExplainedStatement {
    /// Whether the statement applies to the request.
    pub fn applies(&self) -> bool {
        self.lacks.is_empty()
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lack::Principal => f.write_str("it names other principals"),
            Lack::Resource => f.write_str("it names other resources"),
            Lack::Condition { operator, key, found, is_unknown } => {
                let verb = if *is_unknown { "cannot be evaluated" } else { "does not hold" };
                write!(f, "its condition {operator} on {key} {verb}: ")?;
                match found.as_slice() {
                    [] => f.write_str("the request has no such value"),
                    values => write!(f, "the request has {}", values.join(", ")),
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
