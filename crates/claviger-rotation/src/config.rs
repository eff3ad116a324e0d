//! The JSON file of bindings.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::binding::{Binding, BindingError, BindingOptions, PasswordOptions, SigningKeyPair, TIME_MAX, read_secret};
use crate::target::Target;

/// The most bytes of the file.
const FILE_BYTES_MAX: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    functions: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    function: String,
    target: String,
    role: Option<String>,
    timeout_seconds: Option<u64>,
    sign_with: Option<SignWith>,
    ca_file: Option<String>,
    exclude_characters: Option<String>,
    password_length: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SignWith {
    access_key_id: String,
    secret_access_key_file: String,
}

/// Reads the file, and the files that it names.
pub(crate) fn read(file: &Path) -> Result<Vec<Binding>, BindingError> {
    let wrong = |why: String| BindingError::File { file: file.display().to_string(), why };
    let bytes = read_bounded(file).map_err(wrong)?;
    let read: File = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    read.functions.into_iter().map(binding).collect()
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("it has more than {FILE_BYTES_MAX} bytes"));
    }
    std::fs::read(file).map_err(|error| error.to_string())
}

fn binding(entry: Entry) -> Result<Binding, BindingError> {
    let mut binding = Binding::new(&entry.function, &entry.target, BindingOptions::default())?;
    let function = entry.function.clone();
    binding.options = options(entry, &binding.target).map_err(|why| BindingError::Option { function, why })?;
    Ok(binding)
}

fn options(entry: Entry, target: &Target) -> Result<BindingOptions, String> {
    let built_in = matches!(target, Target::BuiltIn(_));
    let https = matches!(target, Target::Http(http) if http.loopback.is_none());
    let fits = |given: bool, fitting: bool, text: &str| if given && !fitting { Err(text.to_owned()) } else { Ok(()) };
    fits(entry.sign_with.is_some(), matches!(target, Target::Http(_)), "only an HTTP target has `signWith`")?;
    fits(entry.ca_file.is_some(), built_in || https, "only an https or database target has `caFile`")?;
    let passwords = entry.exclude_characters.is_some() || entry.password_length.is_some();
    fits(passwords, built_in, "only a built-in target has `excludeCharacters` and `passwordLength`")?;
    Ok(BindingOptions {
        role: entry.role.map(role).transpose()?,
        time: time(entry.timeout_seconds)?,
        sign_with: entry.sign_with.map(sign_with).transpose()?,
        roots: entry.ca_file.map(|file| certificates(&file)).transpose()?,
        passwords: password_options(entry.exclude_characters, entry.password_length)?,
    })
}

fn role(arn: String) -> Result<String, String> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, resource] if account.len() == 12 && resource.starts_with("role/") => Ok(arn),
        _ => Err(format!("`{arn}` is not the ARN of a role")),
    }
}

fn time(seconds: Option<u64>) -> Result<Duration, String> {
    let time = seconds.map_or(TIME_MAX, Duration::from_secs);
    let acceptable = (Duration::from_secs(1)..=TIME_MAX).contains(&time);
    if acceptable { Ok(time) } else { Err(format!("`timeoutSeconds` is from 1 to {}", TIME_MAX.as_secs())) }
}

fn sign_with(given: SignWith) -> Result<SigningKeyPair, String> {
    if given.access_key_id.is_empty() || !given.access_key_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(format!("`{}` is not an access key id", given.access_key_id));
    }
    let secret_access_key = read_secret(&given.secret_access_key_file)?;
    Ok(SigningKeyPair { access_key_id: given.access_key_id, secret_access_key })
}

/// The bytes of a file of certificates that rustls accepts as roots.
fn certificates(file: &str) -> Result<Vec<u8>, String> {
    let pem = std::fs::read(file).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    crate::trusted::roots(Some(&pem)).map_err(|why| format!("`{file}`: {why}"))?;
    Ok(pem)
}

fn password_options(exclude: Option<String>, length: Option<u32>) -> Result<PasswordOptions, String> {
    let defaults = PasswordOptions::default();
    let length = length.unwrap_or(defaults.length);
    // The limits of GetRandomPassword. Each of the four kinds of characters occurs, so 4 is the least.
    if !(4..=4096).contains(&length) {
        return Err("`passwordLength` is from 4 to 4096".to_owned());
    }
    let exclude_characters = exclude.unwrap_or(defaults.exclude_characters);
    if exclude_characters.chars().count() > 4096 {
        return Err("`excludeCharacters` has at most 4096 characters".to_owned());
    }
    Ok(PasswordOptions { exclude_characters, length })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:db";

    fn load(folder: &Path, content: &str) -> Result<Vec<Binding>, String> {
        let file = folder.join("bindings.json");
        std::fs::write(&file, content).unwrap();
        read(&file).map_err(|error| error.to_string())
    }

    /// A file with one binding that has these members beside its function.
    fn with(folder: &Path, target: &str, member: &str, value: Value) -> Result<Binding, String> {
        let content = json!({"functions": [{"function": ARN, "target": target, member: value}]});
        load(folder, &content.to_string()).map(|mut list| list.remove(0))
    }

    #[test]
    fn a_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, "abc/def\n").unwrap();
        let content = json!({"functions": [
            {"function": ARN, "target": "random-password", "passwordLength": 20, "excludeCharacters": "x",
             "role": "arn:aws:iam::111122223333:role/rotation"},
            {"function": "arn:*", "target": "https://lambda.example.test", "timeoutSeconds": 30,
             "signWith": {"accessKeyId": "AKIDEXAMPLE", "secretAccessKeyFile": key}}]});
        let list = load(folder.path(), &content.to_string()).unwrap();
        assert_eq!(list[0].options.role.as_deref(), Some("arn:aws:iam::111122223333:role/rotation"));
        assert_eq!(list[0].options.passwords, PasswordOptions { exclude_characters: "x".to_owned(), length: 20 });
        assert_eq!(list[0].options.time, Duration::from_secs(900));
        assert_eq!(list[1].options.time, Duration::from_secs(30));
        let pair = list[1].options.sign_with.clone().unwrap();
        assert_eq!((pair.access_key_id.as_str(), pair.secret_access_key.expose().as_str()), ("AKIDEXAMPLE", "abc/def"));
        assert!(!format!("{list:?}").contains("abc/def"));
    }

    #[test]
    fn files_of_another_form_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["", "[]", "{}", r#"{"functions": [{"function": "*"}]}"#, r#"{"functions": [], "more": 1}"#] {
            assert!(load(folder.path(), content).unwrap_err().contains("bindings.json` cannot be used"), "{content}");
        }
        let unknown = with(folder.path(), "random-password", "timeout", json!(3)).unwrap_err();
        assert!(unknown.contains("unknown field `timeout`"), "{unknown}");
        assert!(read(&folder.path().join("none")).unwrap_err().to_string().contains("none` cannot be used"));
    }

    #[test]
    fn options_that_do_not_fit_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = json!({"accessKeyId": "AKID", "secretAccessKeyFile": "/nonexistent"});
        for (target, member, value, why) in [
            ("command:x", "signWith", missing.clone(), "only an HTTP target"),
            ("https://x", "signWith", missing, "`/nonexistent` cannot be read"),
            ("command:x", "passwordLength", json!(9), "only a built-in target"),
            ("http://127.0.0.1:1", "caFile", json!("x"), "only an https or database target"),
            ("https://x", "caFile", json!("/nonexistent"), "`/nonexistent` cannot be read"),
            ("random-password", "passwordLength", json!(3), "from 4 to 4096"),
            ("command:x", "timeoutSeconds", json!(901), "from 1 to 900"),
            ("command:x", "timeoutSeconds", json!(0), "from 1 to 900"),
            ("command:x", "role", json!("rotation"), "is not the ARN of a role"),
        ] {
            let refusal = with(folder.path(), target, member, value).unwrap_err();
            assert!(refusal.starts_with(&format!("the binding of `{ARN}`: ")) && refusal.contains(why), "{refusal}");
        }
    }
}
