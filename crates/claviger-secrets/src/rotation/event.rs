//! The events of rotations in the audit log (reference: Secrets Manager User Guide, "Log AWS Secrets Manager events with AWS
//! CloudTrail").

use claviger_core::error::Error;
use claviger_core::{Node, ServiceEvent};
use claviger_store::Tx;
use claviger_store::tables::rotation_table::RotationRun;
use claviger_types::{RotationStep, SecretArn, Timestamp};

/// What happened to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened<'a> {
    /// A node began an attempt.
    Started,
    /// The new version is current, or the test passed.
    Succeeded,
    /// An attempt failed: of this function in this step, or between two steps.
    Failed(&'a str, Option<RotationStep>),
    /// The version lost its label before the rotation was complete.
    Abandoned,
}

/// Adds the event to the transaction.
pub(super) fn record(
    node: &Node,
    tx: &mut Tx<'_>,
    secret: &SecretArn,
    run: &RotationRun,
    happened: Happened<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    node.record_event(tx, &of(secret, run, happened, now))
}

/// The event's record.
pub(super) fn of(secret: &SecretArn, run: &RotationRun, happened: Happened<'_>, now: Timestamp) -> ServiceEvent {
    let error = match happened {
        Happened::Failed(function, Some(step)) => {
            Some(format!("Error when executing lambda {function} during {} step", step.as_str()))
        }
        Happened::Failed(function, None) => Some(format!("Error when executing lambda {function}")),
        _ => None,
    };
    ServiceEvent {
        source: "secretsmanager.amazonaws.com",
        name: name(happened, run.test_only),
        account: secret.account.clone(),
        data: vec![("SecretId", secret.to_string())],
        error,
        request_id: format!("Rotation-{secret}-{}", run.version),
        at: now,
    }
}

/// A test that is given up is one that failed: AWS names no other event.
fn name(happened: Happened<'_>, test_only: bool) -> &'static str {
    match (happened, test_only) {
        (Happened::Started, false) => "RotationStarted",
        (Happened::Succeeded, false) => "RotationSucceeded",
        (Happened::Failed(..), false) => "RotationFailed",
        (Happened::Abandoned, false) => "RotationAbandoned",
        (Happened::Started, true) => "TestRotationStarted",
        (Happened::Succeeded, true) => "TestRotationSucceeded",
        (Happened::Failed(..) | Happened::Abandoned, true) => "TestRotationFailed",
    }
}
