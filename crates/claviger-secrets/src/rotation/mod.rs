//! Rotation of secrets (reference: Secrets Manager User Guide, "Rotate AWS Secrets Manager secrets").
//!
//! `rotation_settings` is what a secret shows and replicates. The modules here are what the region of the primary does, each function
//! within one transaction. [`claim`] makes the version that a rotation fills and gives one node the right to run the function, by a
//! [`lease`] that the node renews meanwhile. [`outcome`] notes how the run ended. `retries` says when a failed one is tried again.
//!
//! A node that was killed loses its lease, and the next claim runs the steps anew with the same version: functions may be invoked more
//! than once for a step, as AWS's contract for them says.

pub mod claim;
mod event;
pub mod lease;
pub mod outcome;
mod retries;
pub mod test_version;
mod window;

use claviger_store::tables::rotation_table::{self, RotationRun, SecretRotation};
use claviger_store::tables::secret_table::{SecretRecord, VersionMeta};
use claviger_types::SecretArn;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

use super::stages;

/// A rotation that this node has the right to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationClaim {
    /// The secret.
    pub secret: SecretArn,
    /// The `RotationLambdaARN`.
    pub function_arn: String,
    /// What is run, as it was when the claim was made.
    pub run: RotationRun,
    /// The holder of the lease.
    holder: String,
}

/// How a run stands. The secret's labels decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationPhase {
    /// The function has to run its steps.
    Pending,
    /// The version is `AWSCURRENT`.
    Complete,
    /// The version is neither `AWSPENDING` nor `AWSCURRENT`.
    GivenUp,
    /// Another node has the right to run it, or rotation was turned off or started anew.
    Lost,
}

/// How a run stands, by the labels of its version.
fn phase(secret: &SecretRecord, run: &RotationRun) -> RotationPhase {
    if run.test_only {
        return RotationPhase::Pending;
    }
    let staged = |label: &str| secret.staged(label).filter(|version| version.id == run.version);
    match (staged(stages::CURRENT), staged(stages::PENDING)) {
        (Some(current), _) if current.has_value => RotationPhase::Complete,
        (None, None) => RotationPhase::GivenUp,
        _ => RotationPhase::Pending,
    }
}

/// The settings of a secret whose rotation is on.
fn enabled(secret: &SecretRecord) -> Option<&SecretRotation> {
    secret.rotation.as_ref().filter(|settings| settings.enabled)
}

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
