//! Reads parts of policy documents: "scalars and arrays are interchangeable everywhere".

use serde_json::Value as Json;

/// One value, or the values of an array.
pub fn several(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

/// The text of a value. Numbers and booleans may stand without quotes. `null` has no text.
pub fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The statements of a document.
pub fn statements(document: &Json) -> Vec<&Json> {
    document.get("Statement").map(several).unwrap_or_default()
}

/// Whether a document says that it is of the version that has policy variables. Without a version it is of the old one.
pub fn has_variables(document: &Json) -> bool {
    document.get("Version").and_then(Json::as_str) == Some("2012-10-17")
}
