//! The ways in which programs write a character of a secret: as it is, in a URL or a form, and in a string of JSON, Python or a shell.
//!
//! Encoders differ in the characters that they encode, so each character is recognised in each form, whatever form its neighbours have.

/// Where the secret ends in the text if it begins at `start`: the last of the places that fit. None if it does not begin there.
pub(crate) fn end_of(text: &[u8], start: usize, secret: &str) -> Option<usize> {
    let begins = *text.get(start)?;
    // Nearly all places of a text end here.
    if secret.as_bytes().first() != Some(&begins) && !b"%\\+".contains(&begins) {
        return None;
    }
    let (mut places, mut next) = (vec![start], Vec::new());
    let mut characters = secret.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' {
            // Each escape of an escape doubles the backslashes, so their number says nothing.
            while characters.next_if_eq(&'\\').is_some() {}
            backslashes(text, &places, &mut next);
        } else {
            places.iter().for_each(|at| character_ends(text, *at, character, &mut next));
        }
        std::mem::swap(&mut places, &mut next);
        next.clear();
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            return None;
        }
    }
    places.last().copied()
}

/// Adds the ends of one or more backslashes.
fn backslashes(text: &[u8], from: &[usize], ends: &mut Vec<usize>) {
    let mut places = from.to_vec();
    while !places.is_empty() {
        let mut next = Vec::new();
        places.iter().for_each(|at| character_ends(text, *at, '\\', &mut next));
        next.sort_unstable();
        next.dedup();
        ends.extend_from_slice(&next);
        places = next;
    }
}

/// Adds the ends of a character at a place, for each form that it may have there.
fn character_ends(text: &[u8], at: usize, character: char, ends: &mut Vec<usize>) {
    let Some(rest) = text.get(at..) else { return };
    ends.extend(literal(rest, character).map(|length| at + length));
    ends.extend(percent_encoded(rest, character).map(|length| at + length));
    if character == ' ' && rest.first() == Some(&b'+') {
        ends.push(at + 1);
    }
    if let Some(slashes) = slashes(rest) {
        let body = rest.get(slashes..).unwrap_or_default();
        for length in [named(body, character), numbered(body, character), byte_by_byte(body, character)] {
            ends.extend(length.map(|length| at + slashes + length));
        }
    }
}

/// The length of a character as it is.
fn literal(text: &[u8], character: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).as_bytes();
    text.starts_with(bytes).then_some(bytes.len())
}

/// The length of `%XX` for each byte of a character.
fn percent_encoded(text: &[u8], character: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut length = 0;
    for byte in character.encode_utf8(&mut bytes).bytes() {
        let rest = text.get(length..)?.strip_prefix(b"%")?;
        (hex(rest, 2)? == u32::from(byte)).then_some(())?;
        length += 3;
    }
    Some(length)
}

/// The length of the backslashes that begin an escape. JSON in a URL has them percent-encoded.
fn slashes(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(one) =
        text.get(length..).and_then(|rest| literal(rest, '\\').or_else(|| percent_encoded(rest, '\\')))
    {
        length += one;
    }
    (length > 0).then_some(length)
}

/// The length of an escape's rest that is the character itself or a letter for it.
fn named(text: &[u8], character: char) -> Option<usize> {
    let name = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        other => (!other.is_alphanumeric()).then_some(other)?,
    };
    literal(text, name).or_else(|| percent_encoded(text, name))
}

/// The length of an escape's rest that is the character's number: `xXX`, `uXXXX`, also as two surrogates, `UXXXXXXXX` or `u{X}`.
fn numbered(text: &[u8], character: char) -> Option<usize> {
    let number = u32::from(character);
    let digits = text.get(1..)?;
    match text.first()? {
        b'x' => (hex(digits, 2)? == number).then_some(3),
        b'U' => (hex(digits, 8)? == number).then_some(9),
        b'u' if digits.first() == Some(&b'{') => {
            let count = digits.iter().position(|byte| *byte == b'}')?.checked_sub(1)?;
            (hex(digits.get(1..)?, count)? == number).then_some(count + 3)
        }
        b'u' => {
            let mut units = [0; 2];
            let (first, second) = match *character.encode_utf16(&mut units) {
                [first] => (first, None),
                [first, second] => (first, Some(second)),
                _ => return None,
            };
            (hex(digits, 4)? == u32::from(first)).then_some(())?;
            let Some(second) = second else { return Some(5) };
            let rest = text.get(5..)?;
            let slashes = slashes(rest)?;
            let digits = rest.get(slashes..)?.strip_prefix(b"u")?;
            (hex(digits, 4)? == u32::from(second)).then_some(10 + slashes)
        }
        _ => None,
    }
}

/// The length of an escape's rest that is `xXX` for each byte of a character, as Python writes bytes.
fn byte_by_byte(text: &[u8], character: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut length = 0;
    for (index, byte) in character.encode_utf8(&mut bytes).bytes().enumerate() {
        if index > 0 {
            length += slashes(text.get(length..)?)?;
        }
        let digits = text.get(length..)?.strip_prefix(b"x")?;
        (hex(digits, 2)? == u32::from(byte)).then_some(())?;
        length += 3;
    }
    Some(length)
}

/// The number that so many digits are, in upper or lower case.
fn hex(text: &[u8], count: usize) -> Option<u32> {
    let digits = text.get(..count).filter(|digits| (1..=8).contains(&digits.len()))?;
    digits.iter().try_fold(0, |number: u32, digit| Some(number << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the text is the secret, as a whole.
    fn is(text: &str, secret: &str) -> bool {
        end_of(text.as_bytes(), 0, secret) == Some(text.len())
    }

    #[test]
    fn each_form_of_a_character_is_recognised() {
        let forms = [
            ("a", vec!["a", "%61", r"\x61", r"\u0061", r"\U00000061", r"\u{61}"]),
            ("/", vec!["/", "%2f", "%2F", r"\/", r"\\/"]),
            ("\"", vec!["\"", "%22", r#"\""#, r#"\\\""#, "%5C%22", "%5c%5C%5C%22"]),
            ("\\", vec![r"\", r"\\", r"\\\\", "%5C", "%5C%5C", r"\x5c", r"\u005c"]),
            (r"\\", vec![r"\\", r"\\\\", "%5C%5C"]),
            ("\\\"\n", vec!["\\\"\n", r#"\\\"\n"#, "%5C%22%0A"]),
            (" ", vec![" ", "+", "%20", r"\ "]),
            ("\n\t\0", vec!["\n\t\0", r"\n\t\0", r"\u000a\x09\u0000", "%0A%09%00"]),
            ("é", vec!["é", "%C3%A9", "%c3%a9", r"\u00e9", r"\u00E9", r"\xe9", r"\xc3\xa9", r"\\xc3\\xa9", r"\u{e9}"]),
            ("😀", vec!["😀", "%F0%9F%98%80", r"\ud83d\ude00", r"\U0001f600", r"\u{1F600}", r"\xf0\x9f\x98\x80"]),
            // The escape of the first is the beginning of the escape of its bytes.
            ("Ãa", vec!["Ãa", r"\xc3a", r"\xc3\x83a", r"\xc3\x83\x61"]),
            ("%41", vec!["%41", "%2541", "%25%34%31"]),
        ];
        for (secret, forms) in forms {
            for form in forms {
                assert!(is(form, secret), "{form} is {secret:?}");
            }
        }
    }

    #[test]
    fn other_texts_are_no_form_of_a_secret() {
        for (text, secret) in [
            ("A", "a"),
            ("n", "\n"),
            (r"\n", "n"),
            (r"\a", "a"),
            ("%6", "a"),
            ("%+6", "\u{6}"),
            (r"\u", "a"),
            (r"\u006", "a"),
            (r"\u{}", "\0"),
            (r"\u{000000061}", "a"),
            (r"\ud83d", "😀"),
            (r"\ud83d\ude01", "😀"),
            ("%C3", "é"),
            ("+", "-"),
            ("ab", "abc"),
            ("", "a"),
        ] {
            assert_eq!(end_of(text.as_bytes(), 0, secret), None, "{text} and {secret:?}");
        }
        assert_eq!(end_of(b"ab", 7, "a"), None);
    }
}
