//! Wildcards: `*` for any run of characters, none included, and `?` for exactly one.

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom {
    /// Exactly this character.
    Char(char),
    /// Any one character.
    AnyOne,
    /// Any run of characters.
    AnyMany,
}

/// Reads `*` and `?` as wildcards and everything else as itself.
pub(crate) fn compile(text: &str) -> Vec<Atom> {
    text.chars().map(Atom::from_char).collect()
}

/// Whether the whole text fits the whole pattern.
///
/// Only the latest `*` is ever widened: if a later part cannot be placed after it, widening an earlier one would not help
/// either. So the cost is at most the pattern's length times the text's, and close to their sum in practice.
pub(crate) fn matches(pattern: &[Atom], text: &str) -> bool {
    matches_with(pattern, text, &|c| c, &|text, wanted| text.find(wanted))
}

/// As [`matches`] for a text whose characters are folded first, such as to lower case.
pub(crate) fn matches_folded(pattern: &[Atom], text: &str, fold: impl Fn(char) -> char) -> bool {
    let find = |text: &str, wanted: char| text.char_indices().find(|(_, c)| fold(*c) == wanted).map(|(at, _)| at);
    matches_with(pattern, text, &fold, &find)
}

/// `find` gives the place of the first character of a text that folds to the wanted one.
fn matches_with(
    pattern: &[Atom],
    text: &str,
    fold: &impl Fn(char) -> char,
    find: &impl Fn(&str, char) -> Option<usize>,
) -> bool {
    let Some((between, rest)) = without_ends(pattern, text, fold) else { return false };
    match between {
        [] => rest.is_empty(),
        [Atom::AnyMany] => true,
        _ => widen(between, rest, fold, find),
    }
}

/// Compares what stands before the first `*` and behind the last one, which have fixed places in the text. Most texts that do not
/// fit fail here. Gives the rest of both.
fn without_ends<'p, 't>(
    mut pattern: &'p [Atom],
    text: &'t str,
    fold: &impl Fn(char) -> char,
) -> Option<(&'p [Atom], &'t str)> {
    let mut rest = text.chars();
    while let Some((atom, tail)) = pattern.split_first().filter(|(atom, _)| **atom != Atom::AnyMany) {
        rest.next().filter(|c| atom.accepts(fold(*c)))?;
        pattern = tail;
    }
    while let Some((atom, front)) = pattern.split_last().filter(|(atom, _)| **atom != Atom::AnyMany) {
        rest.next_back().filter(|c| atom.accepts(fold(*c)))?;
        pattern = front;
    }
    Some((pattern, rest.as_str()))
}

fn widen(
    mut pattern: &[Atom],
    mut text: &str,
    fold: &impl Fn(char) -> char,
    find: &impl Fn(&str, char) -> Option<usize>,
) -> bool {
    // Where the part behind a star can begin: nowhere before the next place of its first character.
    let start = |tail: &[Atom], text: &'_ str| match tail.first() {
        Some(Atom::Char(first)) => find(text, *first),
        _ => Some(0),
    };
    let mut latest_star: Option<(&[Atom], &str)> = None;
    loop {
        let mut rest = text.chars();
        match (pattern.split_first(), rest.next()) {
            (None, None) => return true,
            (Some((Atom::AnyMany, tail)), _) => {
                let Some(from) = start(tail, text).and_then(|at| text.get(at..)) else { return false };
                latest_star = Some((tail, from));
                (pattern, text) = (tail, from);
            }
            (Some((atom, tail)), Some(c)) if atom.accepts(fold(c)) => {
                pattern = tail;
                text = rest.as_str();
            }
            // The text is used up and the pattern is not: a wider star would leave even less text.
            (Some(_), None) => return false,
            _ => {
                let Some((tail, from)) = latest_star else { return false };
                let mut wider = from.chars();
                wider.next();
                let wider = wider.as_str();
                let Some(from) = start(tail, wider).and_then(|at| wider.get(at..)) else { return false };
                latest_star = Some((tail, from));
                (pattern, text) = (tail, from);
            }
        }
    }
}

impl Atom {
    pub(crate) fn from_char(c: char) -> Atom {
        match c {
            '*' => Atom::AnyMany,
            '?' => Atom::AnyOne,
            other => Atom::Char(other),
        }
    }

    fn accepts(self, c: char) -> bool {
        match self {
            Atom::Char(own) => own == c,
            Atom::AnyOne => true,
            Atom::AnyMany => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, at exponential cost.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => naive(&pattern[1..], text) || (!text.is_empty() && naive(pattern, &text[1..])),
            (Some('?'), Some(_)) => naive(&pattern[1..], &text[1..]),
            (Some(p), Some(t)) if p == t => naive(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    #[test]
    fn wildcards() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(matches(&compile(pattern), text), expected, "{pattern} on {text}");
        };
        check("", "", true);
        check("", "a", false);
        check("*", "", true);
        check("*", "a:b/c", true);
        check("?", "", false);
        check("?", "é", true);
        check("a?c", "abc", true);
        check("a*c", "ac", true);
        check("a*c", "abcbc", true);
        check("a*c", "abcb", false);
        check("*ab*ab", "abab", true);
        check("*ab*ab", "ab", false);
        check("**?", "a", true);
        check("key/*", "key/", true);
        check("Key/*", "key/x", false);
        check("a*?*b", "ab", false);
        check("a*?*b", "axb", true);
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = compile(&format!("{}b", "a*".repeat(5000)));
        assert!(!matches(&pattern, &"a".repeat(20_000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn equals_the_definition(pattern in "[ab*?é]{0,9}", text in "[abé]{0,10}") {
            let expected = naive(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&compile(&pattern), &text), expected);
            let lower = |c: char| c.to_ascii_lowercase();
            prop_assert_eq!(matches_folded(&compile(&pattern), &text.to_ascii_uppercase(), lower), expected);
        }
    }
}
