//! Whether a policy grants public access.

use crate::condition::Condition;
use crate::document::Policy;
use crate::operator::{Operand, Quantifier};
use crate::principal::PrincipalPattern;
use crate::statement::{Effect, Statement};

/// Keys whose fixed value restricts a request to known principals or places (IAM User Guide, "the meaning of public", for its own list
/// of keys).
const RESTRICTING_KEYS: [&str; 14] = [
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
    /// Whether some statement allows `*` without a condition that restricts it to known principals or places. `BlockPublicPolicy`
    /// refuses such policies. A Deny elsewhere in the document makes no difference.
    pub fn grants_public_access(&self) -> bool {
        self.statements.iter().any(is_public)
    }
}

fn is_public(statement: &Statement) -> bool {
    let names_anyone =
        statement.principals.as_ref().is_some_and(|clause| clause.patterns.contains(&PrincipalPattern::Anyone));
    statement.effect == Effect::Allow && names_anyone && !statement.conditions.iter().any(restricts)
}

/// Whether a condition restricts a statement to known principals or places. Every value has to be fixed, since one value is enough
/// for a match. Negated operators do not restrict, and neither do those that hold when the key is absent.
fn restricts(condition: &Condition) -> bool {
    let operator = condition.operator;
    let holds_without_key = operator.negated || operator.if_exists || operator.quantifier == Quantifier::All;
    !holds_without_key && RESTRICTING_KEYS.contains(&condition.key.as_str()) && condition.values.iter().all(is_fixed)
}

fn is_fixed(value: &Operand) -> bool {
    match value {
        Operand::Equals(text) | Operand::EqualsIgnoreCase(text) => text.is_literal(),
        Operand::Like(text) | Operand::Arn(text) => text.is_literal() || text.fixes_account(),
        Operand::Address(network) => !network.is_broad(),
        _ => false,
    }
}
