//! A JSON reader for documents that decide over access: a name may not be given twice, and nesting is bounded.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

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
pub(crate) fn parse(text: &str) -> Result<Json, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Node { depth_left: DEPTH_MAX }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Node {
    depth_left: usize,
}

impl Node {
    fn child<E: Error>(self) -> Result<Node, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Node { depth_left }),
            None => Err(E::custom("nested too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let child = self.child()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(child)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let child = self.child()?;
        let mut seen = HashSet::new();
        let mut object = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            // Readers that take the first and readers that take the last would see two different policies.
            if !seen.insert(name.clone()) {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
            object.push((name, members.next_value_seed(child)?));
        }
        Ok(Json::Object(object))
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
