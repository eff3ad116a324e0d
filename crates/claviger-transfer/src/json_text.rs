//! JSON strings that hold secrets. The JSON library unescapes strings in a buffer that it does not wipe, so these are taken raw and
//! unescaped here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Sensitive;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::wiping::WipingBuffer;

/// A JSON string with a secret. It can only be read from bytes or text in memory.
#[derive(Debug)]
pub(crate) struct SecretText(pub(crate) Sensitive<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretText, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        unescape(raw.get()).map(SecretText).ok_or_else(|| D::Error::custom("a string was expected"))
    }
}

/// A JSON string with secret bytes in base64.
#[derive(Debug)]
pub(crate) struct SecretBase64(pub(crate) Sensitive<Vec<u8>>);

impl<'de> Deserialize<'de> for SecretBase64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretBase64, D::Error> {
        let text = SecretText::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text.0.expose()).map_err(|_| D::Error::custom("base64 was expected"))?;
        Ok(SecretBase64(Sensitive::new(bytes)))
    }
}

/// The text of a JSON string; none if `raw` is another JSON value, or has half of a surrogate pair.
pub(crate) fn unescape(raw: &str) -> Option<Sensitive<String>> {
    let mut rest = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = WipingBuffer::new();
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at_checked(at)?;
        out.push(plain.as_bytes());
        let (character, after) = unescape_one(escape)?;
        let mut bytes = [0; 4];
        out.push(character.encode_utf8(&mut bytes).as_bytes());
        rest = after;
    }
    out.push(rest.as_bytes());
    out.into_text()
}

/// The character of the escape that `text` begins with, and what follows.
fn unescape_one(text: &str) -> Option<(char, &str)> {
    let (kind, rest) = (text.as_bytes().get(1)?, text.get(2..)?);
    let character = match kind {
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unit(rest),
        _ => return None,
    };
    Some((character, rest))
}

fn unescape_unit(text: &str) -> Option<(char, &str)> {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let (first, rest) = (unit(text)?, text.get(4..)?);
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, rest));
    }
    let rest = rest.strip_prefix("\\u")?;
    let second = unit(rest).filter(|second| (0xdc00..0xe000).contains(second))?;
    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    Some((char::from_u32(code)?, rest.get(4..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_the_library_reads(text in any::<String>(), ascii in any::<bool>()) {
            let mut raw = serde_json::to_string(&text).unwrap();
            if ascii {
                // The other form of JSON: every character beyond ASCII escaped in UTF-16.
                raw = raw.chars().map(|c| if c.is_ascii() { c.to_string() } else {
                    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
                }).collect();
            }
            let read = serde_json::from_str::<SecretText>(&raw).unwrap();
            prop_assert_eq!(read.0.expose(), &text);
        }
    }

    #[test]
    fn other_values_and_half_pairs_are_refused() {
        for raw in ["1", "null", "{}", r#""\ud800""#, r#""\ud800\u0041""#, r#""\udc00""#, r#""\x""#] {
            assert!(serde_json::from_str::<SecretText>(raw).is_err(), "{raw}");
        }
        assert_eq!(unescape(r#""\/\b\f\ud83d\ude00""#).unwrap().expose(), "/\u{8}\u{c}😀");
    }
}
