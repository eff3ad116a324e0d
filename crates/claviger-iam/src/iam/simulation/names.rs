//! The condition keys that a policy document names, as it writes them.

use std::collections::BTreeSet;

use serde_json::Value;

/// The keys of the conditions of a document, and those of its policy variables.
pub(super) fn condition_keys(document: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(document) = serde_json::from_str::<Value>(document) {
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(statement) => std::slice::from_ref(statement),
            None => &[],
        };
        for statement in statements {
            for (_, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten() {
                found.extend(keys.as_object().into_iter().flatten().map(|(key, _)| key.clone()));
            }
            variables(statement, &mut found);
        }
    }
    found
}

/// Adds the keys of the policy variables in a value: `aws:username` for `${aws:username}` and for `${aws:username, 'nobody'}`.
fn variables(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let named = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
            let named = named.filter_map(|inner| inner.split(',').next()).map(str::trim);
            // `${*}`, `${?}` and `${$}` stand for the characters themselves.
            found.extend(named.filter(|key| key.contains(':')).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| variables(item, found)),
        Value::Object(members) => members.iter().for_each(|(_, member)| variables(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_conditions_and_of_variables() {
        let document = r#"{"Statement": [
            {"Resource": "a/${aws:username}/${*}/${aws:PrincipalTag/team, 'x'}", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Condition": {"StringEquals": {"kms:ViaService": ["${aws:userid}", "b"]}, "Null": {"x:y": true}}}
        ]}"#;
        let found: Vec<String> = condition_keys(document).into_iter().collect();
        let expected =
            ["aws:PrincipalTag/team", "aws:SecureTransport", "aws:userid", "aws:username", "kms:ViaService", "x:y"];
        assert_eq!(found, expected);
        assert!(condition_keys("{").is_empty() && condition_keys(r#"{"Statement": 7}"#).is_empty());
    }
}
