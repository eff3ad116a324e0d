//! The rules by which a document is refused. The list is small: it has those rules that the generator breaks on purpose.
//!
//! Source: docs/reference/policy-documents.md, which cites AWS's checks.

use claviger_policy::PolicyKind;
use serde_json::Value as Json;

use crate::json;
use crate::operators::Operator;
use crate::values;

/// The first rule that a document violates.
pub fn violation(document: &Json, kind: PolicyKind) -> Option<&'static str> {
    let statements = json::statements(document);
    if statements.is_empty() {
        return Some("there is no statement");
    }
    let version = document.get("Version").and_then(Json::as_str);
    if matches!(kind, PolicyKind::Identity | PolicyKind::Managed) && version == Some("2008-10-17") {
        return Some("a policy of a user or role is not of the old version");
    }
    if matches!(kind, PolicyKind::Managed | PolicyKind::Key) && version.is_none() {
        return Some("a managed policy and a key's policy say their version");
    }
    let sids: Vec<&str> =
        statements.iter().filter_map(|s| s.get("Sid")?.as_str()).filter(|sid| !sid.is_empty()).collect();
    if sids.iter().enumerate().any(|(n, sid)| sids.iter().take(n).any(|earlier| earlier == sid)) {
        return Some("a Sid stands twice");
    }
    statements.into_iter().find_map(|statement| in_statement(statement, kind, json::has_variables(document)))
}

fn in_statement(statement: &Json, kind: PolicyKind, has_variables: bool) -> Option<&'static str> {
    let attached = matches!(kind, PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session);
    let is_set = |element: &str| statement.get(element).is_some();
    for element in ["Action", "Resource", "Principal"] {
        if is_set(element) && is_set(&format!("Not{element}")) {
            return Some("an element stands beside its Not form");
        }
    }
    let has_principal = is_set("Principal") || is_set("NotPrincipal");
    if attached && has_principal {
        return Some("a policy of a user, role or session names no principal");
    }
    if !attached && !has_principal {
        return Some("a resource's policy names principals");
    }
    if is_set("NotPrincipal") && statement.get("Effect").and_then(Json::as_str) == Some("Allow") {
        return Some("NotPrincipal stands in a Deny only");
    }
    if kind == PolicyKind::Trust
        && [statement.get("Principal"), statement.get("NotPrincipal")].contains(&Some(&Json::from("*")))
    {
        return Some("a trust policy says AWS of the star");
    }
    let names = |element: &Json| match element {
        Json::Object(kinds) => !kinds.is_empty() && kinds.values().all(|names| !json::several(names).is_empty()),
        element => !json::several(element).is_empty(),
    };
    if !statement.get("Principal").or_else(|| statement.get("NotPrincipal")).is_none_or(names) {
        return Some("a principal names somebody");
    }
    let value = |element: &str| statement.get(element).or_else(|| statement.get(format!("Not{element}")));
    let is_empty = |element: &str| value(element).is_some_and(|value| json::several(value).is_empty());
    // KMS takes a statement without the element.
    let lacks = |element: &str| value(element).is_none() && kind != PolicyKind::Key || is_empty(element);
    if lacks("Action") {
        return Some("a statement has actions");
    }
    let actions = value("Action").map(json::several).unwrap_or_default();
    let is_of_sts = |action: String| action.to_ascii_lowercase().starts_with("sts:");
    if kind == PolicyKind::Trust && !actions.into_iter().filter_map(json::text).all(is_of_sts) {
        return Some("a trust policy has actions of STS");
    }
    if kind == PolicyKind::Trust && (is_set("Resource") || is_set("NotResource")) {
        return Some("a trust policy has no resource");
    }
    if lacks("Resource") && kind != PolicyKind::Trust {
        return Some("a statement has resources");
    }
    let resources =
        statement.get("Resource").or_else(|| statement.get("NotResource")).map(json::several).unwrap_or_default();
    if has_variables && resources.into_iter().filter_map(json::text).any(|resource| has_open_variable(&resource)) {
        return Some("a variable has an end");
    }
    statement.get("Condition").and_then(|block| in_condition(block, has_variables))
}

fn in_condition(block: &Json, has_variables: bool) -> Option<&'static str> {
    for (name, keys) in block.as_object().into_iter().flatten() {
        let operator = Operator::read(name);
        for values in keys.as_object().into_iter().flatten().map(|(_, values)| json::several(values)) {
            let Some(operator) = operator else { return Some("an operator is known") };
            let values: Vec<String> = values.into_iter().filter_map(json::text).collect();
            if operator.name.starts_with("Date") && !values.iter().all(|value| values::has_date_form(value)) {
                return Some("a date has one of the forms of dates");
            }
            if operator.has_variables() && has_variables && values.iter().any(|value| has_open_variable(value)) {
                return Some("a variable has an end");
            }
        }
    }
    None
}

/// Whether a `${` is not closed.
fn has_open_variable(text: &str) -> bool {
    text.rsplit("${").next().is_some_and(|last| text.contains("${") && !last.contains('}'))
}
