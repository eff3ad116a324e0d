//! The file of `claviger export`: JSON, and the plain object `{"name": "value"}` that is also read.
//!
//! It has no dates, so that two exports of the same secrets are equal byte for byte.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Sensitive;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zeroize::Zeroize;

use crate::json_text::{SecretBase64, SecretText, unescape};
use crate::secret::{Extent, Replica, Secret, Value, Version};
use crate::wiping::WipingBuffer;

/// What the member `format` of the file is.
const FORMAT: &str = "claviger-secrets";
/// The version of the format that this code writes, and the only one that it reads.
const VERSION: u32 = 1;

/// Why a file is not one of secrets. No text shows what the file holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON, or members have other types.
    #[error("line {line}, column {column}: not the JSON of an export, nor an object of names and values")]
    Form {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It is of a newer format.
    #[error("the file has version {0} of the format, and this program reads version {VERSION}")]
    Version(u32),
    /// A secret, or its part, is wrong.
    #[error("{name}: {fault}")]
    Secret {
        /// The secret's name.
        name: String,
        /// What is wrong.
        fault: &'static str,
    },
}

impl From<serde_json::Error> for DocumentError {
    /// The library's text may quote a value; its place does not.
    fn from(error: serde_json::Error) -> DocumentError {
        DocumentError::Form { line: error.line(), column: error.column() }
    }
}

/// Writes secrets as a file.
pub fn write(secrets: &[Secret]) -> Sensitive<Vec<u8>> {
    let mut out = WipingBuffer::new();
    out.push(format!("{{\n\"format\": \"{FORMAT}\",\n\"version\": {VERSION},\n\"secrets\": [").as_bytes());
    for (at, secret) in secrets.iter().enumerate() {
        out.push(if at == 0 { b"\n" } else { b",\n" });
        write_secret(&mut out, secret);
    }
    out.push(b"\n]\n}\n");
    out.into_sensitive()
}

fn write_secret(out: &mut WipingBuffer, secret: &Secret) {
    out.push(b"{\"name\": ");
    out.push_json(&secret.name);
    if !secret.description.is_empty() {
        out.push(b", \"description\": ");
        out.push_json(&secret.description);
    }
    for (member, text) in [("kmsKey", &secret.kms_key), ("policy", &secret.policy)] {
        if let Some(text) = text {
            out.push(format!(", \"{member}\": ").as_bytes());
            out.push_json(text);
        }
    }
    if !secret.tags.is_empty() {
        out.push(b", \"tags\": {");
        separated(out, &secret.tags, |out, (key, value)| {
            out.push_json(key);
            out.push(b": ");
            out.push_json(value);
        });
        out.push(b"}");
    }
    if !secret.replicas.is_empty() {
        out.push(b", \"replicas\": [");
        separated(out, &secret.replicas, |out, replica| {
            out.push(b"{\"region\": ");
            out.push_json(&replica.region);
            if let Some(key) = &replica.kms_key {
                out.push(b", \"kmsKey\": ");
                out.push_json(key);
            }
            out.push(b"}");
        });
        out.push(b"]");
    }
    out.push(b", \"versions\": [");
    separated(out, &secret.versions, write_version);
    out.push(b"]}");
}

fn write_version(out: &mut WipingBuffer, version: &Version) {
    out.push(b"\n  {");
    if let Some(id) = &version.id {
        out.push(b"\"id\": ");
        out.push_json(id);
        out.push(b", ");
    }
    out.push(b"\"labels\": [");
    separated(out, &version.labels, |out, label| out.push_json(label));
    out.push(b"], ");
    match &version.value {
        Value::Text(text) => {
            out.push(b"\"text\": ");
            out.push_json(text.expose());
        }
        Value::Binary(bytes) => {
            out.push(b"\"binary\": \"");
            let mut encoded = STANDARD.encode(bytes.expose());
            out.push(encoded.as_bytes());
            encoded.zeroize();
            out.push(b"\"");
        }
    }
    out.push(b"}");
}

fn separated<T>(out: &mut WipingBuffer, items: impl IntoIterator<Item = T>, write: impl Fn(&mut WipingBuffer, T)) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b", ");
        }
        write(out, item);
    }
}

/// Reads a file: an export, or a plain object of names and values.
///
/// # Errors
///
/// See [`DocumentError`].
pub fn read(bytes: &[u8]) -> Result<Vec<Secret>, DocumentError> {
    let Members(members) = serde_json::from_slice(bytes)?;
    let format = members.iter().find(|(name, _)| name == "format").map(|(_, value)| value.get());
    let is_export = format == Some("\"claviger-secrets\"") && members.iter().any(|(name, _)| name == "secrets");
    let secrets =
        if is_export { read_export(bytes)? } else { members.into_iter().map(plain).collect::<Result<_, _>>()? };
    let mut names: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some((*a).to_owned()),
        _ => None,
    });
    match twice {
        Some(name) => Err(DocumentError::Secret { name, fault: "the name occurs twice" }),
        None => Ok(secrets),
    }
}

/// A member of a plain object. A value that is not a text is kept as its JSON.
fn plain((name, value): (String, &RawValue)) -> Result<Secret, DocumentError> {
    let raw = value.get();
    if raw == "null" {
        return Err(DocumentError::Secret { name, fault: "null is not a value" });
    }
    let value = match raw.starts_with('"') {
        true => unescape(raw).ok_or(DocumentError::Secret { name: name.clone(), fault: "the text is not Unicode" })?,
        false => Sensitive::new(raw.to_owned()),
    };
    Ok(Secret::of_value(name, Value::Text(value)))
}

fn read_export(bytes: &[u8]) -> Result<Vec<Secret>, DocumentError> {
    let version: OnlyVersion = serde_json::from_slice(bytes)?;
    if version.version != VERSION {
        return Err(DocumentError::Version(version.version));
    }
    let export: Export = serde_json::from_slice(bytes)?;
    export.secrets.into_iter().map(Secret::try_from).collect()
}

/// The members of an object in their order, so that one that occurs twice is seen.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'a>, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Each).map(Members)
    }
}

#[derive(Deserialize)]
struct OnlyVersion {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    secrets: Vec<ExportedSecret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ExportedSecret {
    name: String,
    #[serde(default)]
    description: String,
    kms_key: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    replicas: Vec<ExportedReplica>,
    versions: Vec<ExportedVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ExportedReplica {
    region: String,
    kms_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportedVersion {
    id: Option<String>,
    labels: Vec<String>,
    text: Option<SecretText>,
    binary: Option<SecretBase64>,
}

impl TryFrom<ExportedSecret> for Secret {
    type Error = DocumentError;

    fn try_from(read: ExportedSecret) -> Result<Secret, DocumentError> {
        let replicas = read.replicas.into_iter().map(|r| Replica { region: r.region, kms_key: r.kms_key });
        let versions = read.versions.into_iter().map(|version| {
            let value = match (version.text, version.binary) {
                (Some(text), None) => Value::Text(text.0),
                (None, Some(bytes)) => Value::Binary(bytes.0),
                _ => {
                    let fault = "a version has either text or binary";
                    return Err(DocumentError::Secret { name: read.name.clone(), fault });
                }
            };
            Ok(Version { id: version.id, labels: version.labels, value })
        });
        let versions = versions.collect::<Result<_, _>>()?;
        Ok(Secret {
            extent: Extent::Whole,
            description: read.description,
            kms_key: read.kms_key,
            tags: read.tags,
            policy: read.policy,
            replicas: replicas.collect(),
            versions,
            name: read.name,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::text),
            any::<Vec<u8>>().prop_map(|bytes| Value::Binary(Sensitive::new(bytes))),
        ]
    }

    fn secrets() -> impl Strategy<Value = Secret> {
        let version = (any::<Option<String>>(), prop::collection::vec(any::<String>(), 0..3), values())
            .prop_map(|(id, labels, value)| Version { id, labels, value });
        let replica =
            (any::<String>(), any::<Option<String>>()).prop_map(|(region, kms_key)| Replica { region, kms_key });
        (
            any::<[String; 2]>(),
            any::<[Option<String>; 2]>(),
            prop::collection::btree_map(any::<String>(), any::<String>(), 0..3),
            prop::collection::vec(replica, 0..3),
            prop::collection::vec(version, 0..4),
        )
            .prop_map(|([name, description], [kms_key, policy], tags, replicas, versions)| Secret {
                name,
                extent: Extent::Whole,
                description,
                kms_key,
                tags,
                policy,
                replicas,
                versions,
            })
    }

    proptest! {
        #[test]
        fn an_export_reads_back_and_writes_the_same_bytes(mut all in prop::collection::vec(secrets(), 0..4)) {
            for (at, secret) in all.iter_mut().enumerate() {
                secret.name = format!("{at}{}", secret.name);
            }
            let bytes = write(&all);
            let back = read(bytes.expose()).unwrap();
            prop_assert_eq!(&back, &all);
            prop_assert_eq!(write(&back), bytes);
        }

        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn a_plain_object_of_names_and_values() {
        let secrets = read(br#"{"a": "x\ny", "format": "f", "b": {"u": "v",  "n": 1}, "c": 5}"#).unwrap();
        let expected = [("a", "x\ny"), ("format", "f"), ("b", r#"{"u": "v",  "n": 1}"#), ("c", "5")];
        assert_eq!(secrets, expected.map(|(name, value)| Secret::of_value(name, Value::text(value))));
    }

    #[test]
    fn refusals_show_no_value() {
        for text in [
            "",
            "[\"hunter2\"]",
            r#"{"a": "hunter2""#,
            r#"{"a": "hunter2", "a": "hunter3"}"#,
            r#"{"a": null, "b": "hunter2"}"#,
            r#"{"format": "claviger-secrets", "version": 2, "secrets": "hunter2"}"#,
            r#"{"format": "claviger-secrets", "version": 1, "secrets": "hunter2"}"#,
            r#"{"format": "claviger-secrets", "version": 1, "secrets": [{"name": "a", "versions": [{"labels": []}]}]}"#,
            r#"{"format": "claviger-secrets", "version": 1, "secrets": [{"name": "a", "versions": [], "hunter2": 1}]}"#,
            r#"{"format": "claviger-secrets", "version": 1, "secrets": [{"name": "a", "versions": [{"labels": [], "binary": "hunter2!"}]}]}"#,
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
