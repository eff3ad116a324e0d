//! The condition keys that a stranger cannot choose freely, and the values that stand for all that a stranger can have there.

use std::net::IpAddr;

use crate::condition::Condition;
use crate::context::{ConditionKey, Context};
use crate::glob::Atom;
use crate::operator::{Operand, Truth};
use crate::principal::Principal;
use crate::statement::Statement;
use crate::variables::Template;

/// What the values of a key look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Arn,
    /// Parts that a slash or a colon separates: the first one names the organization or the principal.
    Path(char),
    Address,
    /// A stranger is no AWS service.
    False,
}

/// Keys whose values say who or where the caller is (IAM User Guide, "AWS global condition context keys"). The last member says
/// whether every request has a value.
const KEYS: [(&str, Form, bool); 21] = [
    ("aws:principalaccount", Form::Text, true),
    ("aws:principalarn", Form::Arn, true),
    ("aws:principalisawsservice", Form::False, true),
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
    ("kms:calleraccount", Form::Text, true),
];

/// Keys of the resource. They are the same for every caller, so a policy may compare with them.
const RESOURCE_KEYS: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

/// The most combinations of fillings of a pattern's wildcards.
const FILLINGS_MAX: usize = 256;

/// The strangers of a policy.
pub(super) struct Strangers<'a> {
    statements: &'a [Statement],
    /// A text of which no part is in the policy.
    unnamed: String,
    principal: Principal,
}

impl<'a> Strangers<'a> {
    pub(super) fn of(statements: &'a [Statement]) -> Strangers<'a> {
        let patterns = || operands(statements).filter_map(|(_, operand)| template(operand)).flat_map(Template::atoms);
        let is_used = |c: char| patterns().any(|atom| atom == Atom::Char(c));
        // Of the private use area, which has more characters than a policy.
        let unused = ('\u{e000}'..='\u{f8ff}').find(|c| !is_used(*c)).unwrap_or('\u{e000}');
        // Longer than what any number of single wildcards matches.
        let longest =
            operands(statements).filter_map(|(_, operand)| template(operand)).map(|t| t.atoms().count()).max();
        let unnamed: String = std::iter::repeat_n(unused, longest.unwrap_or(0) + 1).collect();
        let principal = Principal {
            account: unnamed.clone(),
            arn: format!("arn:aws:iam::{unnamed}:user/{unnamed}"),
            role_arn: None,
            is_root: false,
            unique_id: unnamed.clone(),
        };
        Strangers { statements, unnamed, principal }
    }

    /// Any of them, for the principals that statements name.
    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether a stranger cannot choose how the condition turns out: its key says who or where the caller is, and its values are in
    /// the policy or of the resource.
    pub(super) fn are_bound_by(&self, condition: &Condition) -> bool {
        let is_closed = |operand: &Operand| template(operand).is_none_or(|t| t.variables().all(is_of_resource));
        form(condition.key.as_str()).is_some() && condition.values.iter().all(is_closed)
    }

    /// Requests of strangers that differ in one key. Each other value of the key has, under the conditions of the policy, the outcome
    /// of one of them.
    pub(super) fn requests(&self, key: &str) -> impl Iterator<Item = Context> {
        let (form, always) = form(key).unwrap_or((Form::Text, false));
        let on_key: Vec<&Operand> = operands(self.statements).filter(|(k, _)| *k == key).map(|(_, o)| o).collect();
        let facts = resource();
        let is_named =
            |value: &str| on_key.iter().any(|o| is_fixed(o, form) && o.compares(value, &facts) == Truth::True);
        let mut values = self.values(form, &on_key);
        values.retain(|value| !is_named(value));
        let absent = (!always).then(resource);
        let key = key.to_owned();
        absent.into_iter().chain(values.into_iter().map(move |value| {
            let mut request = resource();
            request.set(key.clone(), value);
            request
        }))
    }

    fn values(&self, form: Form, on_key: &[&Operand]) -> Vec<String> {
        let unnamed = &self.unnamed;
        match form {
            Form::False => vec!["false".to_owned()],
            Form::Address => addresses(on_key),
            Form::Text => self.filled(on_key, &[unnamed.clone(), String::new()], unnamed.clone()),
            Form::Path(separator) => {
                let path = format!("{unnamed}{separator}{unnamed}{separator}");
                self.filled(on_key, &[unnamed.clone(), String::new(), path.clone()], path)
            }
            Form::Arn => {
                let (begin, end) = (format!("arn:aws:iam::{unnamed}"), format!("{unnamed}:role/{unnamed}"));
                let whole = format!("{begin}:role/{unnamed}");
                let mut values =
                    self.filled(on_key, &[unnamed.clone(), String::new(), begin, end, whole.clone()], whole);
                values.retain(|value| value.starts_with("arn:") && value.matches(':').count() >= 5);
                values
            }
        }
    }

    /// The patterns with their wildcards filled in, and `other`, which matches none.
    fn filled(&self, on_key: &[&Operand], fillings: &[String], other: String) -> Vec<String> {
        let patterns = on_key.iter().filter_map(|operand| template(operand));
        let mut values: Vec<String> = patterns.flat_map(|pattern| fill(pattern, fillings, &self.unnamed)).collect();
        values.push(other);
        values
    }
}

fn operands(statements: &[Statement]) -> impl Iterator<Item = (&str, &Operand)> {
    let conditions = statements.iter().flat_map(|statement| &statement.conditions);
    conditions.flat_map(|condition| condition.values.iter().map(|value| (condition.key.as_str(), value)))
}

fn form(key: &str) -> Option<(Form, bool)> {
    KEYS.iter().find(|(name, ..)| *name == key).map(|(_, form, always)| (*form, *always))
}

fn is_of_resource(key: &ConditionKey) -> bool {
    RESOURCE_KEYS.contains(&key.as_str())
}

/// A request without a caller. Its resource is of an account and an organization that no caller here is of.
fn resource() -> Context {
    let mut context = Context::new();
    RESOURCE_KEYS.into_iter().for_each(|key| context.set(key, "the resource's own"));
    context
}

fn template(operand: &Operand) -> Option<&Template> {
    match operand {
        Operand::Equals(text)
        | Operand::EqualsIgnoreCase(text)
        | Operand::Like(text)
        | Operand::Arn(text)
        | Operand::Bool(text) => Some(text),
        Operand::Number(..) | Operand::Date(..) | Operand::Binary(_) | Operand::Address(_) | Operand::Null(_) => None,
    }
}

/// Whether the value names callers or places: all that it matches is of one account, organization, principal or network.
fn is_fixed(operand: &Operand, form: Form) -> bool {
    match operand {
        Operand::Equals(_) | Operand::EqualsIgnoreCase(_) => true,
        Operand::Like(pattern) | Operand::Arn(pattern) => {
            pattern.is_literal()
                || match form {
                    Form::Arn => pattern.fixes_account(),
                    Form::Path(separator) => pattern.fixes_first_part(separator),
                    Form::Text | Form::Address | Form::False => false,
                }
        }
        Operand::Address(network) => !network.is_broad(),
        _ => false,
    }
}

/// The addresses at which some range begins or the one after it does. Between two of them all addresses are in the same ranges.
fn addresses(on_key: &[&Operand]) -> Vec<String> {
    let ranges = on_key.iter().filter_map(|operand| match operand {
        Operand::Address(network) => Some(network),
        _ => None,
    });
    let lowest = [IpAddr::from([0; 4]), IpAddr::from([0; 16])];
    let edges = ranges.flat_map(|network| [Some(network.first()), network.after()]).flatten();
    lowest.into_iter().chain(edges).map(|address| address.to_string()).collect()
}

/// A pattern with each `*` replaced by one of the fillings, and each `?` by a character that the policy does not have.
fn fill(pattern: &Template, fillings: &[String], unnamed: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    for atom in pattern.atoms() {
        match atom {
            Atom::Char(c) => texts.iter_mut().for_each(|text| text.push(c)),
            Atom::AnyOne => texts.iter_mut().for_each(|text| text.extend(unnamed.chars().take(1))),
            // With many wildcards, the later ones are filled in one way only.
            Atom::AnyMany if texts.len() * fillings.len() > FILLINGS_MAX => {
                texts.iter_mut().for_each(|text| text.push_str(unnamed));
            }
            Atom::AnyMany => {
                let with =
                    |text: &String| fillings.iter().map(|filling| format!("{text}{filling}")).collect::<Vec<_>>();
                texts = texts.iter().flat_map(with).collect();
            }
        }
    }
    texts
}
