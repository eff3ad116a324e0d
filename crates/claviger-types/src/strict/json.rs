//! JSON without names that occur twice in an object, and with bounded nesting.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Up to this many names of an object are compared one by one, which is faster than hashing them.
const COMPARED_MAX: usize = 16;

/// The fault of a JSON text, with its line and column.
pub type JsonError = serde_json::Error;

/// A value that a JSON text is read into.
pub trait Json: Sized {
    /// `null`.
    fn null() -> Self;
    /// `true` or `false`.
    fn bool(value: bool) -> Self;
    /// A number without fraction and exponent, from -2^63 to 2^64 - 1.
    fn integer(value: i128) -> Self;
    /// Any other number, rounded to 64 bits.
    fn float(value: f64) -> Self;
    /// A string.
    fn text(value: &str) -> Self;
    /// An array.
    fn list(items: Vec<Self>) -> Self;
    /// An object, in the order of the text. The names are distinct.
    fn object(members: Vec<(String, Self)>) -> Self;
}

/// Reads exactly one value. Refused are: a name that occurs twice in an object, nesting
/// beyond `depth_max` arrays and objects, invalid UTF-8, lone surrogates, numbers beyond 64-bit floats, and bytes after the end.
/// Strings go to [`Json::text`] by reference; one that contains escapes passes through the lexer's own buffer, which is not wiped.
pub fn read_json<T: Json>(bytes: &[u8], depth_max: usize) -> Result<T, JsonError> {
    let mut lexer = serde_json::Deserializer::from_slice(bytes);
    let value = Node { depth_left: depth_max, value: PhantomData }.deserialize(&mut lexer)?;
    lexer.end()?;
    Ok(value)
}

/// A value that may have `depth_left` levels of arrays and objects.
struct Node<T> {
    depth_left: usize,
    value: PhantomData<T>,
}

impl<T> Node<T> {
    /// A value within this one.
    fn child<E: Error>(&self) -> Result<Node<T>, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Node { depth_left, value: PhantomData }),
            None => Err(E::custom("nested too deep")),
        }
    }

    fn again(&self) -> Node<T> {
        Node { depth_left: self.depth_left, value: PhantomData }
    }
}

impl<'de, T: Json> DeserializeSeed<'de> for Node<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, lexer: D) -> Result<T, D::Error> {
        lexer.deserialize_any(self)
    }
}

impl<'de, T: Json> Visitor<'de> for Node<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::null())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Ok(T::bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Ok(T::integer(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Ok(T::integer(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        Ok(T::float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        Ok(T::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        let child = self.child()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(child.again())? {
            list.push(item);
        }
        Ok(T::list(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<T, A::Error> {
        let child = self.child()?;
        let mut members: Vec<(String, T)> = Vec::new();
        let mut hashed: HashSet<String> = HashSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            // A reader that takes the first and one that takes the last would see two different documents.
            if occurs(&members, &mut hashed, &name) {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
            members.push((name, entries.next_value_seed(child.again())?));
        }
        Ok(T::object(members))
    }
}

/// Whether a member has this name. Beyond [`COMPARED_MAX`] names they are hashed, so that the time for an object of very many
/// names is not quadratic.
fn occurs<T>(members: &[(String, T)], hashed: &mut HashSet<String>, name: &str) -> bool {
    if members.len() < COMPARED_MAX {
        return members.iter().any(|(other, _)| other == name);
    }
    if hashed.is_empty() {
        hashed.extend(members.iter().map(|(other, _)| other.clone()));
    }
    !hashed.insert(name.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// The text of the value, written again.
    #[derive(Debug)]
    struct Written(String);

    impl Json for Written {
        fn null() -> Self {
            Written("null".to_owned())
        }
        fn bool(value: bool) -> Self {
            Written(value.to_string())
        }
        fn integer(value: i128) -> Self {
            Written(value.to_string())
        }
        fn float(value: f64) -> Self {
            Written(format!("{value:?}"))
        }
        fn text(value: &str) -> Self {
            Written(format!("{value:?}"))
        }
        fn list(items: Vec<Self>) -> Self {
            let items: Vec<String> = items.into_iter().map(|item| item.0).collect();
            Written(format!("[{}]", items.join(",")))
        }
        fn object(members: Vec<(String, Self)>) -> Self {
            let members: Vec<String> =
                members.into_iter().map(|(name, value)| format!("{name:?}:{}", value.0)).collect();
            Written(format!("{{{}}}", members.join(",")))
        }
    }

    fn read(text: &[u8]) -> Result<String, String> {
        read_json::<Written>(text, 4).map(|value| value.0).map_err(|error| error.to_string())
    }

    #[test]
    fn values() {
        let check = |text: &str, expected: &str| assert_eq!(read(text.as_bytes()).unwrap(), expected);
        check("null", "null");
        check(" [true, -7, 1.5, 1e3, \"\\u0041\"] ", "[true,-7,1.5,1000.0,\"A\"]");
        check("[9223372036854775808, 18446744073709551615]", "[9223372036854775808,18446744073709551615]");
        check("{\"z\":{},\"a\":{\"z\":[]}}", "{\"z\":{},\"a\":{\"z\":[]}}");
    }

    #[test]
    fn names_that_occur_twice() {
        assert_eq!(read(br#"{"a":1,"a":1}"#).unwrap_err(), "`a` is given twice at line 1 column 10");
        for text in [r#"{"a":1,"b":2,"\u0061":3}"#, r#"[{"b":{"a":1,"a":2}}]"#] {
            assert!(read(text.as_bytes()).unwrap_err().starts_with("`a` is given twice"), "{text}");
        }
        for count in [COMPARED_MAX - 1, COMPARED_MAX, COMPARED_MAX + 1, 1000] {
            let members: Vec<String> = (0..count).map(|n| format!("\"n{n}\":{n}")).collect();
            assert!(read(format!("{{{}}}", members.join(",")).as_bytes()).is_ok());
            for again in [0, count - 1] {
                let error = read(format!("{{{},\"n{again}\":0}}", members.join(",")).as_bytes()).unwrap_err();
                assert!(error.starts_with(&format!("`n{again}` is given twice")), "{count}: {error}");
            }
        }
    }

    #[test]
    fn other_refusals() {
        let refused = |text: &[u8]| assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
        for text in
            ["", "{} {}", "\u{feff}{}", "{\"a\":\"\\ud800\"}", "1e999", "NaN", "01", "[1,]", "\"\n\"", "[[[[[]]]]]"]
        {
            refused(text.as_bytes());
        }
        refused(b"\"\xff\"");
        refused(b"{\"\xff\":1}");
        assert!(read(b"[[[[]]]]").is_ok());
        for opening in ["[", "{\"a\":", "[{\"a\":"] {
            refused(opening.repeat(100_000).as_bytes());
        }
    }
}
