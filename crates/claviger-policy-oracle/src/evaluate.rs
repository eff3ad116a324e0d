//! Evaluates one policy for one request.

use claviger_policy::{AllowedAs, PolicyKind};
use serde_json::Value as Json;

use crate::broken_rule::BrokenPolicyRule;
use crate::question::Question;
use crate::text::{self, Expanded, Piece};
use crate::truth::{self, Maybe};
use crate::{conditions, json, principals};

/// The statements of a policy that apply to a request, by their places in the document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applying {
    /// Those that deny.
    pub denies: Vec<usize>,
    /// Those that allow, with the form in which they name the caller.
    pub allows: Vec<(usize, AllowedAs)>,
}

/// Evaluates a policy.
pub fn evaluate(document: &Json, kind: PolicyKind, question: &Question<'_>) -> Applying {
    let mut applying = Applying::default();
    for (index, statement) in json::statements(document).into_iter().enumerate() {
        // KMS accepts a statement without an action or a resource, and it does nothing.
        if kind == PolicyKind::Key && !(has(statement, "Action") && has(statement, "Resource")) {
            continue;
        }
        let applies = applies(statement, json::has_variables(document), question);
        if statement.get("Effect").and_then(Json::as_str) == Some("Deny") {
            let known_or_not = applies.is_none() && !question.breaks(BrokenPolicyRule::UnknownNeverApplies);
            if (applies == Some(true) || known_or_not) && is_denied(statement, question) {
                applying.denies.push(index);
            }
        } else if applies == Some(true) {
            applying.allows.extend(allowed_as(statement, kind, question).into_iter().map(|form| (index, form)));
        }
    }
    applying
}

/// Whether a statement has a value for an element or for its `Not` form.
fn has(statement: &Json, element: &str) -> bool {
    let not = format!("Not{element}");
    let value = statement.get(element).or_else(|| statement.get(&not));
    value.is_some_and(|value| json::several(value).iter().any(|value| !value.is_null()))
}

/// Whether a Deny is for the caller.
fn is_denied(statement: &Json, question: &Question<'_>) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(element), _) => !principals::named_as(element, question.principal).is_empty(),
        (None, Some(element)) => !principals::spared(element, question),
        (None, None) => true,
    }
}

/// The forms in which an Allow names the caller. The policy of a user, role or session names nobody: it is for whom it is attached to.
fn allowed_as(statement: &Json, kind: PolicyKind, question: &Question<'_>) -> Vec<AllowedAs> {
    match statement.get("Principal") {
        Some(element) => principals::named_as(element, question.principal),
        None if matches!(kind, PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session) => {
            vec![AllowedAs::Identity]
        }
        None => Vec::new(),
    }
}

/// Whether the action, the resource and the condition of a statement match the request. Its principals are looked at by the caller.
fn applies(statement: &Json, has_variables: bool, question: &Question<'_>) -> Maybe {
    let condition = statement.get("Condition");
    truth::all([
        action_matches(statement, question),
        resource_matches(statement, has_variables, question),
        condition.map_or(Some(true), |block| conditions::block_holds(block, has_variables, question)),
    ])
}

/// "The prefix and the action name are case insensitive." `NotAction` matches everything except the listed actions.
fn action_matches(statement: &Json, question: &Question<'_>) -> Maybe {
    let lower = |text: &str| match question.breaks(BrokenPolicyRule::CaseSensitiveActions) {
        true => text.to_owned(),
        false => text.to_ascii_lowercase(),
    };
    let action = text::chars(&lower(question.action));
    let listed = |element: &Json| {
        let actions = json::several(element).into_iter().filter_map(json::text);
        truth::any(actions.map(|pattern| Some(text::matches(&text::pattern(&lower(&pattern)), &action))))
    };
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(element), _) => listed(element),
        (None, Some(element)) if question.breaks(BrokenPolicyRule::NotActionAsAction) => listed(element),
        (None, Some(element)) => truth::not(listed(element)),
        (None, None) => Some(false),
    }
}

/// Resources are compared with their case. A statement of a trust policy has none: it is about the role.
fn resource_matches(statement: &Json, has_variables: bool, question: &Question<'_>) -> Maybe {
    let listed = |element: &Json, without_value: Maybe| {
        let resources = json::several(element).into_iter().filter_map(json::text);
        truth::any(resources.map(|pattern| match one_resource_matches(&pattern, has_variables, question) {
            Found::Known(matches) => Some(matches),
            Found::Unknown => None,
            Found::NoValue => without_value,
        }))
    };
    match (statement.get("Resource"), statement.get("NotResource")) {
        // A variable without a value matches nothing.
        (Some(element), _) => listed(element, Some(false)),
        (None, Some(element)) if question.breaks(BrokenPolicyRule::NotResourceAsResource) => {
            listed(element, Some(false))
        }
        // AWS does not say what `NotResource` leaves out then.
        (None, Some(element)) => truth::not(listed(element, None)),
        (None, None) => Some(true),
    }
}

/// How a resource compares with a pattern.
enum Found {
    Known(bool),
    /// A variable of the pattern has no value and no default.
    NoValue,
    /// It is not known which value a variable has.
    Unknown,
}

/// The whole ARN is compared with the whole pattern. "You can use a policy variable in the Resource element, but only in the resource
/// portion of the ARN. This portion of the ARN appears after the fifth colon (:)." In front of it, a variable is text like any other.
fn one_resource_matches(pattern: &str, has_variables: bool, question: &Question<'_>) -> Found {
    let (front, portion) = match pattern.match_indices(':').nth(4) {
        Some((colon, _)) => pattern.split_at(colon),
        None => (pattern, ""),
    };
    let resource = text::chars(question.resource);
    let matches = |portion: Vec<Piece>| text::matches(&[text::pattern(front), portion].concat(), &resource);
    match text::expand(portion, has_variables, question) {
        Expanded::Pieces(portion) => Found::Known(matches(portion)),
        // The ARN is of another service, region or account.
        Expanded::NoValue | Expanded::Unknown if !matches(vec![Piece::Star]) => Found::Known(false),
        Expanded::NoValue => Found::NoValue,
        Expanded::Unknown => Found::Unknown,
    }
}
