//! The beginnings of names, or of other texts, that a list is restricted to.

use std::ops::Bound;

use super::order::SecretPlace;

/// No name has this character, so `PREFIX` with it comes after every name that begins with `PREFIX`.
const BEYOND: char = char::MAX;

/// Beginnings of texts, sorted. None begins with another one, so a text has at most one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes(Vec<String>);

/// A run of places in the order of names.
pub(super) type Run = (Bound<SecretPlace>, Bound<SecretPlace>);

impl Prefixes {
    /// The texts that begin with one of these.
    pub fn new<'a>(prefixes: impl Iterator<Item = &'a str>) -> Prefixes {
        let mut prefixes: Vec<String> = prefixes.map(str::to_owned).collect();
        prefixes.sort();
        // A prefix sorts before all that begin with it.
        prefixes.dedup_by(|later, earlier| later.starts_with(earlier.as_str()));
        Prefixes(prefixes)
    }

    /// Whether a text begins with one of these.
    pub fn begin(&self, text: &str) -> bool {
        self.iter().any(|prefix| text.starts_with(prefix))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The runs of places of these names after a place, in the order in which a list comes to them.
    pub(super) fn runs(&self, after: Option<&SecretPlace>, descending: bool) -> Vec<Run> {
        let place = |name: String| SecretPlace { date: 0, name: name.into() };
        let run = |prefix: &String| {
            let (first, beyond) = (place(prefix.clone()), place(format!("{prefix}{BEYOND}")));
            match after {
                Some(after) if descending && *after <= first => None,
                Some(after) if descending && *after < beyond => {
                    Some((Bound::Included(first), Bound::Excluded(after.clone())))
                }
                Some(after) if !descending && *after >= beyond => None,
                Some(after) if !descending && *after >= first => {
                    Some((Bound::Excluded(after.clone()), Bound::Excluded(beyond)))
                }
                _ => Some((Bound::Included(first), Bound::Excluded(beyond))),
            }
        };
        let mut runs: Vec<Run> = self.0.iter().filter_map(run).collect();
        if descending {
            runs.reverse();
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_others_stand_for_them() {
        let prefixes = Prefixes::new(["b", "ab", "a", "b/c", "c"].into_iter());
        assert_eq!(prefixes.0, ["a", "b", "c"]);
        assert_eq!(Prefixes::new(["x", ""].into_iter()).0, [""]);
        assert!(prefixes.begin("bc") && prefixes.begin("a") && !prefixes.begin("dab"));
    }
}
