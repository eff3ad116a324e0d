//! The models' regular expressions, in Java's dialect.

use std::sync::OnceLock;

use regex::Regex;

/// "A hyphen that no hyphen follows", the one look-ahead of the models. The `regex` crate has no look-ahead. Every hyphen of a
/// pattern that uses it is written in this form. Such a pattern therefore matches the same texts as with a plain hyphen, except
/// those with two hyphens in a row.
const SINGLE_HYPHEN: &str = "-(?!-)";

/// A pattern of a service's model, compiled when first used.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// From the model's text.
    pub const fn new(source: &'static str) -> Pattern {
        Pattern { source, compiled: OnceLock::new() }
    }

    /// The model's text, as error messages show it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches, under Java's rules. A pattern that does not compile matches nothing, so that a fault in
    /// the table refuses requests and does not let them pass. A test compiles every pattern.
    pub fn matches(&self, text: &str) -> bool {
        let has_refused_hyphens = || self.source.contains(SINGLE_HYPHEN) && text.contains("--");
        self.regex().is_some_and(|regex| regex.is_match(text)) && !has_refused_hyphens()
    }

    /// The expression, or none if the engine does not support it (other look-around).
    pub(crate) fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&translate(&self.source.replace(SINGLE_HYPHEN, "-"))).ok()).as_ref()
    }
}

/// From Java's dialect: its `\w`, `\d` and `\s` are ASCII, its `.` stops at every line terminator, and AWS matches the
/// whole text. The classes become bracketed ones, which may also stand within brackets.
fn translate(source: &str) -> String {
    let mut out = String::from(r"\A(?:");
    let mut brackets = 0_usize;
    let mut chars = source.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('w') => out.push_str("[0-9A-Za-z_]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some('d') => out.push_str("[0-9]"),
                Some('D') => out.push_str("[^0-9]"),
                Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
                Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '.' if brackets == 0 => out.push_str(r"[^\n\r\u0085\u2028\u2029]"),
            other => {
                match other {
                    '[' => brackets += 1,
                    ']' => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                out.push(other);
            }
        }
    }
    out.push_str(r")\z");
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{Kind, Shape, services};

    fn check(source: &'static str, matching: &[&str], others: &[&str]) {
        let pattern = Pattern::new(source);
        for text in matching {
            assert!(pattern.matches(text), "{source} should match {text:?}");
        }
        for text in others {
            assert!(!pattern.matches(text), "{source} should not match {text:?}");
        }
    }

    #[test]
    fn java_dialect() {
        check(r"[\w+=,.@-]+", &["a_B-9", "@.,"], &["", "é", "a b", "a\n"]);
        check(r"\d", &["7"], &["٧", "77", "7\n"]);
        check(r"[a-z\s]+", &["a b\tc\u{b}"], &["a\u{a0}b"]);
        check(r".+", &["aé"], &["a\nb", "a\u{2028}b"]);
        check(r"^(a)$|^(b)$", &["a", "b"], &["ab", "a\n"]);
        check(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", &["", "Straße 7", "名"], &["a;b"]);
        check(r"[\u0009\u000A\u000D\u0020-\u00FF]+", &["a\n\té"], &["ā", "\u{1}"]);
        check(r"a\W\D\S", &["a-b!"], &["abb!", "a-1!", "a-b "]);
    }

    #[test]
    fn hyphens_one_by_one() {
        let account_alias = "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
        check(account_alias, &["abc", "a-b", "a-b-c", "0-0"], &["a--b", "-ab", "ab-", "ab", "A-b", "a-b--c"]);
    }

    #[test]
    fn beyond_the_engine_matches_nothing() {
        check(r"^a(?!b)c$", &[], &["ac", "abc", ""]);
    }

    #[test]
    fn every_pattern_of_the_models_compiles() {
        let mut count = 0;
        for service in services() {
            for operation in service.operations {
                for shape in [operation.input, operation.output].into_iter().flatten() {
                    compile(shape, &mut count);
                }
            }
        }
        assert!(count > 100, "only {count} patterns found");
    }

    fn compile(shape: &Shape, count: &mut usize) {
        if let Some(pattern) = shape.pattern {
            assert!(pattern.regex().is_some(), "{}", pattern.source());
            *count += 1;
        }
        match shape.kind {
            Kind::Structure(members) => members.iter().for_each(|member| compile(member.shape, count)),
            Kind::List(member) => compile(member, count),
            Kind::Map(key, value) => [key, value].into_iter().for_each(|shape| compile(shape, count)),
            _ => {}
        }
    }
}
