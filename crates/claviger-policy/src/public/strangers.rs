//! The condition keys that say who or where the caller is, and how conditions on them turn out for strangers.

use crate::condition::Condition;
use crate::context::{ConditionKey, Context};
use crate::operator::{Comparison, Operand, Truth};
use crate::principal::Principal;
use crate::variables::Template;

/// What a value of a key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Arn,
    /// Parts that a slash or a colon separates: the first one names the organization or the principal.
    Path(char),
    Address,
}

/// The key that tells AWS's services from all others. Every request has it, and strangers are no services.
const IS_SERVICE: &str = "aws:principalisawsservice";

/// Keys whose values say who or where the caller is (IAM User Guide, "AWS global condition context keys"). The last member says
/// whether every request has a value.
const KEYS: [(&str, Form, bool); 19] = [
    ("aws:principalaccount", Form::Text, true),
    ("aws:principalarn", Form::Arn, true),
    ("aws:principalorgid", Form::Text, false),
    ("aws:principalorgpaths", Form::Path('/'), false),
    ("aws:principalservicename", Form::Text, false),
    ("aws:principalservicenameslist", Form::Text, false),
    ("aws:sourceaccount", Form::Text, false),
    ("aws:sourcearn", Form::Arn, false),
    ("aws:sourceip", Form::Address, false),
    ("aws:sourceorgid", Form::Text, false),
    ("aws:sourceorgpaths", Form::Path('/'), false),
    ("aws:sourceowner", Form::Text, false),
    ("aws:sourcevpc", Form::Text, false),
    ("aws:sourcevpcarn", Form::Arn, false),
    ("aws:sourcevpce", Form::Text, false),
    ("aws:userid", Form::Path(':'), true),
    ("aws:vpceaccount", Form::Text, false),
    ("aws:vpceorgid", Form::Text, false),
    ("aws:vpceorgpaths", Form::Path('/'), false),
];

/// Keys of the resource. They are the same for every caller, so a policy may compare with them.
const RESOURCE_KEYS: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

/// Whether a stranger's request has a value for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    Absent,
}

/// A principal that no policy names.
pub(super) fn principal() -> Principal {
    Principal {
        account: "stranger".to_owned(),
        arn: "arn:aws:iam::stranger:user/stranger".to_owned(),
        role_arn: None,
        is_root: false,
        unique_id: "stranger".to_owned(),
    }
}

/// Whether requests of strangers can have the key, and can be without it. None for a key that the caller chooses.
pub(super) fn presences(key: &str) -> Option<&'static [Presence]> {
    if key == IS_SERVICE {
        return Some(&[Presence::Present]);
    }
    KEYS.iter().find(|(name, ..)| *name == key).map(|(.., always)| match always {
        true => [Presence::Present].as_slice(),
        false => [Presence::Present, Presence::Absent].as_slice(),
    })
}

/// How a condition turns out for a stranger whose request has a value for its key, or has none. Unknown if it depends on the stranger,
/// or on what the stranger chooses.
pub(super) fn outcome(condition: &Condition, presence: Presence) -> Truth {
    let key = condition.key.as_str();
    let operator = condition.operator;
    if presence == Presence::Absent {
        return condition.holds(&Context::new());
    }
    if !condition.is_readable() {
        return Truth::Unknown;
    }
    if operator.comparison == Comparison::Null {
        return Truth::from(condition.values.contains(&Operand::Null(false)));
    }
    if key == IS_SERVICE {
        let mut request = Context::new();
        request.set(IS_SERVICE, "false");
        let is_closed = condition.values.iter().filter_map(template).all(|text| text.variables().next().is_none());
        return if is_closed { condition.holds(&request) } else { Truth::Unknown };
    }
    let Some((_, form, _)) = KEYS.iter().find(|(name, ..)| *name == key) else { return Truth::Unknown };
    // Each of the stranger's values compares with all of the policy's in the same way, so quantifiers make no difference.
    let compared = Truth::any(condition.values.iter().map(|value| compares(value, *form)));
    if operator.negated { compared.not() } else { compared }
}

/// Whether any value of a stranger compares with one of the policy's.
fn compares(value: &Operand, form: Form) -> Truth {
    match value {
        value if names_someone(value, form) => Truth::False,
        Operand::Like(pattern) | Operand::Arn(pattern) if pattern.is_anything() => Truth::True,
        _ => Truth::Unknown,
    }
}

/// Whether the value spells out callers or places: all that it matches is of one account, organization, principal or network. By
/// definition, strangers have none of these values.
fn names_someone(value: &Operand, form: Form) -> bool {
    match value {
        Operand::Equals(text) | Operand::EqualsIgnoreCase(text) => text.variables().all(is_of_resource),
        Operand::Like(pattern) | Operand::Arn(pattern) => {
            let has_no_wildcard = pattern.atoms().all(|atom| matches!(atom, crate::glob::Atom::Char(_)));
            (has_no_wildcard && pattern.variables().all(is_of_resource))
                || match form {
                    Form::Arn => pattern.fixes_account(),
                    Form::Path(separator) => pattern.fixes_first_part(separator),
                    Form::Text | Form::Address => false,
                }
        }
        Operand::Address(network) => !network.is_broad(),
        Operand::Number(..)
        | Operand::Date(..)
        | Operand::Bool(_)
        | Operand::Binary(_)
        | Operand::Null(_)
        | Operand::Unreadable => false,
    }
}

fn template(value: &Operand) -> Option<&Template> {
    match value {
        Operand::Equals(text)
        | Operand::EqualsIgnoreCase(text)
        | Operand::Like(text)
        | Operand::Arn(text)
        | Operand::Bool(text) => Some(text),
        Operand::Number(..)
        | Operand::Date(..)
        | Operand::Binary(_)
        | Operand::Address(_)
        | Operand::Null(_)
        | Operand::Unreadable => None,
    }
}

fn is_of_resource(key: &ConditionKey) -> bool {
    RESOURCE_KEYS.contains(&key.as_str())
}
