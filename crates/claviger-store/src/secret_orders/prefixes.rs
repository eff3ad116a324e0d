//! The beginnings of names that a list is restricted to.

use std::ops::Bound;

use super::order::SecretPlace;

/// No name has this character, so `PREFIX` with it comes after every name that begins with `PREFIX`.
const BEYOND: char = char::MAX;

/// Beginnings of names, in the order of names. None begins with another one, so a name has at most one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePrefixes(Vec<String>);

/// A run of places in the order of names.
pub(super) type Run = (Bound<SecretPlace>, Bound<SecretPlace>);

impl NamePrefixes {
    /// The names that begin with one of these.
    pub fn new<'a>(prefixes: impl Iterator<Item = &'a str>) -> NamePrefixes {
        let mut prefixes: Vec<String> = prefixes.map(str::to_owned).collect();
        prefixes.sort();
        // A prefix sorts before all that begin with it.
        prefixes.dedup_by(|later, earlier| later.starts_with(earlier.as_str()));
        NamePrefixes(prefixes)
    }

    /// Whether a name begins with one of these.
    pub fn begin(&self, name: &str) -> bool {
        self.0.iter().any(|prefix| name.starts_with(prefix.as_str()))
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
        let prefixes = NamePrefixes::new(["b", "ab", "a", "b/c", "c"].into_iter());
        assert_eq!(prefixes.0, ["a", "b", "c"]);
        assert_eq!(NamePrefixes::new(["x", ""].into_iter()).0, [""]);
        assert!(prefixes.begin("bc") && prefixes.begin("a") && !prefixes.begin("dab"));
    }
}
