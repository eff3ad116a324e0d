//! What an import would do: each secret of the source beside what the destination has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use serde_json::json;

use crate::api::{ApiError, Input, SecretsManager};
use crate::aws::{self, Listed};
use crate::concurrent::over;
use crate::progress::{Progress, Tally, TransferPhase};
use crate::secret::{CURRENT, Extent, Found, Remark, Secret, Version, name_fault};
use crate::state::State;

/// How secrets are changed on their way.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What is put before each name.
    pub name_prefix: String,
    /// The keys of the destination for keys of the source. Other keys give way to the default key.
    pub kms_keys: BTreeMap<String, String>,
    /// Whether secrets that the destination has with another content are written.
    pub overwrite: bool,
}

/// What happens to a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// An earlier run that was cut off made a part of it; the rest is written.
    Continue,
    /// The destination has it with another content, which is replaced.
    Overwrite(String),
    /// The destination has it already.
    Identical,
    /// The destination has another content, or cannot have it. Nothing is changed.
    Conflict(String),
    /// The source's secret is left out.
    Skip(String),
}

impl Action {
    /// Whether something is written.
    pub fn writes(&self) -> bool {
        matches!(self, Action::Create | Action::Continue | Action::Overwrite(_))
    }

    fn word_and_reason(&self) -> (&'static str, &str) {
        match self {
            Action::Create => ("create", ""),
            Action::Continue => ("continue", ""),
            Action::Identical => ("identical", ""),
            Action::Overwrite(reason) => ("overwrite", reason),
            Action::Conflict(reason) => ("conflict", reason),
            Action::Skip(reason) => ("skip", reason),
        }
    }
}

/// A secret and what happens to it.
#[derive(Debug)]
pub struct Item {
    /// The name at the destination.
    pub name: String,
    /// What happens.
    pub action: Action,
    /// What is written; none for a secret that is left out.
    pub secret: Option<Secret>,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, reason) = self.action.word_and_reason();
        write!(f, "{word:<10} {}", self.name)?;
        match (reason, &self.secret) {
            ("", Some(secret)) if self.action.writes() => write!(f, "  ({})", content(secret)),
            ("", _) => Ok(()),
            (reason, _) => write!(f, "  ({reason})"),
        }
    }
}

fn content(secret: &Secret) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let parts = [
        counted(secret.versions.len(), "version", "versions").or_else(|| Some("no value".to_owned())),
        counted(secret.tags.len(), "tag", "tags"),
        counted(secret.replicas.len(), "replica", "replicas"),
        secret.policy.as_ref().map(|_| "resource policy".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Everything that an import would do.
#[derive(Debug)]
pub struct Plan {
    /// The secrets, by name.
    pub items: Vec<Item>,
    /// Parts of secrets that are left out.
    pub notes: Vec<Remark>,
}

impl Plan {
    /// How many items have an action of each word.
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let words = ["create", "continue", "overwrite", "identical", "conflict", "skip"];
        let count = |word| self.items.iter().filter(|item| item.action.word_and_reason().0 == word).count();
        words.map(|word| (word, count(word))).into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// Compares what a source has with the destination.
///
/// # Errors
///
/// The destination cannot be read.
pub async fn plan(
    api: &Arc<SecretsManager>,
    found: Found,
    changes: &Changes,
    state: Option<&State>,
    progress: &Arc<dyn Progress>,
) -> Result<Plan, ApiError> {
    let mut notes = found.notes;
    let regions = reachable_regions(api, &found.secrets).await?;
    let secrets: Vec<Secret> =
        found.secrets.into_iter().map(|secret| adapt(secret, changes, &regions, api.region(), &mut notes)).collect();
    let there: HashMap<String, Listed> =
        aws::list(api).await?.into_iter().map(|listed| (listed.name.clone(), listed)).collect();
    let mut items: Vec<Item> = Vec::new();
    let mut to_compare = Vec::new();
    for secret in secrets {
        let action = match (name_fault(&secret.name), there.get(&secret.name)) {
            (Some(fault), _) => Action::Conflict(fault.to_owned()),
            (None, None) => Action::Create,
            (None, Some(listed)) => match unwritable(listed, api.region()) {
                Some(reason) => Action::Conflict(reason),
                None => {
                    let begun = state.and_then(|state| state.begun(&secret.name)).map(<[String]>::to_vec);
                    to_compare.push((secret, begun));
                    continue;
                }
            },
        };
        items.push(Item { name: secret.name.clone(), action, secret: Some(secret) });
    }
    items.extend(compare_all(api, to_compare, changes.overwrite, progress).await?);
    for (remarks, what) in [(found.skipped, ""), (found.unread, "it cannot be read: ")] {
        for Remark { name, text } in remarks {
            let reason = format!("{what}{text}");
            let action = if what.is_empty() { Action::Skip(reason) } else { Action::Conflict(reason) };
            items.push(Item { name: format!("{}{name}", changes.name_prefix), action, secret: None });
        }
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Plan { items, notes })
}

fn unwritable(listed: &Listed, region: &str) -> Option<String> {
    if listed.deleted_date.is_some() {
        return Some("the destination has it scheduled for deletion; restore it there, or wait".to_owned());
    }
    let primary = listed.primary_region.as_deref().filter(|primary| *primary != region)?;
    Some(format!("at the destination it is a replica of the secret in {primary}"))
}

/// The regions of replicas that the destination runs.
async fn reachable_regions(api: &Arc<SecretsManager>, secrets: &[Secret]) -> Result<BTreeSet<String>, ApiError> {
    let wanted: BTreeSet<&str> =
        secrets.iter().flat_map(|secret| &secret.replicas).map(|replica| replica.region.as_str()).collect();
    let mut reached = BTreeSet::new();
    for region in wanted {
        let input = Input::new().with_json("MaxResults", &json!(1));
        match api.call_in(region, "ListSecrets", input).await {
            Ok(_) => drop(reached.insert(region.to_owned())),
            Err(ApiError::Http(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(reached)
}

/// The secret as the destination is to have it.
fn adapt(
    mut secret: Secret,
    changes: &Changes,
    regions: &BTreeSet<String>,
    here: &str,
    notes: &mut Vec<Remark>,
) -> Secret {
    secret.name = format!("{}{}", changes.name_prefix, secret.name);
    let mut note = |text: String| notes.push(Remark::new(secret.name.clone(), text));
    let mut map = |key: Option<String>, whose: &str| {
        let key = key?;
        let mapped = changes.kms_keys.get(&key).cloned();
        if mapped.is_none() {
            note(format!("{whose} gets the default key in place of {key} (see --map-kms-key)"));
        }
        mapped
    };
    secret.kms_key = map(secret.kms_key.take(), "the secret");
    for replica in &mut secret.replicas {
        replica.kms_key = map(replica.kms_key.take(), &format!("the replica in {}", replica.region));
    }
    let (kept, left): (Vec<_>, Vec<_>) = std::mem::take(&mut secret.replicas)
        .into_iter()
        .partition(|replica| replica.region != here && regions.contains(&replica.region));
    for replica in left {
        let why = if replica.region == here { "is where the secret itself goes" } else { "does not answer there" };
        notes.push(Remark::new(secret.name.clone(), format!("no replica in {}: the region {why}", replica.region)));
    }
    secret.replicas = kept;
    secret
}

type Comparison = (Secret, Option<Vec<String>>);

async fn compare_all(
    api: &Arc<SecretsManager>,
    secrets: Vec<Comparison>,
    overwrite: bool,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<Item>, ApiError> {
    let tally = Arc::new(Tally::new(TransferPhase::Compare, secrets.len(), progress));
    let api = Arc::clone(api);
    let compared = over(secrets, move |(secret, begun)| {
        let (api, tally) = (Arc::clone(&api), Arc::clone(&tally));
        async move {
            let action = compare(&api, &secret, begun.as_deref(), overwrite).await;
            tally.count(&secret.name, None);
            action.map(|action| Item { name: secret.name.clone(), action, secret: Some(secret) })
        }
    });
    compared.await.into_iter().collect()
}

async fn compare(
    api: &SecretsManager,
    secret: &Secret,
    begun: Option<&[String]>,
    overwrite: bool,
) -> Result<Action, ApiError> {
    let (actual, _) = aws::read_secret(api, &secret.name, secret.extent != Extent::Value).await?;
    let differences = differences(secret, &actual);
    if differences.is_empty() {
        return Ok(Action::Identical);
    }
    let ours =
        |ids: &[String]| actual.versions.iter().all(|version| version.id.as_ref().is_some_and(|id| ids.contains(id)));
    if begun.is_some_and(ours) {
        return Ok(Action::Continue);
    }
    let reason = format!("the destination differs in {}", differences.join(", "));
    Ok(if overwrite { Action::Overwrite(reason) } else { Action::Conflict(reason) })
}

/// What of a secret is different at the destination. Values are compared, and not shown.
pub(crate) fn differences(wanted: &Secret, actual: &Secret) -> Vec<String> {
    let mut found = Vec::new();
    let value = |secret: &Secret, label: &str| secret.labelled(label).map(|version| version.value.clone());
    if wanted.extent == Extent::Value {
        if value(wanted, CURRENT) != value(actual, CURRENT) {
            found.push("value".to_owned());
        }
        return found;
    }
    let labels = |secret: &Secret| -> BTreeSet<String> {
        secret.versions.iter().flat_map(|version| version.labels.clone()).collect()
    };
    for label in labels(wanted).union(&labels(actual)) {
        if value(wanted, label) != value(actual, label) {
            found.push(format!("the version labelled {label}"));
        }
    }
    let has = |version: &Version| actual.versions.iter().any(|other| other.value == version.value);
    if wanted.versions.iter().any(|version| version.labels.is_empty() && !has(version)) {
        found.push("versions without labels".to_owned());
    }
    let mut note = |differs: bool, what: &str| {
        if differs {
            found.push(what.to_owned());
        }
    };
    note(wanted.tags != actual.tags, "tags");
    if wanted.extent == Extent::Whole {
        note(wanted.description != actual.description, "description");
        note(!same_policy(wanted.policy.as_deref(), actual.policy.as_deref()), "resource policy");
        let lacks = |region: &String| actual.replicas.iter().all(|replica| replica.region != *region);
        note(wanted.replicas.iter().any(|replica| lacks(&replica.region)), "replicas");
        note(wanted.kms_key.is_some() && wanted.kms_key != actual.kms_key, "KMS key");
    }
    found
}

/// A server may store a policy in another spelling.
pub(crate) fn same_policy(a: Option<&str>, b: Option<&str>) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || a.zip(b).is_some_and(|(a, b)| read(a).is_some() && read(a) == read(b))
}
