//! JSON bodies: read with serde_json's lexer into a [`Tree`], and written from one.

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::error::Serialization;
use crate::tree::{Number, Tree};

/// How deep lists and structures of a body may nest. The deepest request of the models nests four.
pub const DEPTH_MAX: usize = 64;

/// Reads a JSON body. Refused are: anything but an object at the top, a name that occurs twice in an object, nesting
/// beyond [`DEPTH_MAX`], invalid UTF-8, lone surrogates, numbers beyond 64-bit floats, and bytes after the end.
/// Texts are wiped on drop; a text that contains escapes also passes through the lexer's own buffer, which is not.
pub fn read_json(bytes: &[u8]) -> Result<Tree, Serialization> {
    let mut lexer = serde_json::Deserializer::from_slice(bytes);
    let tree = Node { depth: 0 }.deserialize(&mut lexer).map_err(|_| Serialization(None))?;
    lexer.end().map_err(|_| Serialization(None))?;
    match tree {
        Tree::Map(_) => Ok(tree),
        _ => Err(Serialization(None)),
    }
}

/// A value below `depth` lists and objects.
#[derive(Clone, Copy)]
struct Node {
    depth: usize,
}

impl Node {
    fn child<E: de::Error>(self) -> Result<Node, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom("nested too deep"));
        }
        Ok(Node { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Tree;

    fn deserialize<D: de::Deserializer<'de>>(self, lexer: D) -> Result<Tree, D::Error> {
        lexer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Tree;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(Number::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(i64::try_from(value).map_or(Number::Float(value as f64), Number::Integer)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Number(Number::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let child = self.child()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(child)? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let child = self.child()?;
        let mut members: Vec<(String, Tree)> = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            members.push((name, entries.next_value_seed(child)?));
        }
        if has_duplicate(&members) {
            return Err(de::Error::custom("duplicate name"));
        }
        Ok(Tree::Map(members))
    }
}

/// Sorted once at the end rather than compared pair by pair, so that a body of very many names costs no square of them.
fn has_duplicate(members: &[(String, Tree)]) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}

/// Writes twice: once to count, once into memory of exactly that size.
pub(crate) fn write(tree: &Tree) -> Zeroizing<Vec<u8>> {
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
        Tree::Number(Number::Integer(value)) => out.put(value.to_string().as_bytes()),
        // The debug form of a float is valid JSON and keeps a mark (`.0`, `e`) of its being one.
        Tree::Number(Number::Float(value)) if value.is_finite() => out.put(format!("{value:?}").as_bytes()),
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

fn write_text(text: &str, out: &mut impl Sink) {
    out.put(b"\"");
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
    out.put(b"\"");
}
