//! A request as statements see it, and the look-up of its condition keys.

use claviger_policy::Principal;

use crate::broken_rule::BrokenPolicyRule;
use crate::case::{Case, ContextEntry};

/// A request, and the rule that is broken.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The caller.
    pub principal: &'a Principal,
    /// The action.
    pub action: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// The condition keys.
    pub context: &'a [ContextEntry],
    /// The rule to break.
    pub broken: Option<BrokenPolicyRule>,
}

/// The value of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyValue<'a> {
    /// The request lacks the key.
    Absent,
    /// A single value.
    Single(&'a str),
    /// The values of a multi-valued key.
    Several(&'a [String]),
    /// Names that differ only by case, and nothing says which one is meant.
    Ambiguous,
}

impl<'a> Question<'a> {
    /// The request of a case.
    pub fn new(case: &'a Case, broken: Option<BrokenPolicyRule>) -> Question<'a> {
        Question {
            principal: &case.principal,
            action: &case.action,
            resource: &case.resource,
            context: &case.context,
            broken,
        }
    }

    /// Whether this rule is broken.
    pub fn breaks(&self, rule: BrokenPolicyRule) -> bool {
        self.broken == Some(rule)
    }

    /// The value of a key. Names are compared without regard to case (IAM User Guide, "Condition": "condition key names are not
    /// case-sensitive"). Of values of one spelling the last one counts. AWS does not say what two spellings mean.
    pub fn lookup(&self, name: &str) -> KeyValue<'a> {
        let is_named = |entry: &&ContextEntry| {
            if self.breaks(BrokenPolicyRule::CaseSensitiveKeys) {
                entry.name == name
            } else {
                entry.name.to_lowercase() == name.to_lowercase()
            }
        };
        let named: Vec<&ContextEntry> = self.context.iter().filter(is_named).collect();
        let Some(last) = named.last() else { return KeyValue::Absent };
        if named.iter().any(|entry| entry.name != last.name) && !self.breaks(BrokenPolicyRule::LastSpellingCounts) {
            return KeyValue::Ambiguous;
        }
        match last.values.as_slice() {
            [] => KeyValue::Absent,
            [value] if !last.multi_valued => KeyValue::Single(value),
            values => KeyValue::Several(values),
        }
    }
}
