//! What a request says of itself: the values of condition keys.

use std::collections::HashMap;

/// The values of condition keys, looked up without regard to case.
///
/// Names that differ only by case are one key with several values, of which a policy can mean only one. Encryption contexts and
/// tags can hold such names, and whoever sets them may not be the policy's author: a decoy beside the real name must neither
/// earn an Allow nor escape a Deny. So the key is ambiguous then, however the policy spells it, and the condition cannot be
/// judged.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// By the lower-case name: the names as given, with their values.
    keys: HashMap<String, Vec<(String, Values)>>,
}

/// The name of a condition key in the form that lookups take: in lower case. A policy's keys are lower-cased once, when it is
/// compiled, and not at each of its evaluations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConditionKey(String);

impl ConditionKey {
    pub(crate) fn new(name: &str) -> ConditionKey {
        ConditionKey(name.to_lowercase())
    }

    /// In lower case.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone)]
enum Values {
    One(String),
    Many(Vec<String>),
}

/// What a request holds for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup<'a> {
    /// No value: the key was never set, or set to an empty list.
    Absent,
    /// The only value of a single-valued key.
    One(&'a str),
    /// The values of a multi-valued key; at least one.
    Many(&'a [String]),
    /// Several names differ only by case.
    Ambiguous,
}

impl Context {
    /// A request that says nothing of itself.
    pub fn new() -> Context {
        Context::default()
    }

    /// Gives a single-valued key its value, in place of an earlier one of the same spelling.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.put(key, Values::One(value.into()));
    }

    /// Gives a multi-valued key (`aws:TagKeys`, `kms:EncryptionContextKeys`) its values; none means that the key is absent.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.put(key, Values::Many(values));
    }

    /// Whether the key has a value, in any spelling.
    pub fn has(&self, key: &str) -> bool {
        self.lookup(&ConditionKey::new(key)) != Lookup::Absent
    }

    fn put(&mut self, key: &str, values: Values) {
        let spellings = self.keys.entry(key.to_lowercase()).or_default();
        spellings.retain(|(name, _)| name != key);
        spellings.push((key.to_owned(), values));
    }

    pub(crate) fn lookup(&self, key: &ConditionKey) -> Lookup<'_> {
        let Some(spellings) = self.keys.get(key.as_str()) else { return Lookup::Absent };
        match spellings.as_slice() {
            [] => Lookup::Absent,
            [(_, values)] => values.as_lookup(),
            _ => Lookup::Ambiguous,
        }
    }
}

impl Values {
    fn as_lookup(&self) -> Lookup<'_> {
        match self {
            Values::One(value) => Lookup::One(value),
            Values::Many(values) if values.is_empty() => Lookup::Absent,
            Values::Many(values) => Lookup::Many(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup<'a>(context: &'a Context, key: &str) -> Lookup<'a> {
        context.lookup(&ConditionKey::new(key))
    }

    #[test]
    fn keys_are_found_in_any_case_and_the_last_value_stands() {
        let mut context = Context::new();
        context.set("aws:UserName", "ana");
        context.set("aws:UserName", "bea");
        assert_eq!(lookup(&context, "AWS:USERNAME"), Lookup::One("bea"));
        assert!(context.has("aws:username"));
        assert!(!context.has("aws:userid"));
    }

    #[test]
    fn names_that_differ_by_case_are_ambiguous_in_every_spelling() {
        let mut context = Context::new();
        context.set("kms:EncryptionContext:App", "a");
        context.set("kms:EncryptionContext:app", "b");
        for spelling in ["App", "app", "APP"] {
            assert_eq!(lookup(&context, &format!("kms:EncryptionContext:{spelling}")), Lookup::Ambiguous, "{spelling}");
        }
    }

    #[test]
    fn an_empty_list_is_an_absent_key() {
        let mut context = Context::new();
        context.set_many("aws:TagKeys", vec![]);
        assert_eq!(lookup(&context, "aws:TagKeys"), Lookup::Absent);
        assert!(!context.has("aws:TagKeys"));
    }
}
