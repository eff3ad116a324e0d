//! The query string: decoding, look-up, and its canonical form.

use claviger_types::strict::{self, EscapeError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::refusal::{Reason, Refusal};

/// All but the unreserved characters `A-Z a-z 0-9 - . _ ~` are written as `%XX`.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of a query string, decoded, in order of arrival.
#[derive(Default)]
pub(crate) struct Query(Vec<(Vec<u8>, Vec<u8>)>);

impl Query {
    /// Decodes a raw query. Empty pieces (`a&&b`) are dropped. A name without `=` has an empty value.
    pub(crate) fn parse(raw: &str) -> Result<Query, Refusal> {
        let pieces = raw.split('&').filter(|piece| !piece.is_empty());
        let decoded = pieces.map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Query(decoded.collect::<Result<_, _>>()?))
    }

    /// The first value under this name, with bytes that are not UTF-8 replaced: no valid value contains any.
    pub(crate) fn first(&self, name: &str) -> Option<String> {
        self.values(name).next().map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// How often the name occurs.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    /// The canonical form: each name and value encoded, sorted by encoded name and then by encoded value, leaving out
    /// the parameter `except`.
    pub(crate) fn canonical(&self, except: Option<&str>) -> String {
        let kept = self.0.iter().filter(|(name, _)| except.is_none_or(|e| e.as_bytes() != name));
        let mut pairs: Vec<(String, String)> = kept.map(|(name, value)| (encode(name), encode(value))).collect();
        pairs.sort_unstable();
        let written: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        written.join("&")
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter().filter(move |(n, _)| n == name.as_bytes()).map(|(_, value)| value)
    }
}

/// Percent-encodes all but unreserved characters, with upper-case digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// Undoes percent-encoding, and `+` for a space. The texts are AWS's.
fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    strict::percent_decode(text.as_bytes()).map_err(|error| {
        let text = match error {
            EscapeError::Incomplete => "Incomplete trailing escape % sequence".to_owned(),
            EscapeError::NotHex(digits) => {
                format!("Illegal hex character in escape % pattern: %{}", String::from_utf8_lossy(digits))
            }
        };
        Refusal::new(Reason::MalformedQuery, text)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form() {
        let check =
            |raw: &str, expected: &str| assert_eq!(Query::parse(raw).unwrap().canonical(None), expected, "{raw}");
        check("", "");
        check("Param2=value2&Param1=value1", "Param1=value1&Param2=value2");
        check("a=2&a=1&a", "a=&a=1&a=2");
        check("a=x+y&b=%7e%2f%e1%88%b4", "a=x%20y&b=~%2F%E1%88%B4");
        check("&&k==v&", "k=%3Dv");
        check("ab=1&a%2Db=2&a=3", "a=3&a-b=2&ab=1");
        check("ሴ=bar", "%E1%88%B4=bar");
    }

    #[test]
    fn escapes_are_strict() {
        let text = |raw: &str| Query::parse(raw).err().and_then(|refusal| refusal.message).unwrap();
        assert_eq!(text("a=%"), "Incomplete trailing escape % sequence");
        assert_eq!(text("a%4&b=1"), "Incomplete trailing escape % sequence");
        assert_eq!(text("a=%zz"), "Illegal hex character in escape % pattern: %zz");
        assert_eq!(text("a=%+1"), "Illegal hex character in escape % pattern: %+1");
    }

    #[test]
    fn leaves_one_parameter_out() {
        let query = Query::parse("b=1&X-Amz-Signature=00&a=2&x-amz-signature=3").unwrap();
        assert_eq!(query.canonical(Some("X-Amz-Signature")), "a=2&b=1&x-amz-signature=3");
    }
}
