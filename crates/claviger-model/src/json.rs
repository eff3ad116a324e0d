//! JSON bodies: read with serde_json's lexer into a [`Tree`], and written from one.

use claviger_types::strict::{self, Json};
use zeroize::Zeroizing;

use crate::error::Serialization;
use crate::tree::{Number, Tree};

/// How deep lists and structures of a body may nest. The deepest request of the models has four levels.
pub const DEPTH_MAX: usize = 64;

/// Reads a JSON body, which must be an object, by [`strict::read_json`]. Texts are wiped on drop. A text that contains escapes
/// also passes through the lexer's own buffer, which is not wiped.
pub fn read_json(bytes: &[u8]) -> Result<Tree, Serialization> {
    match strict::read_json(bytes, DEPTH_MAX) {
        Ok(tree @ Tree::Map(_)) => Ok(tree),
        _ => Err(Serialization(None)),
    }
}

impl Json for Tree {
    fn null() -> Tree {
        Tree::Null
    }

    fn bool(value: bool) -> Tree {
        Tree::Bool(value)
    }

    fn integer(value: i128) -> Tree {
        Tree::Number(i64::try_from(value).map_or(Number::Float(value as f64), Number::Integer))
    }

    fn float(value: f64) -> Tree {
        Tree::Number(Number::Float(value))
    }

    fn text(value: &str) -> Tree {
        Tree::text(value)
    }

    fn list(items: Vec<Tree>) -> Tree {
        Tree::List(items)
    }

    fn object(members: Vec<(String, Tree)>) -> Tree {
        Tree::Map(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl Tree {
    /// This body as JSON. The memory is allocated in the final size, since a buffer that grows leaves copies of secrets behind.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        write(self)
    }
}

/// Writes twice: once to count, once into memory of exactly that size.
fn write(tree: &Tree) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    write_node(tree, &mut length);
    let mut out = Zeroizing::new(Vec::with_capacity(length.0));
    write_node(tree, &mut *out);
    out
}

trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

struct Length(usize);

impl Sink for Length {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

fn write_node(tree: &Tree, out: &mut impl Sink) {
    match tree {
        Tree::Null => out.put(b"null"),
        Tree::Bool(true) => out.put(b"true"),
        Tree::Bool(false) => out.put(b"false"),
        Tree::Number(Number::Integer(value)) => write_integer(*value, out),
        Tree::Number(Number::Float(value)) if value.is_finite() => write_float(*value, out),
        Tree::Number(Number::Float(_)) => out.put(b"null"),
        Tree::Text(text) => write_text(text, out),
        Tree::List(items) => {
            out.put(b"[");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.put(b",");
                }
                write_node(item, out);
            }
            out.put(b"]");
        }
        Tree::Map(members) => {
            out.put(b"{");
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.put(b",");
                }
                write_text(name, out);
                out.put(b":");
                write_node(value, out);
            }
            out.put(b"}");
        }
    }
}

fn write_integer(value: i64, out: &mut impl Sink) {
    if value < 0 {
        out.put(b"-");
    }
    let (mut digits, mut rest) = ([b'0'; 20], value.unsigned_abs());
    let mut begin = digits.len();
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        (*digit, begin) = (b'0' + (rest % 10) as u8, place);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.put(digits.get(begin..).unwrap_or_default());
}

/// The debug form of a float. It is valid JSON, and keeps a mark (`.0`, `e`) of its being a float.
fn write_float(value: f64, out: &mut impl Sink) {
    match as_milliseconds(value) {
        Some(ms) => write_seconds(ms, out),
        None => out.put(format!("{value:?}").as_bytes()),
    }
}

/// A number of seconds that is a moment with a fraction, in milliseconds. The search for the shortest decimal of a float is dear, and
/// most floats of an answer are moments. Floats of this size lie closer together than milliseconds, so no other decimal of three
/// places or fewer stands for the same float, and this one is the shortest.
fn as_milliseconds(value: f64) -> Option<i64> {
    const SECONDS_MAX: f64 = (1_u64 << 40) as f64;
    // Rounded by a cast: the functions of floats are calls on older processors.
    let ms = (value.abs() < SECONDS_MAX).then(|| (value * 1000.0 + 0.5_f64.copysign(value)) as i64)?;
    (ms as f64 / 1000.0 == value && ms % 1000 != 0).then_some(ms)
}

fn write_seconds(ms: i64, out: &mut impl Sink) {
    let (whole, thousandths) = ((ms / 1000).abs(), (ms % 1000).unsigned_abs());
    if ms < 0 {
        out.put(b"-");
    }
    write_integer(whole, out);
    let digits = [thousandths / 100, thousandths / 10 % 10, thousandths % 10].map(|digit| b'0' + digit as u8);
    let places = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    out.put(b".");
    out.put(digits.get(..places).unwrap_or_default());
}

fn write_text(text: &str, out: &mut impl Sink) {
    out.put(b"\"");
    if has_special(text.as_bytes()) {
        write_escaped(text, out);
    } else {
        out.put(text.as_bytes());
    }
    out.put(b"\"");
}

/// Whether a text has a character that needs an escape. All of them are ASCII. There is no early exit, so that the compiler compares
/// many bytes at a time.
fn has_special(text: &[u8]) -> bool {
    text.iter().fold(false, |found, byte| found | (*byte < b' ') | (*byte == b'"') | (*byte == b'\\'))
}

fn write_escaped(text: &str, out: &mut impl Sink) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, special) = rest.split_at(at);
        out.put(plain.as_bytes());
        let mut chars = special.chars();
        match chars.next() {
            Some('"') => out.put(b"\\\""),
            Some('\\') => out.put(b"\\\\"),
            Some('\n') => out.put(b"\\n"),
            Some('\r') => out.put(b"\\r"),
            Some('\t') => out.put(b"\\t"),
            Some(control) => out.put(format!("\\u{:04x}", u32::from(control)).as_bytes()),
            None => {}
        }
        rest = chars.as_str();
    }
    out.put(rest.as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(body: &[u8]) {
        assert_eq!(read_json(body), Err(Serialization(None)), "{}", String::from_utf8_lossy(body));
    }

    fn check(body: &str, expected: &str) {
        let tree = read_json(body.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(tree.to_json().to_vec()).unwrap(), expected);
    }

    #[test]
    fn reads_and_writes() {
        check(r#"{}"#, "{}");
        check(r#" {"a" : [1, -2.5, true, false, null, "x", {}] } "#, r#"{"a":[1,-2.5,true,false,null,"x",{}]}"#);
        check(r#"{"z":1,"a":2}"#, r#"{"z":1,"a":2}"#);
        check(r#"{"a":"\u00e9\ud83d\ude00\n\u0001\/\"\\"}"#, "{\"a\":\"é😀\\n\\u0001/\\\"\\\\\"}");
        check(
            r#"{"a":9223372036854775807,"b":9223372036854775808,"c":1e3}"#,
            r#"{"a":9223372036854775807,"b":9.223372036854776e18,"c":1000.0}"#,
        );
    }

    #[test]
    fn refuses_what_is_no_body() {
        for body in ["", "null", "1", "[]", "\"a\"", "{", "{}{}", "{} x", "{'a':1}", "{\"a\":01}", "{\"a\":1,}"] {
            refused(body.as_bytes());
        }
        refused(b"{\"a\":NaN}");
        refused(b"{\"a\":Infinity}");
        refused(b"{\"a\":1e999}");
        refused(b"{\"a\":\"\xff\"}");
        refused(b"{\"\xff\":1}");
        refused(br#"{"a":"\ud800"}"#);
        refused(br#"{"a":"\udc00\ud800"}"#);
        refused(b"{\"a\":\"\n\"}");
    }

    #[test]
    fn refuses_duplicate_names() {
        refused(br#"{"a":1,"a":1}"#);
        refused(br#"{"a":1,"b":2,"\u0061":3}"#);
        refused(br#"{"x":[{"a":1,"a":null}]}"#);
        assert!(read_json(br#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn refuses_deep_nesting() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(read_json(nested(DEPTH_MAX).as_bytes()).is_ok());
        refused(nested(DEPTH_MAX + 1).as_bytes());
        refused("[".repeat(1_000_000).as_bytes());
        refused("{\"a\":".repeat(1_000_000).as_bytes());
    }

    #[test]
    fn output_memory_is_sized_beforehand() {
        let tree = read_json(r#"{"SecretString":"a\nb\u0001é","List":[1.5,{"a":null}]}"#.as_bytes()).unwrap();
        let json = tree.to_json();
        assert_eq!(json.capacity(), json.len());
    }

    fn number(number: Number) -> String {
        String::from_utf8(Tree::Number(number).to_json().to_vec()).unwrap()
    }

    #[test]
    fn numbers_at_the_edges() {
        for value in [0, 1, -1, 9, 10, -10, i64::MAX, i64::MIN] {
            assert_eq!(number(Number::Integer(value)), value.to_string());
        }
        let floats =
            [0.0, -0.0, 0.001, -0.001, 0.5, 0.0005, 1.0, 1.5, 1e-7, 1.1e12, 1e15, 1e16, f64::MAX, f64::MIN_POSITIVE];
        for value in floats.into_iter().chain([(1_u64 << 40) as f64 - 0.001, (1_u64 << 40) as f64 + 0.001]) {
            assert_eq!(number(Number::Float(value)), format!("{value:?}"));
        }
    }

    pub(crate) fn any_tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::Bool),
            any::<i64>().prop_map(|value| Tree::Number(Number::Integer(value))),
            // Eighths, which every reader rounds alike.
            any::<i32>().prop_map(|value| Tree::Number(Number::Float(f64::from(value) / 8.0))),
            any::<String>().prop_map(|text| Tree::text(&text)),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Tree::List),
                prop::collection::btree_map(any::<String>(), inner, 0..8).prop_map(|members| Tree::Map(
                    members.into_iter().map(|(name, value)| (name.into(), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn numbers_are_written_as_the_library_writes_them(integer: i64, float: f64, ms in -2_000_000_000_000_000_i64..2_000_000_000_000_000) {
            prop_assert_eq!(number(Number::Integer(integer)), integer.to_string());
            for float in [float, ms as f64 / 1000.0, ms as f64 / 1_000_000.0, ms as f64 / 10_000.0] {
                if float.is_finite() {
                    prop_assert_eq!(number(Number::Float(float)), format!("{:?}", float));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn round_trip(tree in any_tree()) {
            let tree = Tree::Map(vec![("top".into(), tree)]);
            prop_assert_eq!(read_json(&tree.to_json()).unwrap(), tree);
        }

        #[test]
        fn other_readers_agree(tree in any_tree()) {
            let json = tree.to_json();
            let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
            let body = format!("{{\"top\":{value}}}");
            let top = read_json(body.as_bytes()).unwrap();
            let top = top.member("top").unwrap_or(&Tree::Null);
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&top.to_json()).unwrap(), value);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _result = read_json(&bytes);
        }

        #[test]
        fn damaged_bodies_never_panic(tree in any_tree(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut json = Tree::Map(vec![("top".into(), tree)]).to_json().to_vec();
            let at = at.index(json.len());
            json[at] = byte;
            let _result = read_json(&json);
        }
    }
}
