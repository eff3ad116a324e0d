//! The headers, ordered by name for look-ups, and their canonical form.

use std::borrow::Cow;

use crate::refusal::Refusal;

/// Up to this many headers are searched one by one.
const SHORT: usize = 24;

/// The values of one name, each with the name.
pub(crate) type Values<'h> = &'h [(&'h str, &'h [u8])];

/// A request's headers, sorted by name; those of one name stay in order of arrival.
pub(crate) struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Headers<'a> {
    pub(crate) fn new(arrived: &'a [(String, Vec<u8>)]) -> Headers<'a> {
        Headers::from_iter(arrived.iter().map(|(name, value)| (name.as_str(), value.as_slice())))
    }

    /// All values under this name, in order of arrival.
    pub(crate) fn all(&self, name: &str) -> &[(&'a str, &'a [u8])] {
        // In a short list, comparing each name with `==`, which mostly compares lengths, is faster than a binary search.
        let start = match self.0.len() {
            0..=SHORT => self.0.iter().position(|(n, _)| *n == name).unwrap_or(self.0.len()),
            _ => self.0.partition_point(|(n, _)| *n < name),
        };
        let from_start = self.0.get(start..).unwrap_or_default();
        let len = from_start.iter().take_while(|(n, _)| *n == name).count();
        from_start.get(..len).unwrap_or_default()
    }

    /// As [`Headers::all`], with `host` and `:authority` as the same name. HTTP/2 has `:authority`, HTTP/1.1 has `host`, and a proxy
    /// may convert one into the other, which does not change the signed text.
    pub(crate) fn signed(&self, name: &str) -> &[(&'a str, &'a [u8])] {
        let twin = match name {
            "host" => ":authority",
            ":authority" => "host",
            _ => return self.all(name),
        };
        let own = self.all(name);
        if own.is_empty() { self.all(twin) } else { own }
    }

    /// The only value under this name as text, with bytes that are not UTF-8 replaced. Two values are
    /// refused, because a proxy and a server may choose different ones.
    pub(crate) fn single(&self, name: &str) -> Result<Option<Cow<'a, str>>, Refusal> {
        match self.all(name) {
            [] => Ok(None),
            [(_, value)] => Ok(Some(text(trim_blanks(value)))),
            _ => Err(Refusal::incomplete(format!("'{name}' must be given only once."))),
        }
    }

    /// The bytes of all names and values.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// Every name, sorted, with repetitions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Writes `name:value\n` for each signed name: values trimmed, inner runs of spaces and tabs made one space,
    /// repeated headers joined by a comma.
    pub(crate) fn write_canonical(&self, signed: &str, out: &mut Vec<u8>) {
        for name in signed.split(';') {
            out.extend_from_slice(name.as_bytes());
            for (index, (_, value)) in self.signed(name).iter().enumerate() {
                out.push(if index == 0 { b':' } else { b',' });
                write_trimmed(value, out);
            }
            out.push(b'\n');
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(arrived: I) -> Headers<'a> {
        let mut sorted: Vec<(&str, &[u8])> = arrived.into_iter().collect();
        sorted.sort_by_key(|(name, _)| *name);
        Headers(sorted)
    }
}

/// A value as text, with bytes that are not UTF-8 replaced. Most values are ASCII, which is checked several times faster without
/// replacing.
pub(crate) fn text(value: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
}

/// Spaces and tabs alone are no part of a value. Any other control character is, so that a value that has one differs from one without.
fn trim_blanks(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn write_trimmed(value: &[u8], out: &mut Vec<u8>) {
    if value.first() != Some(&b' ') && value.last() != Some(&b' ') && !has_run(value) {
        return out.extend_from_slice(value);
    }
    let words = value.split(|b| matches!(b, b' ' | b'\t')).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// Whether a value has a tab, or two spaces in a row. There is no early exit, so that the compiler compares many bytes at a time.
fn has_run(value: &[u8]) -> bool {
    let next = value.iter().skip(1).chain([&b'x']);
    value.iter().zip(next).fold(false, |found, (one, next)| found | (*one == b'\t') | (*one == b' ' && *next == b' '))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_without_runs_are_copied_as_they_would_be_rewritten(value in "[ \t\n\rab]{0,12}") {
            let words = value.split([' ', '\t']).filter(|word| !word.is_empty());
            let mut out = Vec::new();
            write_trimmed(value.as_bytes(), &mut out);
            prop_assert_eq!(out, words.collect::<Vec<_>>().join(" ").into_bytes());
        }
    }

    #[test]
    fn canonical_form() {
        let check = |arrived: &[(&str, &str)], signed: &str, expected: &str| {
            let headers = Headers::from_iter(arrived.iter().map(|(name, value)| (*name, value.as_bytes())));
            let mut out = Vec::new();
            headers.write_canonical(signed, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        };
        check(&[("b", " a   b\t c "), ("a", "1"), ("b", "2")], "a;b", "a:1\nb:a b c,2\n");
        check(&[("a", "")], "a", "a:\n");
        check(&[("a", "2"), ("a", "1"), ("c", "x")], "a", "a:2,1\n");
        check(&[(":authority", "h")], "host", "host:h\n");
        check(&[("host", "h")], ":authority", ":authority:h\n");
    }

    #[test]
    fn single_values() {
        let headers: Headers<'_> = [("a", &b" 1 "[..]), ("b", b"1"), ("b", b"1")].into_iter().collect();
        assert_eq!(headers.single("a"), Ok(Some("1".into())));
        assert_eq!(headers.single("c"), Ok(None));
        let controls: Headers<'_> = [("a", &b"\t \r1\n \t"[..])].into_iter().collect();
        assert_eq!(controls.single("a"), Ok(Some("\r1\n".into())));
        assert_eq!(headers.single("b"), Err(Refusal::incomplete("'b' must be given only once.")));
    }
}
