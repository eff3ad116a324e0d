//! A secret on its way from one place to another.

use std::collections::BTreeMap;

use claviger_types::Sensitive;

/// The label of the version that is in use.
pub const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was in use before.
pub const PREVIOUS: &str = "AWSPREVIOUS";
/// The label of a version that a rotation has begun.
pub const PENDING: &str = "AWSPENDING";

/// The value of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A `SecretString`.
    Text(Sensitive<String>),
    /// A `SecretBinary`.
    Binary(Sensitive<Vec<u8>>),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(Sensitive::new(text.into()))
    }
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id, from a source whose versions have ids of Secrets Manager's form.
    pub id: Option<String>,
    /// Its staging labels, sorted.
    pub labels: Vec<String>,
    /// Its value.
    pub value: Value,
}

/// A replica in another region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// The region.
    pub region: String,
    /// The key of the copy; none for the default key.
    pub kms_key: Option<String>,
}

/// What a source knows about its secrets. Only that is compared with the destination and written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// One value.
    #[default]
    Value,
    /// Versions, labels and tags.
    Versions,
    /// That, and description, key, resource policy and replicas.
    Whole,
}

/// A secret with its versions, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secret {
    /// The name.
    pub name: String,
    /// What of the rest the source knows.
    pub extent: Extent,
    /// The description.
    pub description: String,
    /// The KMS key, as its source names it; none for the default key.
    pub kms_key: Option<String>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The resource policy.
    pub policy: Option<String>,
    /// The replicas, by region.
    pub replicas: Vec<Replica>,
    /// The versions, the oldest first.
    pub versions: Vec<Version>,
}

impl Secret {
    /// A secret of which only the value is known.
    pub fn of_value(name: impl Into<String>, value: Value) -> Secret {
        let version = Version { id: None, labels: vec![CURRENT.to_owned()], value };
        Secret { name: name.into(), versions: vec![version], ..Secret::default() }
    }

    /// The version that carries a label.
    pub fn labelled(&self, label: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.labels.iter().any(|l| l == label))
    }
}

/// Something that a source has and that is not transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The secret's name.
    pub name: String,
    /// What is not transferred, and why.
    pub text: String,
}

impl Remark {
    /// A remark about a secret.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Remark {
        Remark { name: name.into(), text: text.into() }
    }
}

/// What a source has.
#[derive(Debug, Default)]
pub struct Found {
    /// The secrets, by name.
    pub secrets: Vec<Secret>,
    /// Secrets that are left out as a whole.
    pub skipped: Vec<Remark>,
    /// Secrets that could not be read.
    pub unread: Vec<Remark>,
    /// Parts of secrets that are left out.
    pub notes: Vec<Remark>,
}

impl Found {
    /// Sorts everything by name.
    #[must_use]
    pub fn sorted(mut self) -> Found {
        self.secrets.sort_by(|a, b| a.name.cmp(&b.name));
        self.skipped.sort_by(|a, b| a.name.cmp(&b.name));
        self.unread.sort_by(|a, b| a.name.cmp(&b.name));
        self.notes.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
        self
    }
}

/// Why a name cannot be that of a secret; none if it can.
pub fn name_fault(name: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+=.@!-".contains(c);
    match name.len() {
        0 => Some("the name is empty"),
        1..=512 if name.chars().all(allowed) => None,
        1..=512 => Some("the name has characters other than letters, digits and /_+=.@!-"),
        _ => Some("the name has more than 512 characters"),
    }
}
