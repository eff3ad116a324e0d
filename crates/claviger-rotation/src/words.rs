//! Splits the text of a command into words. No shell takes part: there are no variables, globs, pipes or comments.

/// Why a command cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A quote is opened and not closed.
    #[error("a quote is not closed")]
    OpenQuote,
    /// Nothing follows the last backslash.
    #[error("nothing follows the last backslash")]
    LastBackslash,
    /// No program can have it as an argument.
    #[error("there is a NUL character")]
    Nul,
    /// There is no program.
    #[error("there is no program")]
    Empty,
}

/// The words of a command.
///
/// Space, tab and line feed separate words. Within `'...'` each character stands for itself. Within `"..."` a backslash makes `"` and `\`
/// stand for themselves, and is kept before any other character. Elsewhere a backslash makes the next character stand for itself.
///
/// # Errors
///
/// See [`WordsError`].
pub fn split_words(text: &str) -> Result<Vec<String>, WordsError> {
    if text.contains('\0') {
        return Err(WordsError::Nul);
    }
    let mut words = Vec::new();
    // None between words. An empty pair of quotes is a word.
    let mut word: Option<String> = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' => single_quoted(&mut rest, word.get_or_insert_default())?,
            '"' => double_quoted(&mut rest, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(rest.next().ok_or(WordsError::LastBackslash)?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    if words.first().is_none_or(String::is_empty) { Err(WordsError::Empty) } else { Ok(words) }
}

fn single_quoted(rest: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), WordsError> {
    for c in rest.by_ref() {
        if c == '\'' {
            return Ok(());
        }
        word.push(c);
    }
    Err(WordsError::OpenQuote)
}

fn double_quoted(rest: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), WordsError> {
    while let Some(c) = rest.next() {
        match c {
            '"' => return Ok(()),
            '\\' => match rest.next().ok_or(WordsError::OpenQuote)? {
                escaped @ ('"' | '\\') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
    Err(WordsError::OpenQuote)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, words: &[&str]) {
        assert_eq!(split_words(text).unwrap(), words, "{text}");
    }

    #[test]
    fn quotes_and_backslashes() {
        check("/bin/rotate", &["/bin/rotate"]);
        check("  a\tb\nc  ", &["a", "b", "c"]);
        check(r#"a 'b c' "d e""#, &["a", "b c", "d e"]);
        check(r#"a '' """#, &["a", "", ""]);
        check(r#"a'b'"c"d"#, &["abcd"]);
        check(r#"a "x\"y\\z\n" 'x\y'"#, &["a", r#"x"y\z\n"#, r"x\y"]);
        check(r"a\ b \'c", &["a b", "'c"]);
        check("a $HOME;b|c>d #e *", &["a", "$HOME;b|c>d", "#e", "*"]);
    }

    #[test]
    fn refusals() {
        for (text, why) in [
            ("", WordsError::Empty),
            (" \t", WordsError::Empty),
            ("'' a", WordsError::Empty),
            ("a 'b", WordsError::OpenQuote),
            ("a \"b", WordsError::OpenQuote),
            ("a \"b\\", WordsError::OpenQuote),
            ("a \\", WordsError::LastBackslash),
            ("a\0b", WordsError::Nul),
        ] {
            assert_eq!(split_words(text), Err(why), "{text:?}");
        }
    }

    /// A word in one of the three ways of writing it.
    fn written(word: &str, way: u8) -> String {
        match way {
            0 if !word.contains('\'') => format!("'{word}'"),
            1 if !word.is_empty() => word.chars().flat_map(|c| ['\\', c]).collect(),
            _ => format!("\"{}\"", word.replace('\\', r"\\").replace('"', r#"\""#)),
        }
    }

    proptest! {
        #[test]
        fn written_words_are_read_again(
            words in prop::collection::vec(("[^\0]{0,12}", 0u8..3), 1..8),
            gap in "[ \t\n]{1,3}",
        ) {
            prop_assume!(words.first().is_some_and(|(word, _)| !word.is_empty()));
            let text: Vec<String> = words.iter().map(|(word, way)| written(word, *way)).collect();
            let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
            prop_assert_eq!(split_words(&text.join(&gap)).unwrap(), words);
        }

        #[test]
        fn no_text_panics_and_no_character_is_invented(text in any::<String>()) {
            if let Ok(words) = split_words(&text) {
                prop_assert!(!words.is_empty());
                let mut left = text.chars();
                for c in words.iter().flat_map(|word| word.chars()) {
                    prop_assert!(left.any(|of_text| of_text == c));
                }
            }
        }
    }
}
