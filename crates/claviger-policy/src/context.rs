//! The condition keys of a request and their values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A request's condition keys, as policies look them up. A request can compute values when a policy asks for them.
pub trait ConditionKeys: fmt::Debug {
    /// The value of a key. Asked twice, it gives the same answer.
    fn lookup(&self, key: &ConditionKey) -> ConditionValue<'_>;
}

/// The values of condition keys, looked up without regard to case.
///
/// Names that differ only by case are the same key, and a policy can mean only one of their values. Encryption contexts and tags
/// can hold such names, and a caller who may set them could add a decoy beside the real name, to gain an Allow or to escape a
/// Deny. Such a key is therefore ambiguous in every spelling, and the condition evaluates to unknown.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Names as they were set, with their values. Of two values of one spelling the later one counts.
    keys: Vec<(Cow<'static, str>, Values)>,
}

/// The name of a condition key in the form that lookups take: in lower case. A policy's keys are lower-cased once, when it is
/// compiled, and not at each of its evaluations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionKey(String);

impl ConditionKey {
    /// The key of this name, in any case.
    pub fn new(name: &str) -> ConditionKey {
        ConditionKey(name.to_lowercase())
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name, in any case, is this key's.
    fn is_named(&self, name: &str) -> bool {
        if name.is_ascii() { name.eq_ignore_ascii_case(&self.0) } else { name.to_lowercase() == self.0 }
    }
}

#[derive(Debug, Clone)]
enum Values {
    One(String),
    Many(Vec<String>),
}

/// The result of looking up a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionValue<'a> {
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
    /// A request without condition keys.
    pub fn new() -> Context {
        Context::default()
    }

    /// Gives a single-valued key its value, in place of an earlier one of the same spelling.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.keys.push((key.into(), Values::One(value.into())));
    }

    /// Gives a multi-valued key (`aws:TagKeys`, `kms:EncryptionContextKeys`) its values; none means that the key is absent.
    pub fn set_many(&mut self, key: impl Into<Cow<'static, str>>, values: Vec<String>) {
        self.keys.push((key.into(), Values::Many(values)));
    }

    /// The keys as they were set and their values, sorted. Of two values of one spelling the later one counts.
    pub fn entries(&self) -> Vec<(&str, Vec<&str>)> {
        let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (key, values) in &self.keys {
            entries.insert(
                key,
                match values {
                    Values::One(value) => vec![value],
                    Values::Many(values) => values.iter().map(String::as_str).collect(),
                },
            );
        }
        entries.into_iter().collect()
    }

    /// Whether the key has a value, in any spelling.
    pub fn has(&self, key: &str) -> bool {
        self.lookup(&ConditionKey::new(key)) != ConditionValue::Absent
    }
}

impl ConditionKeys for Context {
    fn lookup(&self, key: &ConditionKey) -> ConditionValue<'_> {
        let mut named = self.keys.iter().rev().filter(|(name, _)| key.is_named(name));
        let Some((spelling, values)) = named.next() else { return ConditionValue::Absent };
        if named.all(|(name, _)| name == spelling) { values.as_lookup() } else { ConditionValue::Ambiguous }
    }
}

impl Values {
    fn as_lookup(&self) -> ConditionValue<'_> {
        match self {
            Values::One(value) => ConditionValue::One(value),
            Values::Many(values) if values.is_empty() => ConditionValue::Absent,
            Values::Many(values) => ConditionValue::Many(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup<'a>(context: &'a Context, key: &str) -> ConditionValue<'a> {
        context.lookup(&ConditionKey::new(key))
    }

    #[test]
    fn keys_are_found_in_any_case_and_the_last_value_stands() {
        let mut context = Context::new();
        context.set("aws:UserName", "ana");
        context.set("aws:UserName", "bea");
        assert_eq!(lookup(&context, "AWS:USERNAME"), ConditionValue::One("bea"));
        assert!(context.has("aws:username"));
        assert!(!context.has("aws:userid"));
    }

    #[test]
    fn names_that_differ_by_case_are_ambiguous_in_every_spelling() {
        let mut context = Context::new();
        context.set("kms:EncryptionContext:App", "a");
        context.set("kms:EncryptionContext:app", "b");
        for spelling in ["App", "app", "APP"] {
            assert_eq!(
                lookup(&context, &format!("kms:EncryptionContext:{spelling}")),
                ConditionValue::Ambiguous,
                "{spelling}"
            );
        }
    }

    #[test]
    fn an_empty_list_is_an_absent_key() {
        let mut context = Context::new();
        context.set_many("aws:TagKeys", vec![]);
        assert_eq!(lookup(&context, "aws:TagKeys"), ConditionValue::Absent);
        assert!(!context.has("aws:TagKeys"));
    }
}
