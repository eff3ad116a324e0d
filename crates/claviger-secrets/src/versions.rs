//! Versions of a secret: one for each client request token, at most about a hundred.

use claviger_store::Tx;
use claviger_store::tables::secret_table::{self, SecretRecord, VersionMeta};
use claviger_types::{KeyArn, Timestamp};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

use super::rotation_settings as settings;
use super::stages;

/// How many versions are kept (Secrets Manager User Guide, quotas: "Versions per secret").
const VERSIONS_KEPT: usize = 100;

/// Versions younger than this are never purged (same page).
const PURGE_AGE_SECS: i64 = 86_400;

/// The state of a client request token for a secret. The token is the version's id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// No version has it.
    New,
    /// A rotation made the version and waits for its value.
    Awaited,
    /// A version has it, with a value.
    Used,
}

/// Looks a token up.
pub(crate) fn token(record: &SecretRecord, id: &str) -> Token {
    match record.version(id) {
        None => Token::New,
        Some(version) if version.has_value => Token::Used,
        Some(_) => Token::Awaited,
    }
}

/// The token was used with another value.
pub(crate) fn token_in_use(record: &SecretRecord, id: &str) -> Error {
    let text = format!(
        "You can't use ClientRequestToken {id} because that value is already in use for a version of secret {}.",
        record.arn
    );
    Error::new(error::RESOURCE_EXISTS_EXCEPTION, text)
}

/// The token is missing. SDKs always send one; raw clients may not.
pub(crate) fn require_token(given: Option<&str>) -> Result<&str, Error> {
    given.ok_or_else(|| {
        let text = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
        Error::new(error::INVALID_REQUEST_EXCEPTION, text)
    })
}

/// Notes a version whose value was just stored: makes room for it, adds or fills it, and moves its labels to it.
pub(crate) fn store(
    cx: &mut Cx<'_, '_>,
    record: &mut SecretRecord,
    id: &str,
    labels: &[String],
    kms_key: Option<KeyArn>,
) -> Result<(), Error> {
    match record.versions.iter_mut().find(|v| v.id == id) {
        Some(version) => {
            version.kms_key = kms_key;
            version.has_value = true;
        }
        None => add(cx.tx, record, VersionMeta { kms_key, has_value: true, ..empty(id, cx.now) })?,
    }
    stages::put(&mut record.versions, id, labels)?;
    if labels.iter().any(|label| label == stages::CURRENT) {
        settings::value_set(record, id, cx.now);
    }
    record.last_changed = cx.now;
    Ok(())
}

/// Adds a version without a value and without a label, and makes room for it.
pub(crate) fn add_empty(tx: &mut Tx<'_>, record: &mut SecretRecord, id: &str, now: Timestamp) -> Result<(), Error> {
    add(tx, record, empty(id, now))
}

fn empty(id: &str, now: Timestamp) -> VersionMeta {
    VersionMeta {
        id: id.to_owned(),
        stages: Vec::new(),
        created: now,
        last_accessed: None,
        kms_key: None,
        has_value: false,
    }
}

fn add(tx: &mut Tx<'_>, record: &mut SecretRecord, version: VersionMeta) -> Result<(), Error> {
    for purged in make_room(&mut record.versions, version.created)? {
        secret_table::delete_value(tx, &record.arn, &purged)?;
    }
    record.versions.push(version);
    Ok(())
}

/// Drops the oldest versions without a label until one more fits, and answers their ids.
fn make_room(versions: &mut Vec<VersionMeta>, now: Timestamp) -> Result<Vec<String>, Error> {
    let old = now.plus_secs(-PURGE_AGE_SECS);
    let excess = (versions.len() + 1).saturating_sub(VERSIONS_KEPT);
    let purgeable = versions.iter().filter(|v| v.stages.is_empty() && v.created <= old);
    let purged: Vec<String> = purgeable.take(excess).map(|v| v.id.clone()).collect();
    if purged.len() < excess {
        let text = format!(
            "The secret has {} versions, and none of them can be removed: each has a staging label or is younger than 24 hours.",
            versions.len()
        );
        return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
    }
    versions.retain(|v| !purged.contains(&v.id));
    Ok(purged)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn versions(count: usize, created: Timestamp) -> Vec<VersionMeta> {
        let version = |n: usize| VersionMeta {
            id: format!("v{n}"),
            stages: if n == 0 { vec!["first".to_owned()] } else { Vec::new() },
            created,
            last_accessed: None,
            kms_key: None,
            has_value: true,
        };
        (0..count).map(version).collect()
    }

    #[test]
    fn the_oldest_unlabelled_versions_give_way() {
        let now = Timestamp::from_secs(10 * PURGE_AGE_SECS);
        let mut few = versions(VERSIONS_KEPT - 1, Timestamp(0));
        assert_eq!(make_room(&mut few, now).unwrap(), Vec::<String>::new());
        let mut full = versions(VERSIONS_KEPT, Timestamp(0));
        assert_eq!(make_room(&mut full, now).unwrap(), ["v1"]);
        assert_eq!(full.len(), VERSIONS_KEPT - 1);
        let mut over = versions(VERSIONS_KEPT + 2, Timestamp(0));
        assert_eq!(make_room(&mut over, now).unwrap(), ["v1", "v2", "v3"]);
    }

    #[test]
    fn young_versions_stay() {
        let now = Timestamp::from_secs(10 * PURGE_AGE_SECS);
        let mut young = versions(VERSIONS_KEPT, now.plus_secs(1 - PURGE_AGE_SECS));
        let refusal = make_room(&mut young, now).unwrap_err();
        assert!(refusal.to_string().starts_with("LimitExceededException"), "{refusal}");
        assert_eq!(young.len(), VERSIONS_KEPT);
        let mut just_old = versions(VERSIONS_KEPT, now.plus_secs(-PURGE_AGE_SECS));
        assert_eq!(make_room(&mut just_old, now).unwrap(), ["v1"]);
    }
}
