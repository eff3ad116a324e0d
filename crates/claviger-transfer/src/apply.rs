//! Writes the secrets of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Random;
use serde_json::{Value as Json, json};
use zeroize::Zeroizing;

use crate::api::{ApiError, Input, SecretsManager};
use crate::aws;
use crate::concurrent::over;
use crate::plan::{Action, Item, Plan, same_policy};
use crate::progress::{Progress, Tally, TransferPhase};
use crate::secret::{CURRENT, Extent, PREVIOUS, Remark, Secret, Value, Version};
use crate::state::State;

/// The label that carries a version which shall have none, while it is written. It is removed at the end.
const PASSING: &str = "claviger-import";

/// Why a secret was not written whole.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("the state file cannot be written: {0}")]
    State(#[from] std::io::Error),
}

/// Writes what the plan says, and returns the secrets that were not written whole, each with its reason.
pub async fn apply(
    api: &Arc<SecretsManager>,
    plan: Plan,
    state: &Arc<State>,
    random: &Arc<dyn Random>,
    progress: &Arc<dyn Progress>,
) -> Vec<Remark> {
    let items: Vec<Item> = plan.items.into_iter().filter(|item| item.action.writes()).collect();
    let tally = Arc::new(Tally::new(TransferPhase::Write, items.len(), progress));
    let (api, state, random) = (Arc::clone(api), Arc::clone(state), Arc::clone(random));
    let written = over(items, move |item| {
        let (tally, writer) = (Arc::clone(&tally), Writer { api: Arc::clone(&api), random: Arc::clone(&random) });
        let state = Arc::clone(&state);
        async move {
            let outcome = write(&writer, &state, &item).await.map_err(|error| error.to_string());
            let failure = outcome.err();
            tally.count(&item.name, failure.as_deref());
            failure.map(|text| Remark::new(item.name, text))
        }
    });
    written.await.into_iter().flatten().collect()
}

async fn write(writer: &Writer, state: &State, item: &Item) -> Result<(), WriteError> {
    let Some(secret) = &item.secret else { return Ok(()) };
    let begun = state.begun(&secret.name).filter(|ids| ids.len() == secret.versions.len());
    let ids = begun.map_or_else(|| writer.new_ids(secret), <[String]>::to_vec);
    state.begin(&secret.name, &ids)?;
    match item.action {
        Action::Create => writer.create(secret, ids).await?,
        _ => writer.update(secret, ids).await?,
    }
    Ok(state.done(&secret.name)?)
}

struct Writer {
    api: Arc<SecretsManager>,
    random: Arc<dyn Random>,
}

impl Writer {
    /// The ids under which the versions are written: their own, or random ones, which show nothing of the value.
    fn new_ids(&self, secret: &Secret) -> Vec<String> {
        let usable = |id: &&String| (32..=64).contains(&id.len());
        let id = |version: &Version| version.id.as_ref().filter(usable).cloned();
        secret.versions.iter().map(|version| id(version).unwrap_or_else(|| self.random.uuid())).collect()
    }

    async fn create(&self, secret: &Secret, ids: Vec<String>) -> Result<(), ApiError> {
        let token = ids.first().cloned().unwrap_or_else(|| self.random.uuid());
        let mut input = Input::new().with("Name", &secret.name).with("ClientRequestToken", &token);
        if !secret.description.is_empty() {
            input = input.with("Description", &secret.description);
        }
        input = input.with_some("KmsKeyId", secret.kms_key.as_deref());
        if !secret.tags.is_empty() {
            input = input.with_json("Tags", &tags(&secret.tags));
        }
        if !secret.replicas.is_empty() {
            input = input.with_json("AddReplicaRegions", &replicas(secret, |_| true));
        }
        let mut versions = secret.versions.iter().zip(&ids);
        if let Some((first, _)) = versions.next() {
            input = with_value(input, &first.value);
        }
        self.api.call("CreateSecret", input).await?;
        for (version, id) in versions {
            self.put(secret, version, id).await?;
        }
        if !has_usual_labels(secret) {
            self.label(secret, &ids).await?;
        }
        match &secret.policy {
            Some(policy) => self.put_policy(secret, policy).await,
            None => Ok(()),
        }
    }

    async fn put(&self, secret: &Secret, version: &Version, id: &str) -> Result<(), ApiError> {
        let labels = if version.labels.is_empty() { vec![PASSING.to_owned()] } else { version.labels.clone() };
        let input = Input::new()
            .with("SecretId", &secret.name)
            .with("ClientRequestToken", id)
            .with_json("VersionStages", &json!(labels));
        self.api.call("PutSecretValue", with_value(input, &version.value)).await.map(drop)
    }

    /// Brings a secret that the destination has to the wanted content.
    async fn update(&self, secret: &Secret, mut ids: Vec<String>) -> Result<(), ApiError> {
        let (actual, _) = aws::read_secret(&self.api, &secret.name, true).await?;
        for (version, id) in secret.versions.iter().zip(&mut ids) {
            let same_label = version.labels.iter().find_map(|label| actual.labelled(label));
            if let Some(there) = same_label.filter(|there| there.value == version.value) {
                if let Some(known) = &there.id {
                    id.clone_from(known);
                }
                continue;
            }
            match actual.versions.iter().find(|there| there.id.as_ref() == Some(id)) {
                Some(there) if there.value == version.value => continue,
                // The id is taken: a version never changes its value.
                Some(_) => *id = self.random.uuid(),
                None => {}
            }
            self.put(secret, version, id).await?;
        }
        if secret.extent == Extent::Value {
            return Ok(());
        }
        self.label(secret, &ids).await?;
        self.retag(secret, &actual).await?;
        if secret.extent == Extent::Whole { self.describe(secret, &actual).await } else { Ok(()) }
    }

    /// Description, key, policy and replicas.
    async fn describe(&self, secret: &Secret, actual: &Secret) -> Result<(), ApiError> {
        let other_key = secret.kms_key.is_some() && secret.kms_key != actual.kms_key;
        if secret.description != actual.description || other_key {
            let input = Input::new()
                .with("SecretId", &secret.name)
                .with("Description", &secret.description)
                .with_some("KmsKeyId", secret.kms_key.as_deref());
            self.api.call("UpdateSecret", input).await?;
        }
        match &secret.policy {
            same if same_policy(same.as_deref(), actual.policy.as_deref()) => {}
            Some(policy) => self.put_policy(secret, policy).await?,
            None => {
                self.api.call("DeleteResourcePolicy", Input::new().with("SecretId", &secret.name)).await?;
            }
        }
        let lacking = |region: &str| actual.replicas.iter().all(|replica| replica.region != region);
        let added = replicas(secret, lacking);
        if added.as_array().is_some_and(|added| !added.is_empty()) {
            let input = Input::new().with("SecretId", &secret.name).with_json("AddReplicaRegions", &added);
            self.api.call("ReplicateSecretToRegions", input).await?;
        }
        Ok(())
    }

    async fn retag(&self, secret: &Secret, actual: &Secret) -> Result<(), ApiError> {
        let changed: BTreeMap<String, String> = secret
            .tags
            .iter()
            .filter(|(key, value)| actual.tags.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let gone: Vec<&String> = actual.tags.keys().filter(|key| !secret.tags.contains_key(*key)).collect();
        if !gone.is_empty() {
            let input = Input::new().with("SecretId", &secret.name).with_json("TagKeys", &json!(gone));
            self.api.call("UntagResource", input).await?;
        }
        if !changed.is_empty() {
            let input = Input::new().with("SecretId", &secret.name).with_json("Tags", &tags(&changed));
            self.api.call("TagResource", input).await?;
        }
        Ok(())
    }

    async fn put_policy(&self, secret: &Secret, policy: &str) -> Result<(), ApiError> {
        let input = Input::new().with("SecretId", &secret.name).with("ResourcePolicy", policy);
        self.api.call("PutResourcePolicy", input).await.map(drop)
    }

    /// Moves the labels to where the secret has them, and takes away those that it does not have.
    async fn label(&self, secret: &Secret, ids: &[String]) -> Result<(), ApiError> {
        let mut holders: BTreeMap<String, String> = BTreeMap::new();
        for version in aws::list_versions(&self.api, &secret.name, true).await? {
            for label in version.labels() {
                holders.insert(label, version.version_id.clone());
            }
        }
        let versions = secret.versions.iter().zip(ids);
        let wanted: BTreeMap<&String, &String> =
            versions.flat_map(|(version, id)| version.labels.iter().map(move |label| (label, id))).collect();
        // In the order of names AWSCURRENT comes before AWSPREVIOUS, which its move sets.
        for (label, id) in &wanted {
            let holder = holders.get(*label).cloned();
            if holder.as_ref() == Some(id) {
                continue;
            }
            self.move_label(secret, label, holder.as_deref(), Some(id)).await?;
            holders.insert((*label).clone(), (*id).clone());
            if let Some(old) = holder.filter(|_| *label == CURRENT) {
                holders.insert(PREVIOUS.to_owned(), old);
            }
        }
        for (label, holder) in &holders {
            if !wanted.contains_key(label) && label != CURRENT {
                self.move_label(secret, label, Some(holder), None).await?;
            }
        }
        Ok(())
    }

    async fn move_label(
        &self,
        secret: &Secret,
        label: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), ApiError> {
        let input = Input::new()
            .with("SecretId", &secret.name)
            .with("VersionStage", label)
            .with_some("RemoveFromVersionId", from)
            .with_some("MoveToVersionId", to);
        self.api.call("UpdateSecretVersionStage", input).await.map(drop)
    }
}

/// Whether the labels are those that one or two writes give without more.
fn has_usual_labels(secret: &Secret) -> bool {
    let labels: Vec<Vec<&str>> =
        secret.versions.iter().map(|version| version.labels.iter().map(String::as_str).collect()).collect();
    labels.is_empty() || labels == [[CURRENT]] || labels == [[PREVIOUS], [CURRENT]]
}

fn with_value(input: Input, value: &Value) -> Input {
    match value {
        Value::Text(text) => input.with("SecretString", text.expose()),
        Value::Binary(bytes) => {
            let encoded = Zeroizing::new(STANDARD.encode(bytes.expose()));
            input.with("SecretBinary", &encoded)
        }
    }
}

fn tags(tags: &BTreeMap<String, String>) -> Json {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

fn replicas(secret: &Secret, wanted: impl Fn(&str) -> bool) -> Json {
    let wanted = secret.replicas.iter().filter(|replica| wanted(&replica.region));
    wanted
        .map(|replica| match &replica.kms_key {
            Some(key) => json!({"Region": replica.region, "KmsKeyId": key}),
            None => json!({"Region": replica.region}),
        })
        .collect()
}
