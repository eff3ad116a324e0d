//! Reads secrets from AWS, or from any server that speaks its protocol.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use claviger_types::Sensitive;
use serde::Deserialize;
use serde_json::json;

use crate::api::{ApiError, Input, SecretsManager, parse};
use crate::concurrent::over;
use crate::json_text::{SecretBase64, SecretText};
use crate::progress::{Progress, Tally, TransferPhase};
use crate::secret::{Extent, Found, Remark, Replica, Secret, Value, Version};

/// The name of the default key, where an answer names it.
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// Which secrets are read, and what of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What names begin with.
    pub name_prefix: String,
    /// Tags that a secret must have.
    pub tags: Vec<(String, String)>,
    /// Also versions without staging labels.
    pub all_versions: bool,
}

/// A secret as a list shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) deleted_date: Option<serde_json::Value>,
    pub(crate) primary_region: Option<String>,
    owning_service: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPage {
    secret_list: Vec<Listed>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    description: Option<String>,
    kms_key_id: Option<String>,
    rotation_enabled: Option<bool>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
    #[serde(default)]
    replication_status: Option<Vec<ReplicaStatus>>,
    #[serde(default)]
    version_ids_to_stages: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReplicaStatus {
    region: String,
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionPage {
    #[serde(default)]
    versions: Vec<ListedVersion>,
    next_token: Option<String>,
}

/// A version as a list shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedVersion {
    pub(crate) version_id: String,
    #[serde(default)]
    version_stages: Option<Vec<String>>,
    created_date: Option<f64>,
}

impl ListedVersion {
    /// Its labels, sorted.
    pub(crate) fn labels(&self) -> Vec<String> {
        let mut labels = self.version_stages.clone().unwrap_or_default();
        labels.sort();
        labels
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Valued {
    secret_string: Option<SecretText>,
    secret_binary: Option<SecretBase64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    resource_policy: Option<String>,
}

/// Every secret of a region, those that wait for their deletion included.
pub(crate) async fn list(api: &SecretsManager) -> Result<Vec<Listed>, ApiError> {
    let (mut all, mut token) = (Vec::new(), None::<String>);
    loop {
        let input = Input::new()
            .with_json("MaxResults", &json!(100))
            .with_json("IncludePlannedDeletion", &json!(true))
            .with_some("NextToken", token.as_deref());
        let bytes = api.call("ListSecrets", input).await?;
        let page: ListPage = parse("ListSecrets", bytes.expose())?;
        all.extend(page.secret_list);
        token = next_page(token.as_deref(), page.next_token);
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// Reads the selected secrets. One that cannot be read is among [`Found::unread`].
///
/// # Errors
///
/// They cannot be listed.
pub async fn read(
    api: &Arc<SecretsManager>,
    selection: &Selection,
    progress: &Arc<dyn Progress>,
) -> Result<Found, ApiError> {
    let mut found = Found::default();
    let mut names = Vec::new();
    for listed in list(api).await? {
        if !selects(selection, &listed) {
            continue;
        }
        match reason_to_skip(api.region(), &listed) {
            Some(reason) => found.skipped.push(Remark::new(listed.name, reason)),
            None => names.push(listed.name),
        }
    }
    let tally = Arc::new(Tally::new(TransferPhase::Read, names.len(), progress));
    let (api, all_versions) = (Arc::clone(api), selection.all_versions);
    let read = over(names, move |name| {
        let (api, tally) = (Arc::clone(&api), Arc::clone(&tally));
        async move {
            let outcome = read_secret(&api, &name, all_versions).await;
            tally.count(&name, outcome.as_ref().err().map(ToString::to_string).as_deref());
            (name, outcome)
        }
    });
    for (name, outcome) in read.await {
        match outcome {
            Ok((secret, notes)) => {
                found.secrets.push(secret);
                found.notes.extend(notes);
            }
            Err(error) => found.unread.push(Remark::new(name, error.to_string())),
        }
    }
    Ok(found.sorted())
}

/// The token of the next page, if there is one. Some servers answer an empty token at the end; one that answers the same again would never
/// end.
fn next_page(asked: Option<&str>, token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty() && asked != Some(token))
}

fn selects(selection: &Selection, listed: &Listed) -> bool {
    let has = |(key, value): &(String, String)| {
        listed.tags.iter().any(|tag| tag.key == *key && tag.value.as_deref().unwrap_or_default() == value)
    };
    listed.name.starts_with(&selection.name_prefix) && selection.tags.iter().all(has)
}

fn reason_to_skip(region: &str, listed: &Listed) -> Option<String> {
    if listed.deleted_date.is_some() {
        return Some("it is scheduled for deletion".to_owned());
    }
    if let Some(service) = listed.owning_service.as_ref().filter(|service| !service.is_empty()) {
        return Some(format!("the service {service} manages it"));
    }
    let primary = listed.primary_region.as_deref().filter(|primary| *primary != region)?;
    Some(format!("it is a replica; its primary is in {primary}"))
}

/// Reads one secret whole.
pub(crate) async fn read_secret(
    api: &SecretsManager,
    name: &str,
    all_versions: bool,
) -> Result<(Secret, Vec<Remark>), ApiError> {
    let bytes = api.call("DescribeSecret", Input::new().with("SecretId", name)).await?;
    let described: Described = parse("DescribeSecret", bytes.expose())?;
    let mut notes = Vec::new();
    if described.rotation_enabled == Some(true) {
        notes.push(Remark::new(name, "its rotation is not set up: no rotation function comes along"));
    }
    let mut secret = Secret {
        name: name.to_owned(),
        extent: Extent::Whole,
        description: described.description.unwrap_or_default(),
        kms_key: described.kms_key_id.filter(|key| key != DEFAULT_KEY),
        tags: tags(described.tags.unwrap_or_default()),
        policy: policy(api, name).await?,
        replicas: replicas(described.replication_status.unwrap_or_default(), api.region()),
        versions: Vec::new(),
    };
    let labelled = described.version_ids_to_stages.unwrap_or_default();
    for (id, mut labels) in ordered_versions(api, name, labelled, all_versions).await? {
        match value(api, name, &id).await? {
            Some(value) => {
                labels.sort();
                secret.versions.push(Version { id: Some(id), labels, value });
            }
            None => notes.push(Remark::new(name, format!("version {id} is left out: it has no value"))),
        }
    }
    Ok((secret, notes))
}

fn tags(tags: Vec<Tag>) -> BTreeMap<String, String> {
    let own = tags.into_iter().filter(|tag| !tag.key.starts_with("aws:"));
    own.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect()
}

fn replicas(status: Vec<ReplicaStatus>, here: &str) -> Vec<Replica> {
    let others = status.into_iter().filter(|replica| replica.region != here);
    let mut replicas: Vec<Replica> = others
        .map(|replica| Replica {
            region: replica.region,
            kms_key: replica.kms_key_id.filter(|key| !key.ends_with(DEFAULT_KEY)),
        })
        .collect();
    replicas.sort_by(|a, b| a.region.cmp(&b.region));
    replicas
}

async fn policy(api: &SecretsManager, name: &str) -> Result<Option<String>, ApiError> {
    let bytes = api.call("GetResourcePolicy", Input::new().with("SecretId", name)).await?;
    let policy: Policy = parse("GetResourcePolicy", bytes.expose())?;
    Ok(policy.resource_policy.filter(|policy| !policy.is_empty()))
}

/// The ids and labels of versions, the oldest first. Only a list shows dates, and versions without labels.
async fn ordered_versions(
    api: &SecretsManager,
    name: &str,
    labelled: BTreeMap<String, Vec<String>>,
    all: bool,
) -> Result<Vec<(String, Vec<String>)>, ApiError> {
    if labelled.len() < 2 && !all {
        return Ok(labelled.into_iter().collect());
    }
    let listed = list_versions(api, name, all).await?;
    let mut labelled: HashMap<String, Vec<String>> = labelled.into_iter().collect();
    let mut versions: Vec<(String, Vec<String>)> = Vec::new();
    for version in listed {
        let labels = labelled.remove(&version.version_id);
        if all || labels.is_some() {
            let labels = labels.unwrap_or_default();
            versions.push((version.version_id, labels));
        }
    }
    Ok(versions)
}

/// The versions of a secret, the oldest first.
pub(crate) async fn list_versions(api: &SecretsManager, name: &str, all: bool) -> Result<Vec<ListedVersion>, ApiError> {
    let (mut versions, mut token) = (Vec::new(), None::<String>);
    loop {
        let input = Input::new()
            .with("SecretId", name)
            .with_json("MaxResults", &json!(100))
            .with_json("IncludeDeprecated", &json!(all))
            .with_some("NextToken", token.as_deref());
        let bytes = api.call("ListSecretVersionIds", input).await?;
        let page: VersionPage = parse("ListSecretVersionIds", bytes.expose())?;
        versions.extend(page.versions);
        token = next_page(token.as_deref(), page.next_token);
        if token.is_none() {
            break;
        }
    }
    // Versions of one millisecond stay in the order of the list.
    let created = |version: &ListedVersion| version.created_date.unwrap_or_default();
    versions.sort_by(|a, b| created(a).total_cmp(&created(b)));
    Ok(versions)
}

/// The value of a version; none if it has none, as one whose rotation has begun.
async fn value(api: &SecretsManager, name: &str, id: &str) -> Result<Option<Value>, ApiError> {
    let input = Input::new().with("SecretId", name).with("VersionId", id);
    let bytes: Sensitive<Vec<u8>> = match api.call("GetSecretValue", input).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        outcome => outcome?,
    };
    let valued: Valued = parse("GetSecretValue", bytes.expose())?;
    Ok(match (valued.secret_string, valued.secret_binary) {
        (Some(text), _) => Some(Value::Text(text.0)),
        (None, Some(bytes)) => Some(Value::Binary(bytes.0)),
        (None, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, members: serde_json::Value) -> Listed {
        let mut all = json!({"Name": name});
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn pages_end() {
        assert_eq!(next_page(None, Some("a".to_owned())).as_deref(), Some("a"));
        assert_eq!(next_page(Some("a"), Some("b".to_owned())).as_deref(), Some("b"));
        for end in [None, Some(String::new()), Some("a".to_owned())] {
            assert_eq!(next_page(Some("a"), end), None);
        }
    }

    #[test]
    fn what_is_selected_and_what_is_skipped() {
        let selection = Selection {
            name_prefix: "app/".to_owned(),
            tags: vec![("team".to_owned(), "a".to_owned())],
            all_versions: false,
        };
        let tags = json!({"Tags": [{"Key": "team", "Value": "a"}, {"Key": "x"}]});
        assert!(selects(&selection, &listed("app/x", tags.clone())));
        assert!(!selects(&selection, &listed("other", tags)));
        assert!(!selects(&selection, &listed("app/x", json!({}))));
        for (members, part) in [
            (json!({"DeletedDate": 1.5}), "deletion"),
            (json!({"OwningService": "rds"}), "rds"),
            (json!({"PrimaryRegion": "eu-west-1"}), "eu-west-1"),
        ] {
            assert!(reason_to_skip("us-east-1", &listed("x", members)).unwrap().contains(part));
        }
        assert_eq!(reason_to_skip("eu-west-1", &listed("x", json!({"PrimaryRegion": "eu-west-1"}))), None);
    }
}
