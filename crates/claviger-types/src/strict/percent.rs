//! Percent-encoding, as in forms and query strings.

/// An escape that does not stand for a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EscapeError<'a> {
    /// The text ends within an escape.
    #[error("an escape is incomplete")]
    Incomplete,
    /// The two bytes after the `%` are not hexadecimal digits.
    #[error("an escape has other than hexadecimal digits")]
    NotHex(&'a [u8]),
}

/// Undoes percent-encoding, and `+` for a space. The bytes need not be UTF-8.
pub fn percent_decode(text: &[u8]) -> Result<Vec<u8>, EscapeError<'_>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                let (digits, after) = after.split_at_checked(2).ok_or(EscapeError::Incomplete)?;
                out.push(hex_byte(digits).ok_or(EscapeError::NotHex(digits))?);
                rest = after;
            }
            other => out.push(*other),
        }
    }
    Ok(out)
}

/// The byte that two hexadecimal digits of either case stand for. None for other bytes and for more digits than a byte has.
pub fn hex_byte(digits: &[u8]) -> Option<u8> {
    let mut value: u32 = 0;
    for digit in digits {
        value = value * 16 + char::from(*digit).to_digit(16)?;
        if value > 255 {
            return None;
        }
    }
    u8::try_from(value).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let check =
            |text: &str, expected: &[u8]| assert_eq!(percent_decode(text.as_bytes()).unwrap(), expected, "{text}");
        check("", b"");
        check("a+b%20c%2B", b"a b c+");
        check("%C3%a9", "é".as_bytes());
        check("%ff%00", b"\xff\0");
        check("é", "é".as_bytes());
    }

    #[test]
    fn refuses_other_escapes() {
        for text in ["%", "a%4"] {
            assert_eq!(percent_decode(text.as_bytes()), Err(EscapeError::Incomplete), "{text}");
        }
        for (text, digits) in [("%zz", b"zz"), ("a%+1", b"+1"), ("%4gb", b"4g"), ("%%20", b"%2")] {
            assert_eq!(percent_decode(text.as_bytes()), Err(EscapeError::NotHex(digits)), "{text}");
        }
    }

    #[test]
    fn digits() {
        assert_eq!(hex_byte(b"fF"), Some(255));
        assert_eq!(hex_byte(b"07"), Some(7));
        for other in [b"0g".as_slice(), b"+1", b"100", b"fffffffffffffffff"] {
            assert_eq!(hex_byte(other), None);
        }
    }
}
