//! Random passwords, each of the possible ones as likely as every other.
//!
//! A password is drawn character by character from the whole alphabet. If it lacks a type of character that it must have, all of it
//! is drawn again. So no place prefers a type, as it would if the missing characters were put in afterwards.

use claviger_types::{Random, Sensitive};

/// The types of character, in the order of [`Alphabet::new`].
const TYPES: [&str; 5] = [
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    r##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##,
    " ",
];

/// Why no password can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordError {
    /// Fewer characters than types that must be in it.
    TooShort,
    /// A type that must be in it has no character left.
    NoCharactersOfAType,
    /// No character is left.
    NoCharacters,
}

/// The characters of a password, by their types.
#[derive(Debug)]
pub(crate) struct Alphabet {
    /// The characters that are left of each type that is included.
    types: Vec<Vec<u8>>,
    /// Whether each of these types must be in a password.
    requires_each: bool,
}

impl Alphabet {
    /// Lower case, upper case, digits, punctuation and the space, as far as they are included, without the excluded characters.
    pub(crate) fn new(included: [bool; 5], excluded: &str, requires_each: bool) -> Alphabet {
        let left = |characters: &str| characters.bytes().filter(|c| !excluded.as_bytes().contains(c)).collect();
        let types = TYPES.iter().zip(included).filter(|(_, included)| *included);
        Alphabet { types: types.map(|(characters, _)| left(characters)).collect(), requires_each }
    }

    /// A password of so many characters.
    pub(crate) fn password(&self, length: usize, random: &dyn Random) -> Result<Sensitive<String>, PasswordError> {
        let all = self.types.concat();
        if all.is_empty() {
            return Err(PasswordError::NoCharacters);
        }
        if self.requires_each && self.types.iter().any(Vec::is_empty) {
            return Err(PasswordError::NoCharactersOfAType);
        }
        if self.requires_each && length < self.types.len() {
            return Err(PasswordError::TooShort);
        }
        loop {
            let password = Sensitive::new(random.text(length, &all));
            let has = |one: &Vec<u8>| password.expose().bytes().any(|character| one.contains(&character));
            if !self.requires_each || self.types.iter().all(has) {
                return Ok(password);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeMap;

    use claviger_types::SeededRandom;
    use proptest::prelude::*;

    use super::*;

    const ALL: [bool; 5] = [true; 5];

    /// Every password of a small alphabet, counted. The chi-square statistic has as many degrees of freedom as there are passwords, less
    /// one; a fair source exceeds the bound once in ten million seeds, and the seed is fixed.
    #[test]
    fn every_possible_password_is_as_likely() {
        // "a", "B", "7": all words of three characters with each of them, and all words of two characters.
        let excluded: String = TYPES.concat().chars().filter(|c| !['a', 'b', 'B', '7'].contains(c)).collect();
        let types = [true, true, true, false, false];
        for (requires_each, length, possible) in [(true, 3, 12), (true, 4, 96 + 12), (false, 2, 16)] {
            let alphabet = Alphabet::new(types, &excluded, requires_each);
            let random = SeededRandom::new(7);
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            let draws = 2000 * possible;
            for _ in 0..draws {
                *counts.entry(alphabet.password(length, &random).unwrap().into_exposed()).or_default() += 1.0;
            }
            let words = words(length, requires_each);
            assert_eq!(counts.keys().cloned().collect::<Vec<_>>(), words);
            let expected = f64::from(draws) / words.len() as f64;
            let chi_square: f64 = counts.values().map(|count| (count - expected).powi(2) / expected).sum();
            let freedom = (words.len() - 1) as f64;
            assert!(chi_square < freedom + 5.2 * (2.0 * freedom).sqrt() + 20.0, "{length}: {chi_square} of {freedom}");
        }
    }

    /// All words over `a`, `b`, `B` and `7`, sorted.
    fn words(length: usize, requires_each: bool) -> Vec<String> {
        let mut words = vec![String::new()];
        for _ in 0..length {
            words = words.iter().flat_map(|word| ['7', 'B', 'a', 'b'].map(|c| format!("{word}{c}"))).collect();
        }
        let each = |word: &String| word.contains(['a', 'b']) && word.contains('B') && word.contains('7');
        words.retain(|word| !requires_each || each(word));
        words
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        let random = SeededRandom::new(1);
        let made = |included, excluded: &str, each, length| {
            Alphabet::new(included, excluded, each).password(length, &random).map(Sensitive::into_exposed)
        };
        assert_eq!(made(ALL, "", true, 4), Err(PasswordError::TooShort));
        assert_eq!(made(ALL, "", true, 5).unwrap().len(), 5);
        assert_eq!(made(ALL, "", false, 1).unwrap().len(), 1);
        assert_eq!(made(ALL, "0123456789", true, 32), Err(PasswordError::NoCharactersOfAType));
        assert_eq!(made(ALL, "0123456789", false, 32).unwrap().len(), 32);
        assert_eq!(made([false; 5], "", true, 32), Err(PasswordError::NoCharacters));
        assert_eq!(made([false, false, true, false, false], "0123456789", false, 32), Err(PasswordError::NoCharacters));
        // The rarest of all: each of five types, of which four have one character.
        let rare: String =
            TYPES.concat().chars().filter(|c| !"aB7! ".contains(*c) && !c.is_ascii_lowercase()).collect();
        assert_eq!(made(ALL, &rare, true, 5).unwrap().len(), 5);
    }

    proptest! {
        /// A password has the length, the types and the characters that were asked for.
        #[test]
        fn a_password_is_what_was_asked_for(included in any::<[bool; 5]>(), excluded in "[ -~]{0,40}", each in any::<bool>(), length in 1..200_usize, seed in any::<u64>()) {
            let alphabet = Alphabet::new(included, &excluded, each);
            if let Ok(password) = alphabet.password(length, &SeededRandom::new(seed)).map(Sensitive::into_exposed) {
                prop_assert_eq!(password.len(), length);
                let of = |c: char| TYPES.iter().position(|one| one.contains(c)).unwrap();
                prop_assert!(password.chars().all(|c| included[of(c)] && !excluded.contains(c)));
                for (at, _) in included.iter().enumerate().filter(|(_, included)| each && **included) {
                    prop_assert!(password.chars().any(|c| of(c) == at));
                }
            }
        }
    }
}
