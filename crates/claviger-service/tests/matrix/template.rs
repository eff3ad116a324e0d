//! Names in angle brackets, and requests as the query protocol has them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The values of the names in an entry's texts.
pub(crate) type Names = BTreeMap<&'static str, String>;

/// A text with its names replaced.
pub(crate) fn fill(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
}

/// A JSON object with the names in its strings replaced.
pub(crate) fn request(json: &str, names: &Names) -> Value {
    let parsed = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    fill_value(parsed, names)
}

fn fill_value(value: Value, names: &Names) -> Value {
    match value {
        Value::String(text) => Value::String(fill(&text, names)),
        Value::Array(items) => items.into_iter().map(|item| fill_value(item, names)).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, fill_value(value, names))).collect(),
        other => other,
    }
}

/// A request with some members replaced; null removes one.
pub(crate) fn changed(request: &Value, change: &Value) -> Value {
    let mut members: Map<String, Value> = request.as_object().unwrap().clone();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(members)
}

/// A request's members as the pairs of a form: lists as `Tags.member.1.Key`.
pub(crate) fn form(request: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in request.as_object().unwrap() {
        add_pairs(name, value, &mut pairs);
    }
    pairs
}

fn add_pairs(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (n, item) in (1..).zip(items) {
                add_pairs(&format!("{name}.member.{n}"), item, pairs);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                add_pairs(&format!("{name}.{member}"), value, pairs);
            }
        }
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        other => pairs.push((name.to_owned(), other.to_string())),
    }
}
