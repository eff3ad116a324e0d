//! A JSON reader for documents that decide over access: a name may not be given twice, and nesting is bounded.

use claviger_types::strict;

/// How deep values may nest. The language itself needs six levels.
const DEPTH_MAX: usize = 16;

/// A JSON value. Numbers are kept as text, since the language treats them as strings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// In the order of the document; names are distinct.
    Object(Vec<(String, Json)>),
}

/// Reads exactly one value. The error says what is wrong and where.
pub(crate) fn parse(text: &str) -> Result<Json, strict::JsonError> {
    strict::read_json(text.as_bytes(), DEPTH_MAX)
}

impl strict::Json for Json {
    fn null() -> Json {
        Json::Null
    }

    fn bool(value: bool) -> Json {
        Json::Bool(value)
    }

    fn integer(value: i128) -> Json {
        Json::Number(value.to_string())
    }

    fn float(value: f64) -> Json {
        Json::Number(value.to_string())
    }

    fn text(value: &str) -> Json {
        Json::String(value.to_owned())
    }

    fn list(items: Vec<Json>) -> Json {
        Json::Array(items)
    }

    fn object(members: Vec<(String, Json)>) -> Json {
        Json::Object(members)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let check = |text: &str, expected: Json| assert_eq!(parse(text).unwrap(), expected, "{text}");
        check("null", Json::Null);
        check("true", Json::Bool(true));
        check("-7", Json::Number("-7".into()));
        check("1.5", Json::Number("1.5".into()));
        check("\"\\u0041\"", Json::String("A".into()));
        check("[1]", Json::Array(vec![Json::Number("1".into())]));
        check("{\"a\":{}}", Json::Object(vec![("a".into(), Json::Object(vec![]))]));
    }

    #[test]
    fn refused() {
        let refused = |text: &str| assert!(parse(text).is_err(), "{text}");
        refused("");
        refused("{} {}");
        refused("{\"a\":1,\"a\":1}");
        refused("{\"a\":1,\"\\u0061\":1}");
        refused("[{\"b\":{\"a\":1,\"a\":2}}]");
        refused("\u{feff}{}");
        refused("{\"a\":\"\\ud800\"}");
        refused("1e999");
        refused("NaN");
        refused(&format!("{}{}", "[".repeat(17), "]".repeat(17)));
        assert!(parse(&format!("{}{}", "[".repeat(16), "]".repeat(16))).is_ok());
    }

    #[test]
    fn deep_nesting_does_not_touch_the_stack() {
        for opening in ["[", "{\"a\":", "[{\"a\":"] {
            assert!(parse(&opening.repeat(100_000)).is_err());
        }
    }
}
