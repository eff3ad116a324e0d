//! Text with wildcards and policy variables.

use crate::broken_rule::BrokenPolicyRule;
use crate::question::{KeyValue, Question};

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// This character.
    Char(char),
    /// Any characters, or none.
    Star,
    /// Any one character.
    QuestionMark,
}

/// A policy's text after variables have been replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expanded {
    /// The pieces.
    Pieces(Vec<Piece>),
    /// A variable has no value and no default, so that the text matches nothing.
    NoValue,
    /// It is not known which value a variable has.
    Unknown,
}

/// Whether a pattern matches the whole text.
pub fn matches(pattern: &[Piece], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((Piece::Star, rest)) => (0..=text.len()).any(|n| text.get(n..).is_some_and(|text| matches(rest, text))),
        Some((Piece::QuestionMark, rest)) => text.split_first().is_some_and(|(_, text)| matches(rest, text)),
        Some((Piece::Char(c), rest)) => {
            text.split_first().is_some_and(|(first, text)| first == c && matches(rest, text))
        }
    }
}

/// A text without variables. `*` and `?` are wildcards.
pub fn pattern(text: &str) -> Vec<Piece> {
    text.chars().map(piece).collect()
}

/// The characters of a text.
pub fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// The text that the pieces stand for where there are no wildcards, so that `*` and `?` are characters like any other.
pub fn literal(pieces: &[Piece]) -> String {
    let char = |piece: &Piece| match piece {
        Piece::Char(c) => *c,
        Piece::Star => '*',
        Piece::QuestionMark => '?',
    };
    pieces.iter().map(char).collect()
}

/// Replaces the variables of a text, if its document has them (version 2012-10-17). Wildcards are those of the policy's own text. A value that is put
/// in for a variable brings none (AWS does not say; otherwise a user could choose a name with a wildcard).
pub fn expand(text: &str, has_variables: bool, question: &Question<'_>) -> Expanded {
    if !has_variables && !question.breaks(BrokenPolicyRule::VariablesInOldVersion) {
        return Expanded::Pieces(pattern(text));
    }
    let mut pieces = Vec::new();
    let (mut missing, mut ambiguous) = (false, false);
    let mut rest = text;
    while let Some((before, variable, after)) = next_variable(rest) {
        pieces.extend(pattern(before));
        rest = after;
        let (key, default) = split_default(variable);
        match (key, question.lookup(key)) {
            ("*" | "?" | "$", _) if default.is_none() => pieces.extend(key.chars().map(Piece::Char)),
            (_, KeyValue::Single(value)) => pieces.extend(put_in(value, question)),
            (_, KeyValue::Ambiguous) => ambiguous = true,
            // "You can't use multivalued keys as variables."
            (_, KeyValue::Several(_)) => missing = true,
            (_, KeyValue::Absent) => {
                match default.filter(|_| !question.breaks(BrokenPolicyRule::IgnoreVariableDefault)) {
                    Some(default) => pieces.extend(default.chars().map(Piece::Char)),
                    None => missing = true,
                }
            }
        }
    }
    pieces.extend(pattern(rest));
    match (missing, ambiguous) {
        (false, false) => Expanded::Pieces(pieces),
        (true, false) => Expanded::NoValue,
        (_, true) => Expanded::Unknown,
    }
}

/// The text before the first variable, the variable without its brackets, and the text after it.
pub fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (variable, after) = rest.split_once('}')?;
    Some((before, variable, after))
}

/// `key, 'default'`.
fn split_default(variable: &str) -> (&str, Option<&str>) {
    let Some((key, default)) = variable.split_once(',') else { return (variable, None) };
    let default = default.trim();
    let unquoted = default.strip_prefix('\'').and_then(|d| d.strip_suffix('\''));
    (key.trim(), Some(unquoted.unwrap_or(default)))
}

fn put_in(value: &str, question: &Question<'_>) -> Vec<Piece> {
    if question.breaks(BrokenPolicyRule::WildcardsFromVariables) {
        pattern(value)
    } else {
        value.chars().map(Piece::Char).collect()
    }
}

fn piece(c: char) -> Piece {
    match c {
        '*' => Piece::Star,
        '?' => Piece::QuestionMark,
        _ => Piece::Char(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match() {
        let cases =
            [("a*c", "abbc", true), ("a*c", "ac", true), ("a?c", "ac", false), ("*", "", true), ("", "a", false)];
        for (glob, text, expected) in cases {
            assert_eq!(matches(&pattern(glob), &chars(text)), expected, "{glob} {text}");
        }
    }

    #[test]
    fn defaults_are_unquoted() {
        assert_eq!(split_default("aws:username, 'a, b'"), ("aws:username", Some("a, b")));
        assert_eq!(split_default("aws:username"), ("aws:username", None));
    }
}
