//! Hides the secrets of a call in a text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::{RotationCall, Sensitive};
use serde_json::{Value, json};

use crate::secret_value::wipe;
use crate::secrets_api::SecretsApi;
use crate::written_form::end_of;

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

    /// The credentials, and the values that the function could read: the versions of the secret, also the rotation's own if somebody has
    /// taken its label away, and the master secret that they name. None if they cannot be read.
    pub(crate) fn of_values(api: &dyn SecretsApi, call: &RotationCall) -> Option<SecretMask> {
        let mut mask = SecretMask::of_call(call);
        let mut masters = Vec::new();
        let of_secret = |member: &str, version: &str| json!({"SecretId": call.secret_arn, member: version});
        for label in ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"] {
            masters.extend(mask.add_version(api, call, of_secret("VersionStage", label))?);
        }
        masters.extend(mask.add_version(api, call, of_secret("VersionId", &call.client_request_token))?);
        masters.sort();
        masters.dedup();
        for master in masters {
            mask.add_version(api, call, json!({"SecretId": master, "VersionStage": "AWSCURRENT"}))?;
        }
        Some(mask)
    }

    /// Adds a value, and gives the name of the master secret in it. None if the value cannot be read.
    fn add_version(&mut self, api: &dyn SecretsApi, call: &RotationCall, version: Value) -> Option<Option<String>> {
        match api.call(call, "GetSecretValue", version) {
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

    /// Adds a text as it is, on one line, line by line and in base64. [`end_of`] recognises each of these also where it is escaped.
    fn add(&mut self, text: &str) {
        self.add_form(text.to_owned());
        self.add_form(text.trim().to_owned());
        self.add_form(text.split_whitespace().collect::<Vec<_>>().join(" "));
        text.lines().for_each(|line| self.add_part(line.trim()));
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
            // Occurrences may overlap.
            for (start, _) in text.char_indices() {
                let length = end_of(text.as_bytes(), start, secret).map_or(0, |end| end - start);
                hidden.iter_mut().skip(start).take(length).for_each(|place| *place = true);
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
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    /// RFC 3986's unreserved characters.
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    /// What Python's `urllib.parse.quote` keeps.
    const PATH: &AsciiSet = &UNRESERVED.remove(b'/');
    /// What JavaScript's `encodeURIComponent` keeps.
    const COMPONENT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
    /// What HTML's forms keep.
    const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

    /// Writes the digits of `%XX` in lower case.
    fn lower(encoded: &str) -> String {
        let mut parts = encoded.split('%');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| format!("{text}%{}{}", part[..2].to_lowercase(), &part[2..]))
    }

    /// JSON in ASCII only.
    fn ascii_json(text: &str) -> String {
        let json = serde_json::to_string(text).unwrap();
        let escaped = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        json.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect()
    }

    /// The forms in which the encoders of usual programs write a text.
    fn forms(text: &str) -> Vec<String> {
        let in_quotes = |json: String| json[1..json.len() - 1].to_owned();
        let json = in_quotes(serde_json::to_string(text).unwrap());
        let mut forms = vec![text.to_owned(), json.clone(), in_quotes(ascii_json(text)), in_quotes(ascii_json(&json))];
        for set in [NON_ALPHANUMERIC, UNRESERVED, PATH, COMPONENT, FORM] {
            for encoded in [text, &json].map(|text| utf8_percent_encode(text, set).to_string()) {
                forms.extend([encoded.clone(), lower(&encoded), encoded.replace("%20", "+")]);
            }
        }
        forms.push(text.escape_default().to_string());
        forms.push(text.bytes().map(|byte| format!("\\x{byte:02x}")).collect());
        forms
    }

    proptest! {
        #[test]
        fn no_form_of_a_value_is_shown(
            // Each character of GetRandomPassword, and some others.
            secret in "[ -~]{1,40}|[ -~é€Ã😀\n\t]{1,20}|[%+\\\\/\"' 25cCnu]{1,20}",
            as_member in any::<bool>(),
        ) {
            let value = if as_member { json!({"password": secret}).to_string() } else { secret.clone() };
            let mask = mask(&[&value]);
            for form in forms(&secret) {
                // The frame is no character of a secret.
                prop_assert_eq!(mask.hide(&format!("\u{1}{form}\u{1}")), "\u{1}***\u{1}", "{}", form);
            }
        }
    }

    #[test]
    fn a_password_in_a_url_is_hidden_whichever_characters_its_encoder_keeps() {
        let mask = mask(&[r#"{"password": "a-b_c.d~e/f!g*h'(i) j"}"#]);
        for form in [
            "a-b_c.d~e%2Ff%21g%2Ah%27%28i%29%20j",
            "a-b_c.d~e/f%21g%2ah%27%28i%29%20j",
            "a-b_c.d~e%2Ff!g*h'(i)%20j",
            "a-b_c.d%7Ee%2Ff%21g*h%27%28i%29+j",
        ] {
            assert_eq!(mask.hide(&format!("postgres://app:{form}@db.test/")), "postgres://app:***@db.test/");
        }
    }

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
