//! How a claimed rotation ends.

use claviger_replication::secret_replication;
use claviger_store::Tx;
use claviger_store::tables::rotation_table::{self, RotationRecord, RotationRun};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{RotationStep, Timestamp};

use claviger_core::Node;
use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::event::{self, Happened};
use super::{RotationClaim, RotationPhase, lease, phase, retries, test_version, window};

/// Notes the end of a run whose steps all succeeded. The answer tells how the run stands: the function may have left the version without
/// `AWSCURRENT`, and then the caller notes a failure.
///
/// # Errors
///
/// Those of the store.
pub fn finish(node: &Node, tx: &mut Tx<'_>, claim: &RotationClaim, now: Timestamp) -> Result<RotationPhase, Error> {
    let Some((mut rotation, mut secret)) = lease::held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    let phase = phase(&secret, &claim.run);
    match phase {
        RotationPhase::Pending | RotationPhase::Lost => return Ok(phase),
        RotationPhase::Complete => complete(node, tx, &mut rotation, &mut secret, &claim.run, now)?,
        RotationPhase::GivenUp => give_up(node, tx, &mut rotation, &secret, &claim.run, now)?,
    }
    rotation.run = None;
    rotation.lease = None;
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(phase)
}

/// Notes that an attempt failed, in a step or between two. Answers the time of the next attempt.
///
/// # Errors
///
/// Those of the store.
pub fn fail(
    node: &Node,
    tx: &mut Tx<'_>,
    claim: &RotationClaim,
    step: Option<RotationStep>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let Some((mut rotation, secret)) = lease::held(tx, claim)? else { return Ok(None) };
    rotation.lease = None;
    retries::failed(&mut rotation, &secret, now);
    rotation_table::save_rotation(tx, &rotation)?;
    event::record(node, tx, &claim.secret, &claim.run, Happened::Failed(&claim.function_arn, step), now)?;
    Ok(rotation.due)
}

/// Notes the end of a test, and removes its copy of the value. A test is made once, whatever its outcome.
///
/// # Errors
///
/// Those of the store.
pub fn finish_test(
    node: &Node,
    tx: &mut Tx<'_>,
    claim: &RotationClaim,
    failed: Option<RotationStep>,
    now: Timestamp,
) -> Result<RotationPhase, Error> {
    let Some((mut rotation, secret)) = lease::held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    let happened = match failed {
        Some(step) => Happened::Failed(&claim.function_arn, Some(step)),
        None => Happened::Succeeded,
    };
    event::record(node, tx, &claim.secret, &claim.run, happened, now)?;
    if let Some(run) = rotation.run.take() {
        test_version::remove(tx, secret.clone(), &run)?;
    }
    rotation.due = window::next_start(&secret, now);
    rotation.lease = None;
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(RotationPhase::Complete)
}

/// Notes a complete rotation.
pub(super) fn complete(
    node: &Node,
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    run: &RotationRun,
    now: Timestamp,
) -> Result<(), Error> {
    note_complete(secret, now);
    save(tx, secret)?;
    rotation.due = window::next_start(secret, now);
    event::record(node, tx, &secret.arn, run, Happened::Succeeded, now)
}

fn note_complete(secret: &mut SecretRecord, now: Timestamp) {
    if let Some(settings) = &mut secret.rotation {
        settings.last_rotated = Some(now);
        settings.value_set = Some(now);
    }
    secret.last_changed = now;
}

/// Notes how a stored run stands that a request replaces or ends. Changes `secret`, which the caller writes.
///
/// # Errors
///
/// Those of the store.
pub(crate) fn replace(cx: &mut RunCx<'_, '_>, secret: &mut SecretRecord, run: &RotationRun) -> Result<(), Error> {
    let now = cx.now;
    let function = secret.rotation.as_ref().and_then(|settings| settings.function_arn.clone()).unwrap_or_default();
    if run.test_only {
        // A test leaves nothing.
        test_version::take(cx.tx, secret, run)?;
        cx.audit.event(event::of(&secret.arn, run, Happened::Failed(&function, None), now));
    } else if phase(secret, run) == RotationPhase::Complete {
        // The function has done its work, and its node has not noted it yet.
        note_complete(secret, now);
        cx.audit.event(event::of(&secret.arn, run, Happened::Succeeded, now));
    }
    Ok(())
}

/// Notes a rotation whose version lost its label. Who took the label does not expect another rotation at once.
pub(super) fn give_up(
    node: &Node,
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &SecretRecord,
    run: &RotationRun,
    now: Timestamp,
) -> Result<(), Error> {
    rotation.due = window::start_after_open(secret, now);
    event::record(node, tx, &secret.arn, run, Happened::Abandoned, now)
}

/// Writes a secret and announces it to its replicas.
pub(super) fn save(tx: &mut Tx<'_>, secret: &mut SecretRecord) -> Result<(), Error> {
    secret_replication::raise_revision(secret);
    secret_table::save_secret(tx, secret)?;
    Ok(secret_replication::announce(tx, secret)?)
}
