//! Appends JSON to a buffer. Nothing is allocated but the buffer's growth.

use std::fmt::Display;
use std::io::Write;

/// An object that is being written: its members are separated by commas, and the brace is closed by [`Object::close`].
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    pub(super) fn open(out: &'a mut Vec<u8>) -> Object<'a> {
        out.push(b'{');
        Object { out, is_empty: true }
    }

    pub(super) fn close(self) {
        self.out.push(b'}');
    }

    /// Begins a member, whose value the caller writes. The name needs no escapes.
    pub(super) fn member(&mut self, name: &str) -> &mut Vec<u8> {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// Begins a member of any name.
    pub(super) fn entry(&mut self, name: &str) -> &mut Vec<u8> {
        self.separate();
        string(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// Begins a member whose name, which needs no escapes, is written with a small first letter.
    pub(super) fn camel_member(&mut self, name: &str) -> &mut Vec<u8> {
        let out = self.member(name);
        let first = out.len() - name.len() - 2;
        if let Some(first) = out.get_mut(first) {
            first.make_ascii_lowercase();
        }
        out
    }

    /// Writes a member, or takes back its name if it has no value that may be written.
    pub(super) fn optional(&mut self, write: impl FnOnce(&mut Object<'_>) -> bool) {
        let (before, was_empty) = (self.out.len(), self.is_empty);
        if !write(self) {
            self.out.truncate(before);
            self.is_empty = was_empty;
        }
    }

    pub(super) fn object(&mut self, name: &str) -> Object<'_> {
        Object::open(self.member(name))
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        string(self.member(name), value);
    }

    /// Null for no text.
    pub(super) fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    /// Quotes a value whose text needs no escapes.
    pub(super) fn plain(&mut self, name: &str, value: impl Display) {
        let out = self.member(name);
        out.push(b'"');
        display(out, value);
        out.push(b'"');
    }

    pub(super) fn null(&mut self, name: &str) {
        self.member(name).extend_from_slice(b"null");
    }

    pub(super) fn boolean(&mut self, name: &str, value: bool) {
        boolean(self.member(name), value);
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
    }
}

/// Writes the values of a list that there are.
pub(super) fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, write: impl Fn(&mut Vec<u8>, T) -> bool) {
    out.push(b'[');
    let mut is_empty = true;
    for item in items {
        let before = out.len();
        if !is_empty {
            out.push(b',');
        }
        match write(out, item) {
            true => is_empty = false,
            false => out.truncate(before),
        }
    }
    out.push(b']');
}

pub(super) fn display(out: &mut Vec<u8>, value: impl Display) {
    // Writing to a buffer cannot fail, and none of the values written here has a failing `Display`.
    let _ = write!(out, "{value}");
}

pub(super) fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// A text in quotes, with the escapes of RFC 8259.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text.bytes().fold(false, |found, byte| found | needs_escape(byte)) {
        escaped(out, text.as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// There is no early exit where it is asked for each byte of a text, so that the compiler compares many bytes at a time.
fn needs_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

fn escaped(out: &mut Vec<u8>, mut rest: &[u8]) {
    while let Some(at) = rest.iter().position(|byte| needs_escape(*byte)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => display(out, format_args!("\\u{byte:04x}")),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn objects_and_lists() {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out);
        object.text("a", "x\"\\\n\r\t\u{1}\u{7f}é");
        object.text_or_null("b", None);
        object.boolean("c", true);
        object.plain("d", 12);
        object.object("e").close();
        object.optional(|object| {
            object.null("h");
            false
        });
        display(object.camel_member("KeyId"), 1);
        list(object.member("f"), [1, 2, 3, 4].into_iter(), |out, n| {
            display(out, n);
            n % 2 == 0
        });
        string(object.entry("g\""), "");
        object.close();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"a\":\"x\\\"\\\\\\n\\r\\t\\u0001\u{7f}é\",\"b\":null,\"c\":true,\"d\":\"12\",\"e\":{},\"keyId\":1,\"f\":[2,4],\"g\\\"\":\"\"}"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            string(&mut out, &text);
            prop_assert!(out.iter().all(|b| *b >= 0x20), "a record has no line breaks");
            prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), Value::String(text));
        }
    }
}
