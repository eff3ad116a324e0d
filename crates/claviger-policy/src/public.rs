//! Whether a policy lets in all the world.

use crate::condition::Condition;
use crate::document::Policy;
use crate::operator::{Operand, Quantifier};
use crate::principal::PrincipalPattern;
use crate::statement::{Effect, Statement};

/// Keys whose fixed value ties a request to someone or somewhere (IAM User Guide, "the meaning of public", for its own list
/// of keys).
const TYING_KEYS: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
    "kms:viaservice",
];

impl Policy {
    /// Whether some statement allows `*` without a condition that ties it to known principals or places. This is what
    /// `BlockPublicPolicy` refuses. A Deny elsewhere in the document does not excuse it.
    pub fn grants_public_access(&self) -> bool {
        self.statements.iter().any(is_public)
    }
}

fn is_public(statement: &Statement) -> bool {
    let names_anyone =
        statement.principals.as_ref().is_some_and(|clause| clause.patterns.contains(&PrincipalPattern::Anyone));
    statement.effect == Effect::Allow && names_anyone && !statement.conditions.iter().any(ties)
}

/// Every value has to be a fixed one: one that anybody fits makes the others useless. A negated operator leaves almost
/// everybody in, and an operator that an absent key satisfies leaves in those without it.
fn ties(condition: &Condition) -> bool {
    let operator = condition.operator;
    let holds_without_key = operator.negated || operator.if_exists || operator.quantifier == Quantifier::All;
    !holds_without_key && TYING_KEYS.contains(&condition.key.as_str()) && condition.values.iter().all(is_fixed)
}

fn is_fixed(value: &Operand) -> bool {
    match value {
        Operand::Equals(text) | Operand::EqualsIgnoreCase(text) => text.is_literal(),
        Operand::Like(text) | Operand::Arn(text) => text.is_literal() || text.fixes_account(),
        Operand::Address(network) => !network.is_broad(),
        _ => false,
    }
}
