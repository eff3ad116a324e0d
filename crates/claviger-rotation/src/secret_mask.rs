//! Hides the secrets of a call in a text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::{RotationCall, Sensitive};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::secret_value::wipe;
use crate::secrets_api::SecretsApi;

/// What stands in place of a secret.
const HIDDEN: &str = "***";

/// Members of a value that say where a system is. They are no secrets, and a failure is hard to understand without them.
const PLACES: [&str; 7] =
    ["engine", "host", "port", "dbname", "masterarn", "dbInstanceIdentifier", "dbClusterIdentifier"];

/// The shortest line or number of a value that is hidden by itself.
const PART_MIN: usize = 4;

/// The texts to hide.
pub(crate) struct SecretMask(Vec<Sensitive<String>>);

impl SecretMask {
    /// The credentials of a call.
    pub(crate) fn of_call(call: &RotationCall) -> SecretMask {
        let session = &call.credentials;
        let mut mask = SecretMask(Vec::new());
        for secret in [&session.secret_access_key, &session.session_token, &call.rotation_token] {
            mask.add(secret.expose());
        }
        mask
    }

    /// The credentials, and the values that the function could read: the versions of the secret, and the master secret that they
    /// name. None if they cannot be read.
    pub(crate) fn of_values(api: &dyn SecretsApi, call: &RotationCall) -> Option<SecretMask> {
        let mut mask = SecretMask::of_call(call);
        let mut masters = Vec::new();
        for label in ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"] {
            masters.extend(mask.add_version(api, call, &call.secret_arn, label)?);
        }
        masters.sort();
        masters.dedup();
        for master in masters {
            mask.add_version(api, call, &master, "AWSCURRENT")?;
        }
        Some(mask)
    }

    /// Adds a value, and gives the name of the master secret in it. None if the value cannot be read.
    fn add_version(
        &mut self,
        api: &dyn SecretsApi,
        call: &RotationCall,
        secret: &str,
        label: &str,
    ) -> Option<Option<String>> {
        match api.call(call, "GetSecretValue", json!({"SecretId": secret, "VersionStage": label})) {
            Ok(mut answer) => {
                let text = answer.get("SecretString").and_then(Value::as_str);
                let master = text.and_then(|text| self.add_value(text));
                if let Some(binary) = answer.get("SecretBinary").and_then(Value::as_str) {
                    self.add_binary(binary);
                }
                wipe(&mut answer);
                Some(master)
            }
            // There is no such version, or it has no value yet.
            Err(failure) => (failure.code == "ResourceNotFoundException").then_some(None),
        }
    }

    fn add_value(&mut self, text: &str) -> Option<String> {
        self.add(text);
        let mut value: Value = serde_json::from_str(text).ok()?;
        let master = value.get("masterarn").and_then(Value::as_str).map(str::to_owned);
        self.add_members(&value);
        wipe(&mut value);
        master
    }

    fn add_members(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Number(number) => self.add_part(&number.to_string()),
            Value::Array(list) => list.iter().for_each(|item| self.add_members(item)),
            Value::Object(members) => {
                let secret = members.iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
                secret.for_each(|(_, member)| self.add_members(member));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn add_binary(&mut self, binary: &str) {
        self.add(binary);
        if let Some(text) = STANDARD.decode(binary).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            let text = Sensitive::new(text);
            self.add(text.expose());
        }
    }

    /// Adds a text in the forms in which a program may show it: as it is, on one line, line by line, as JSON or Python write it, in a URL
    /// and in base64.
    fn add(&mut self, text: &str) {
        self.add_form(text.to_owned());
        self.add_form(text.trim().to_owned());
        self.add_form(text.split_whitespace().collect::<Vec<_>>().join(" "));
        text.lines().for_each(|line| self.add_part(line.trim()));
        let json = Sensitive::new(serde_json::to_string(text).unwrap_or_default());
        self.add_form(json.expose().trim_matches('"').to_owned());
        let escaped = Sensitive::new(text.replace('\\', "\\\\"));
        self.add_form(escaped.expose().replace('\'', "\\'"));
        self.add_form(escaped.into_exposed());
        self.add_form(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
        self.add_form(STANDARD.encode(text));
    }

    fn add_part(&mut self, part: &str) {
        if part.len() >= PART_MIN {
            self.add_form(part.to_owned());
        }
    }

    fn add_form(&mut self, form: String) {
        let form = Sensitive::new(form);
        if !form.expose().is_empty() && !self.0.contains(&form) {
            self.0.push(form);
        }
    }

    /// The text with each place hidden that is part of a secret.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut hidden = vec![false; text.len()];
        for secret in self.0.iter().map(Sensitive::expose) {
            let mut from = 0;
            while let Some(at) = text.get(from..).and_then(|rest| rest.find(secret.as_str())) {
                let start = from + at;
                hidden.iter_mut().skip(start).take(secret.len()).for_each(|place| *place = true);
                // Occurrences may overlap.
                from = start + secret.chars().next().map_or(1, char::len_utf8);
            }
        }
        let mut shown = String::with_capacity(text.len());
        let mut within = false;
        for (at, c) in text.char_indices() {
            let is_hidden = hidden.get(at).copied().unwrap_or_default();
            match (is_hidden, within) {
                (true, false) => shown.push_str(HIDDEN),
                (true, true) => {}
                (false, _) => shown.push(c),
            }
            within = is_hidden;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(values: &[&str]) -> SecretMask {
        let mut mask = SecretMask(Vec::new());
        for value in values {
            mask.add_value(value);
        }
        mask
    }

    #[test]
    fn members_and_whole_values_are_hidden_in_each_form() {
        let value =
            r#"{"host": "db.test", "username": "app", "password": "p'a\\s \"w%d", "pin": 12345, "more": ["deep"]}"#;
        let mask = mask(&[value, "plain"]);
        for text in
            ["p'a\\s \"w%d", "p\\'a\\\\s \"w%d", "p'a\\\\s \\\"w%d", "p%27a%5Cs%20%22w%25d", "deep", "12345", value]
        {
            assert_eq!(mask.hide(&format!("<{text}> plain")), "<***> ***", "{text}");
        }
        assert_eq!(mask.hide(&STANDARD.encode("p'a\\s \"w%d")), "***");
        assert_eq!(mask.hide("cannot reach db.test as app"), "cannot reach db.test as ***");
    }

    #[test]
    fn lines_of_a_value_are_hidden_and_overlaps_leave_nothing() {
        let key = "-----BEGIN KEY-----\nMIIabc\n-----END KEY-----\n";
        assert_eq!(mask(&[key]).hide("bad key: MIIabc"), "bad key: ***");
        assert_eq!(mask(&[key]).hide(&format!("bad key: {}", key.replace('\n', " "))), "bad key: *** ");
        assert_eq!(mask(&["abcd", "cdef"]).hide("<abcdef> <ababcd>"), "<***> <ab***>");
        assert_eq!(mask(&["aa"]).hide("aaa b"), "*** b");
        assert_eq!(mask(&["é"]).hide("éa é"), "***a ***");
    }
}
