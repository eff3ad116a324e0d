//! Patterns without `?`, as the texts between their stars: comparing texts is faster than comparing characters one by one.

use crate::glob::Atom;

/// A pattern of texts with any run of characters between them. One text alone is the whole pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literals(Box<[Box<str>]>);

impl Literals {
    /// None for a pattern with a `?`.
    pub(crate) fn of(pattern: &[Atom]) -> Option<Literals> {
        let text = |part: &[Atom]| {
            let chars = part.iter().map(|atom| match atom {
                Atom::Char(c) => Some(*c),
                Atom::AnyOne | Atom::AnyMany => None,
            });
            chars.collect::<Option<String>>().map(String::into_boxed_str)
        };
        pattern.split(|atom| *atom == Atom::AnyMany).map(text).collect::<Option<Box<[_]>>>().map(Literals)
    }

    /// Whether the whole text fits. Each part is taken where it stands first: if the later ones cannot be placed behind it there, they
    /// cannot be behind a later place either.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, between @ ..] = &*self.0 else { return false };
        let [between @ .., last] = between else { return **first == *text };
        let Some(rest) = text.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else { return false };
        let mut rest = rest.as_bytes();
        for part in between {
            match after(rest, part.as_bytes()) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        true
    }
}

/// What stands behind the first place of a part. Bytes can be compared: no character of UTF-8 begins inside of another one.
fn after<'t>(mut text: &'t [u8], part: &[u8]) -> Option<&'t [u8]> {
    let Some(first) = part.first() else { return Some(text) };
    loop {
        let at = text.iter().position(|byte| byte == first)?;
        let from = text.get(at..)?;
        if let Some(behind) = from.strip_prefix(part) {
            return Some(behind);
        }
        text = from.get(1..)?;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::glob;

    #[test]
    fn parts_are_placed_in_order() {
        let check = |pattern: &str, text: &str, expected: bool| {
            let literals = Literals::of(&glob::compile(pattern)).unwrap();
            assert_eq!(literals.matches(text), expected, "{pattern} on {text}");
        };
        check("*:1:key/a*", "eu:1:key/abc", true);
        check("*:1:key/a*", "eu:1:key/bbc", false);
        check("a*a", "a", false);
        check("a*b*a", "aba", true);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("*éa*", "xééay", true);
        assert!(Literals::of(&glob::compile("a?")).is_none());
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = Literals::of(&glob::compile(&format!("*{}b*", "a".repeat(5000)))).unwrap();
        assert!(!pattern.matches(&"a".repeat(20_000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn equals_the_glob(pattern in "[ab*é]{0,9}", text in "[abé]{0,10}") {
            let atoms = glob::compile(&pattern);
            prop_assert_eq!(Literals::of(&atoms).unwrap().matches(&text), glob::matches(&atoms, &text));
        }
    }
}
