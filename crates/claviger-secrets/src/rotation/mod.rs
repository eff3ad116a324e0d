//! Rotation of secrets (reference: Secrets Manager User Guide, "Rotate AWS Secrets Manager secrets").
//!
//! `rotation_settings` is what a secret shows and replicates. [`engine`] is what the region of the primary does: it makes the version that a
//! rotation fills, gives one node at a time the right to run the function, and notes how the run ended. The engine decides by the
//! secret's labels: a rotation is complete when its version is `AWSCURRENT`, and given up when the version is not `AWSPENDING` any more.

pub mod engine;
pub mod test_version;

use claviger_store::tables::rotation_table;
use claviger_store::tables::secret_table::{SecretRecord, VersionMeta};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

use super::stages;

/// The version of a rotation that is not complete: it is `AWSPENDING` and not `AWSCURRENT`.
pub(crate) fn unfinished(record: &SecretRecord) -> Option<&VersionMeta> {
    let is_current = |version: &VersionMeta| version.stages.iter().any(|stage| stage == stages::CURRENT);
    record.staged(stages::PENDING).filter(|version| !is_current(version))
}

/// Requires the `RotationToken` of a request to be that of the rotation that runs now. AWS does not document its text.
pub(crate) fn require_token(cx: &Cx<'_, '_>, record: &SecretRecord, token: &str) -> Result<(), Error> {
    let rotation = rotation_table::rotation(cx.tx, &record.arn.account, &record.arn.name)?;
    match rotation.and_then(|rotation| rotation.run).is_some_and(|run| run.rotation_token == token) {
        true => Ok(()),
        false => {
            let text = "The RotationToken is not that of a rotation of this secret that is in progress.";
            Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text))
        }
    }
}
