//! Values of secrets, which are wiped after use.

use claviger_types::Sensitive;
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A value that is a JSON object.
pub(crate) struct SecretMembers(Map<String, Value>);

impl SecretMembers {
    /// Reads a value. None if it is not a JSON object.
    pub(crate) fn parse(text: &Sensitive<String>) -> Option<SecretMembers> {
        serde_json::from_str(text.expose()).ok().map(SecretMembers)
    }

    /// A member that is a string or a number.
    pub(crate) fn text(&self, name: &str) -> Option<Sensitive<String>> {
        match self.0.get(name)? {
            Value::String(text) => Some(Sensitive::new(text.clone())),
            Value::Number(number) => Some(Sensitive::new(number.to_string())),
            _ => None,
        }
    }

    /// Any member.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn set(&mut self, name: &str, value: &Sensitive<String>) {
        if let Some(mut old) = self.0.insert(name.to_owned(), Value::String(value.expose().clone())) {
            wipe(&mut old);
        }
    }

    /// The value as it is stored.
    pub(crate) fn to_text(&self) -> Sensitive<String> {
        Sensitive::new(serde_json::to_string(&self.0).unwrap_or_default())
    }
}

impl Drop for SecretMembers {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

/// Overwrites all strings.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => (),
    }
}
