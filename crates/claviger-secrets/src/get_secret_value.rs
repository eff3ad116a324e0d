//! GetSecretValue: one version's value, by label, by id or both.

use claviger_model::secretsmanager::{GetSecretValueRequest, GetSecretValueResponse, error};
use claviger_store::Shared;
use claviger_store::tables::secret_table::{self, SecretRecord, VersionMeta};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved, TargetError};

use super::lookup::{self, Named, no_such_stage, no_such_version};
use super::value_key::{self, ValueKey};
use super::{stages, vault};

pub(crate) struct GetSecretValue;

/// The version to read, and its key.
#[derive(Debug)]
pub(crate) struct Reading {
    record: Shared<SecretRecord>,
    version: String,
    key: ValueKey,
}

impl Operation for GetSecretValue {
    const ACTION: &'static str = "secretsmanager:GetSecretValue";
    const READ_ONLY: bool = true;
    // It writes the day of the last access. A failure of that write must not keep a caller from the value.
    const WRITES_MAY_BE_LOST: bool = true;
    type Input = GetSecretValueRequest;
    type Output = GetSecretValueResponse;
    type Target = Reading;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Reading>, Error> {
        let named = Named::find(cx, &input.secret_id)?;
        let stage = input.version_stage.as_deref().or(input.version_id.is_none().then_some(stages::CURRENT));
        let permission = named
            .permission(Self::ACTION, cx)
            .with_opt("secretsmanager:VersionId", input.version_id.as_deref())
            .with_opt("secretsmanager:VersionStage", stage);
        Ok(Resolved::then(vec![permission], find(input, named, cx)))
    }

    fn run(_input: Self::Input, reading: Authorized<Reading>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let key = reading.as_ref().map(|reading| &reading.key.key);
        let value = vault::open(cx, key, &reading.record.arn, &reading.version)?;
        let (secret_string, secret_binary) = value.into_members()?;
        let Reading { record, version: id, .. } = reading.into_inner();
        note_access(cx, &record, &id)?;
        let version = record.version(&id).ok_or_else(|| no_such_version(&id))?;
        Ok(GetSecretValueResponse {
            arn: Some(record.arn.text()),
            name: Some(record.arn.name.clone()),
            secret_string,
            secret_binary,
            version_stages: Some(version.stages.clone()).filter(|stages| !stages.is_empty()),
            created_date: Some(version.created),
            version_id: Some(id),
        })
    }
}

fn find(input: &GetSecretValueRequest, named: Named, cx: &Cx<'_, '_>) -> Result<Resolved<Reading>, TargetError> {
    let record = named.into_shared()?;
    lookup::require_not_deleted(&record)?;
    let version = select(&record, input.version_id.as_deref(), input.version_stage.as_deref())?;
    let (key, version) = (value_key::of_version(cx, &record.arn, version)?, version.id.clone());
    Ok(key.map(|key| Reading { record, version, key }))
}

/// Finds the version that the request names. A version without a value yet counts as missing.
fn select<'a>(record: &'a SecretRecord, id: Option<&str>, stage: Option<&str>) -> Result<&'a VersionMeta, Error> {
    match (id, stage) {
        (Some(id), stage) => {
            let version = record.version(id).ok_or_else(|| no_such_version(id))?;
            if stage.is_some_and(|stage| !version.stages.iter().any(|s| s == stage)) {
                let text = "You provided a VersionStage that is not associated to the provided VersionId.";
                return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
            }
            Some(version).filter(|v| v.has_value).ok_or_else(|| no_such_version(id))
        }
        (None, stage) => {
            let stage = stage.unwrap_or(stages::CURRENT);
            record.staged(stage).filter(|v| v.has_value).ok_or_else(|| no_such_stage(stage))
        }
    }
}

/// The day of the last access is kept, so that a read writes at most once a day.
fn note_access(cx: &mut Cx<'_, '_>, record: &Shared<SecretRecord>, id: &str) -> Result<(), Error> {
    let today = Some(cx.now.start_of_day());
    let version = record.version(id).ok_or_else(|| no_such_version(id))?;
    if record.last_accessed == today && version.last_accessed == today {
        return Ok(());
    }
    let mut record = record.clone().into_owned();
    record.versions.iter_mut().filter(|version| version.id == id).for_each(|version| version.last_accessed = today);
    record.last_accessed = today;
    secret_table::save_secret(cx.tx, &record)?;
    Ok(claviger_replication::secret_replication::report_access(cx.tx, &record)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::Timestamp;

    use super::*;
    use crate::testing::secret;

    fn versioned() -> SecretRecord {
        let version = |id: &str, stages: &[&str], has_value: bool| VersionMeta {
            id: id.to_owned(),
            stages: stages.iter().map(|s| (*s).to_owned()).collect(),
            created: Timestamp(0),
            last_accessed: None,
            kms_key: None,
            has_value,
        };
        let versions = vec![
            version("old", &[], true),
            version("current", &["AWSCURRENT", "mine"], true),
            version("pending", &["AWSPENDING"], false),
        ];
        SecretRecord { versions, ..secret("x") }
    }

    fn check(id: Option<&str>, stage: Option<&str>, expected: Result<&str, &str>) {
        let record = versioned();
        let found = select(&record, id, stage).map(|v| v.id.clone()).map_err(|e| e.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{id:?} {stage:?}");
    }

    #[test]
    fn selection() {
        check(None, None, Ok("current"));
        check(None, Some("mine"), Ok("current"));
        check(Some("old"), None, Ok("old"));
        check(Some("current"), Some("mine"), Ok("current"));
    }

    #[test]
    fn what_is_missing() {
        let missing = "ResourceNotFoundException: Secrets Manager can't find the specified secret value for";
        check(None, Some("nope"), Err(&format!("{missing} staging label: nope")));
        check(None, Some("AWSPENDING"), Err(&format!("{missing} staging label: AWSPENDING")));
        check(Some("nope"), None, Err(&format!("{missing} VersionId: nope")));
        check(Some("pending"), Some("AWSPENDING"), Err(&format!("{missing} VersionId: pending")));
        let apart =
            "InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.";
        check(Some("old"), Some("AWSCURRENT"), Err(apart));
        let empty = select(&secret("x"), None, None).map(|v| v.id.clone()).map_err(|e| e.to_string());
        assert_eq!(empty, Err(format!("{missing} staging label: AWSCURRENT")));
    }
}
