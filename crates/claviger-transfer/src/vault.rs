//! Reads the secrets of a KV engine of HashiCorp Vault or OpenBao, version 1 or 2, over its HTTP API.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use claviger_types::Sensitive;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::concurrent::over;
use crate::http::{BaseUrl, Http, HttpError};
use crate::progress::{Progress, Tally, TransferPhase};
use crate::secret::{CURRENT, Extent, Found, PREVIOUS, Remark, Secret, Value, Version};

/// What is escaped in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The most characters of a tag's key and value, and the most tags of a secret, in Secrets Manager.
const TAG_KEY_MAX: usize = 128;
const TAG_VALUE_MAX: usize = 256;
const TAGS_MAX: usize = 50;

/// Why an engine cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The server refuses.
    #[error("{path}: status {status}{}", said(.errors))]
    Refused {
        /// The path of the API.
        path: String,
        /// The status.
        status: u16,
        /// What the server says.
        errors: Vec<String>,
    },
    /// The answer has another form.
    #[error("{0}: the answer is not one of a KV engine")]
    Garbled(String),
}

fn said(errors: &[String]) -> String {
    if errors.is_empty() { String::new() } else { format!(", {}", errors.join("; ")) }
}

/// An engine of a server.
pub struct KvEngine {
    /// The client.
    pub http: Http,
    /// Where the server is.
    pub base: BaseUrl,
    /// The token.
    pub token: Sensitive<String>,
    /// The namespace, if the server has any.
    pub namespace: Option<String>,
    /// The path where the engine is mounted.
    pub mount: String,
    /// 1 or 2; none to ask the server.
    pub kv_version: Option<u8>,
}

#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    versions: BTreeMap<u64, VersionState>,
    custom_metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct VersionState {
    #[serde(default)]
    deletion_time: String,
    #[serde(default)]
    destroyed: bool,
}

#[derive(Deserialize)]
struct Mount {
    options: Option<BTreeMap<String, String>>,
}

/// Reads every secret below `path`.
///
/// # Errors
///
/// The paths cannot be listed. A secret that cannot be read is among [`Found::unread`].
pub async fn read(engine: Arc<KvEngine>, path: &str, progress: &Arc<dyn Progress>) -> Result<Found, VaultError> {
    let version = match engine.kv_version {
        Some(version) => version,
        None => engine.ask_version().await?,
    };
    let names = engine.list(version, path).await?;
    let tally = Arc::new(Tally::new(TransferPhase::Read, names.len(), progress));
    let read = over(names, move |name| {
        let (engine, tally) = (Arc::clone(&engine), Arc::clone(&tally));
        async move {
            let mut one = Found::default();
            let outcome = match version {
                1 => engine.read_v1(&name, &mut one).await,
                _ => engine.read_v2(&name, &mut one).await,
            };
            let failure = outcome.err().map(|error| error.to_string());
            tally.count(&name, failure.as_deref());
            one.unread.extend(failure.map(|text| Remark::new(name, text)));
            one
        }
    });
    let mut found = Found::default();
    for one in read.await {
        found.secrets.extend(one.secrets);
        found.skipped.extend(one.skipped);
        found.unread.extend(one.unread);
        found.notes.extend(one.notes);
    }
    Ok(found.sorted())
}

impl KvEngine {
    /// The body of a path of the API; none if there is nothing.
    async fn get(&self, path: &str) -> Result<Option<Sensitive<Vec<u8>>>, VaultError> {
        #[derive(Deserialize)]
        struct Refusal {
            #[serde(default)]
            errors: Vec<String>,
        }
        let mut headers: HashMap<String, Sensitive<String>> = HashMap::new();
        headers.insert("x-vault-token".to_owned(), self.token.clone());
        headers.insert("x-vault-request".to_owned(), Sensitive::new("true".to_owned()));
        if let Some(namespace) = &self.namespace {
            headers.insert("x-vault-namespace".to_owned(), Sensitive::new(namespace.clone()));
        }
        let url = self.base.join(&format!("/v1/{path}"));
        let answer = self.http.send("GET", &url, &headers, Sensitive::default()).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => {
                let refusal = serde_json::from_slice::<Refusal>(answer.body.expose());
                let errors = refusal.map(|refusal| refusal.errors).unwrap_or_default();
                Err(VaultError::Refused { path: path.to_owned(), status, errors })
            }
        }
    }

    /// The version of the engine. A token without the right to ask is taken to be for version 2.
    async fn ask_version(&self) -> Result<u8, VaultError> {
        let path = format!("sys/internal/ui/mounts/{}", encoded(&self.mount));
        let body = match self.get(&path).await {
            Err(VaultError::Refused { status: 403, .. }) => None,
            outcome => outcome?,
        };
        let Some(body) = body else { return Ok(2) };
        let mount: Wrapped<Mount> = read_json(&path, body.expose())?;
        let version = mount.data.options.unwrap_or_default().remove("version");
        Ok(if version.as_deref() == Some("2") { 2 } else { 1 })
    }

    /// The paths of all secrets below a path, which may itself be one.
    async fn list(&self, version: u8, path: &str) -> Result<Vec<String>, VaultError> {
        let mut names = Vec::new();
        let root = path.trim_matches('/');
        if !root.is_empty() {
            names.push(root.to_owned());
        }
        let mut folders = vec![if root.is_empty() { String::new() } else { format!("{root}/") }];
        let mut root_is_listed = false;
        while let Some(folder) = folders.pop() {
            let part = if version == 2 { "metadata/" } else { "" };
            let at = format!("{}/{part}{}?list=true", encoded(&self.mount), encoded(&folder));
            let Some(body) = self.get(&at).await? else { continue };
            root_is_listed = true;
            let keys: Wrapped<Keys> = read_json(&at, body.expose())?;
            for key in keys.data.keys {
                let name = format!("{folder}{key}");
                if key.ends_with('/') { folders.push(name) } else { names.push(name) }
            }
        }
        if !root_is_listed && root.is_empty() {
            return Err(VaultError::Refused {
                path: self.mount.clone(),
                status: 404,
                errors: vec!["there is no secret, or no KV engine of this version".to_owned()],
            });
        }
        names.sort();
        Ok(names)
    }

    async fn read_v1(&self, name: &str, found: &mut Found) -> Result<(), VaultError> {
        let path = format!("{}/{}", encoded(&self.mount), encoded(name));
        // A folder that is no secret.
        let Some(body) = self.get(&path).await? else { return Ok(()) };
        let read: Wrapped<&RawValue> = read_json(&path, body.expose())?;
        let versions =
            vec![Version { id: None, labels: vec![CURRENT.to_owned()], value: Value::text(read.data.get()) }];
        found.secrets.push(Secret { name: name.to_owned(), extent: Extent::Value, versions, ..Secret::default() });
        Ok(())
    }

    async fn read_v2(&self, name: &str, found: &mut Found) -> Result<(), VaultError> {
        let path = format!("{}/metadata/{}", encoded(&self.mount), encoded(name));
        let Some(body) = self.get(&path).await? else { return Ok(()) };
        let metadata: Wrapped<Metadata> = read_json(&path, body.expose())?;
        let mut versions = Vec::new();
        for (number, state) in &metadata.data.versions {
            let value = match (state.destroyed, state.deletion_time.is_empty()) {
                (true, _) => Err("destroyed"),
                (false, deletable) => {
                    self.value_v2(name, *number).await?.ok_or(if deletable { "gone" } else { "deleted" })
                }
            };
            match value {
                Ok(value) => versions.push(Version { id: None, labels: Vec::new(), value }),
                Err(why) => {
                    found.notes.push(Remark::new(name, format!("version {number} is left out: it is {why}")));
                }
            }
        }
        for (version, label) in versions.iter_mut().rev().zip([CURRENT, PREVIOUS]) {
            version.labels.push(label.to_owned());
        }
        if versions.is_empty() {
            found.skipped.push(Remark::new(name, "every version is deleted or destroyed"));
            return Ok(());
        }
        let tags = tags(name, metadata.data.custom_metadata.unwrap_or_default(), &mut found.notes);
        found.secrets.push(Secret {
            name: name.to_owned(),
            extent: Extent::Versions,
            tags,
            versions,
            ..Secret::default()
        });
        Ok(())
    }

    /// The value of a version; none if it is deleted.
    async fn value_v2(&self, name: &str, number: u64) -> Result<Option<Value>, VaultError> {
        #[derive(Deserialize)]
        struct Data<'a> {
            #[serde(borrow)]
            data: Option<&'a RawValue>,
        }
        let path = format!("{}/data/{}?version={number}", encoded(&self.mount), encoded(name));
        let Some(body) = self.get(&path).await? else { return Ok(None) };
        let read: Wrapped<Data<'_>> = read_json(&path, body.expose())?;
        Ok(read.data.data.filter(|data| data.get() != "null").map(|data| Value::text(data.get())))
    }
}

fn encoded(path: &str) -> String {
    let segments = path.split('/').map(|segment| utf8_percent_encode(segment, SEGMENT).to_string());
    segments.collect::<Vec<_>>().join("/")
}

fn read_json<'a, T: Deserialize<'a>>(path: &str, bytes: &'a [u8]) -> Result<T, VaultError> {
    serde_json::from_slice(bytes).map_err(|_| VaultError::Garbled(path.to_owned()))
}

/// Custom metadata as tags. Characters that tags do not have become `_`; what cannot be a tag is left out.
fn tags(name: &str, metadata: BTreeMap<String, String>, notes: &mut Vec<Remark>) -> BTreeMap<String, String> {
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let clean = |text: &str| text.chars().map(|c| if allowed(c) { c } else { '_' }).collect::<String>();
    let mut tags = BTreeMap::new();
    for (key, value) in metadata {
        let mut note = |text: String| notes.push(Remark::new(name, text));
        let tag = (clean(&key), clean(&value));
        let fits = (1..=TAG_KEY_MAX).contains(&tag.0.chars().count()) && tag.1.chars().count() <= TAG_VALUE_MAX;
        if !fits
            || tag.0.to_ascii_lowercase().starts_with("aws:")
            || tags.contains_key(&tag.0)
            || tags.len() == TAGS_MAX
        {
            note(format!("the metadata {key} is left out: it cannot be a tag"));
            continue;
        }
        if tag != (key.clone(), value) {
            note(format!("the metadata {key} becomes a tag in which _ stands for some characters"));
        }
        tags.insert(tag.0, tag.1);
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_that_cannot_be_a_tag_is_reported() {
        let metadata = [("owner", "team a"), ("who?", "x"), ("aws:x", "x"), ("long", &"x".repeat(257)), ("", "x")];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        let mut notes = Vec::new();
        let made = tags("s", metadata, &mut notes);
        let expected = [("owner", "team a"), ("who_", "x")];
        assert_eq!(made, expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect());
        assert_eq!(notes.len(), 4);
    }

    #[test]
    fn paths_are_escaped_by_segment() {
        assert_eq!(encoded("a b/c?d/é"), "a%20b/c%3Fd/%C3%A9");
    }
}
