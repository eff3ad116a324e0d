//! The steps of a rotation's state, each within one transaction of the region of the primary.
//!
//! A node claims a rotation by a lease, which it renews while the function runs. No other node runs the function meanwhile. A node that
//! was killed loses its lease, and the next claim begins the rotation anew with the same version: functions may be invoked more than once
//! for a step, as AWS's contract for them says.

use claviger_replication::secret_replication;
use claviger_schedule::RotationWindow;
use claviger_store::Tx;
use claviger_store::tables::rotation_table::{self, RotationLease, RotationRecord, RotationRun, SecretRotation};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{AccountId, Random, SecretArn, Timestamp};

use claviger_core::error::Error;

use super::unfinished;
use crate::{rotation_settings as settings, stages, versions};

/// How long a lease lasts that is not renewed.
pub const LEASE_SECS: i64 = 8;

/// The delays after the failed attempts of one window, in seconds. After the last one the rotation waits for the next window.
const RETRY_SECS: [i64; 5] = [5, 20, 80, 320, 1280];

/// How long a rotation waits that could not be claimed.
const POSTPONED_SECS: i64 = 300;

/// How long the rotation of a secret waits that is scheduled for deletion.
const DELETED_SECS: i64 = 3600;

/// A rotation that this node has the right to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationClaim {
    /// The secret.
    pub secret: SecretArn,
    /// The `RotationLambdaARN`.
    pub function_arn: String,
    /// What is run.
    pub run: RotationRun,
    /// The [`RotationLease::holder`].
    holder: String,
}

/// What a claimed rotation has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationPhase {
    /// The function has to run its steps.
    Pending,
    /// The version is `AWSCURRENT`.
    Complete,
    /// The version is neither `AWSPENDING` nor `AWSCURRENT`, or rotation was turned off.
    GivenUp,
    /// Another node has the right to run it.
    Lost,
}

/// A token by which a function proves that a value is of its rotation.
pub(crate) fn rotation_token(random: &dyn Random) -> String {
    random.uuid()
}

/// Claims a rotation that is due. None if there is nothing to run: the row was brought up to date then.
///
/// # Errors
///
/// Those of the store.
pub fn claim(
    tx: &mut Tx<'_>,
    random: &dyn Random,
    account: &AccountId,
    name: &str,
    now: Timestamp,
) -> Result<Option<RotationClaim>, Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, account, name)? else { return Ok(None) };
    if rotation.lease.as_ref().is_some_and(|lease| lease.until > now) || rotation.due.is_none_or(|due| due > now) {
        return Ok(None);
    }
    rotation.lease = None;
    let secret = secret_table::secret(tx, account, name)?.filter(|secret| !secret.is_replica());
    let Some((mut secret, settings)) = secret.and_then(|secret| enabled(&secret).map(|settings| (secret, settings)))
    else {
        rotation_table::delete_rotation(tx, account, name)?;
        return Ok(None);
    };
    let Some(function_arn) = settings.function_arn.clone().filter(|_| secret.deletion.is_none()) else {
        rotation.due = Some(now.plus_secs(DELETED_SECS));
        rotation_table::save_rotation(tx, &rotation)?;
        return Ok(None);
    };
    let run = match rotation.run.take() {
        Some(run) => settled(tx, &mut rotation, &mut secret, run, now)?,
        None => begin_if_due(tx, random, &mut rotation, &mut secret, now)?,
    };
    let holder = random.uuid();
    let claim = run.map(|run| RotationClaim { secret: secret.arn.clone(), function_arn, run, holder: holder.clone() });
    if let Some(claim) = &claim {
        rotation.run = Some(claim.run.clone());
        rotation.lease = Some(RotationLease { holder, until: now.plus_secs(LEASE_SECS) });
    }
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(claim)
}

/// Puts a rotation off that cannot be claimed, such as one of a secret with no room for another version.
///
/// # Errors
///
/// Those of the store.
pub fn postpone(tx: &mut Tx<'_>, account: &AccountId, name: &str, now: Timestamp) -> Result<(), Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, account, name)? else { return Ok(()) };
    // Another node may have claimed it meanwhile, or a request may have begun another rotation.
    if rotation.lease.as_ref().is_some_and(|lease| lease.until > now) || rotation.due.is_none_or(|due| due > now) {
        return Ok(());
    }
    rotation.lease = None;
    rotation.due = Some(now.plus_secs(POSTPONED_SECS));
    Ok(rotation_table::save_rotation(tx, &rotation)?)
}

/// The settings of a secret whose rotation is on.
fn enabled(secret: &SecretRecord) -> Option<SecretRotation> {
    secret.rotation.clone().filter(|settings| settings.enabled)
}

/// Goes on with a run, unless its version shows that it has ended.
fn settled(
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    run: RotationRun,
    now: Timestamp,
) -> Result<Option<RotationRun>, Error> {
    match phase(secret, &run) {
        RotationPhase::Pending => Ok(Some(run)),
        RotationPhase::Complete => {
            complete(tx, rotation, secret, now)?;
            Ok(None)
        }
        RotationPhase::GivenUp | RotationPhase::Lost => {
            rotation.due = next_start(secret, now);
            Ok(None)
        }
    }
}

/// Begins a rotation if a window is open. A version that waits from an earlier rotation is filled by this one.
fn begin_if_due(
    tx: &mut Tx<'_>,
    random: &dyn Random,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    now: Timestamp,
) -> Result<Option<RotationRun>, Error> {
    if !window(secret, now).is_some_and(|window| window.contains(now)) && !is_overdue(secret, now) {
        rotation.due = next_start(secret, now);
        return Ok(None);
    }
    let version = match unfinished(secret) {
        Some(version) => version.id.clone(),
        None => {
            let id = random.uuid();
            versions::add_empty(tx, secret, &id, now)?;
            stages::put(&mut secret.versions, &id, &[stages::PENDING.to_owned()])?;
            save(tx, secret)?;
            id
        }
    };
    Ok(Some(RotationRun { version, test_only: false, attempts: 0, rotation_token: rotation_token(random) }))
}

/// Wants an unfinished rotation to be tried now, with the version that waits.
///
/// # Errors
///
/// Those of the store.
pub fn retry_now(
    tx: &mut Tx<'_>,
    random: &dyn Random,
    account: &AccountId,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let secret = secret_table::secret(tx, account, name)?.filter(|secret| !secret.is_replica());
    let Some(secret) = secret.filter(|secret| enabled(secret).is_some()) else { return Ok(()) };
    let Some(version) = unfinished(&secret) else { return Ok(()) };
    let stored = rotation_table::rotation(tx, account, name)?;
    let mut rotation = stored.unwrap_or_else(|| RotationRecord {
        account: account.clone(),
        name: name.to_owned(),
        due: None,
        run: None,
        lease: None,
    });
    if rotation.lease.as_ref().is_some_and(|lease| lease.until > now) {
        return Ok(());
    }
    // The pending version of a test is a copy of the current value, which the end of the test removes.
    if rotation.run.as_ref().is_some_and(|run| run.test_only) {
        return Ok(());
    }
    let id = &version.id;
    let run = rotation.run.take().filter(|run| run.version == *id);
    let new =
        || RotationRun { version: id.clone(), test_only: false, attempts: 0, rotation_token: rotation_token(random) };
    rotation.run = Some(run.unwrap_or_else(new));
    rotation.due = Some(now);
    Ok(rotation_table::save_rotation(tx, &rotation)?)
}

/// Keeps the right to run a claimed rotation. Tells how the run stands.
///
/// # Errors
///
/// Those of the store.
pub fn renew(tx: &mut Tx<'_>, claim: &RotationClaim, now: Timestamp) -> Result<RotationPhase, Error> {
    let Some((mut rotation, secret)) = held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    let until = now.plus_secs(LEASE_SECS);
    rotation.lease = Some(RotationLease { holder: claim.holder.clone(), until });
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(phase(&secret, &claim.run))
}

/// How a run stands, by the labels of its version.
fn phase(secret: &SecretRecord, run: &RotationRun) -> RotationPhase {
    if run.test_only {
        return RotationPhase::Pending;
    }
    let has = |label: &str| secret.staged(label).is_some_and(|version| version.id == run.version);
    match (has(stages::CURRENT), has(stages::PENDING)) {
        (true, _) => RotationPhase::Complete,
        (false, true) => RotationPhase::Pending,
        (false, false) => RotationPhase::GivenUp,
    }
}

/// Notes the end of a run whose steps all succeeded. The answer tells how the run stands: the function may have left the version without
/// `AWSCURRENT`, and then the caller notes a failure.
///
/// # Errors
///
/// Those of the store.
pub fn finish(tx: &mut Tx<'_>, claim: &RotationClaim, now: Timestamp) -> Result<RotationPhase, Error> {
    let Some((mut rotation, mut secret)) = held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    let phase = if claim.run.test_only { RotationPhase::GivenUp } else { phase(&secret, &claim.run) };
    match phase {
        RotationPhase::Pending | RotationPhase::Lost => return Ok(phase),
        RotationPhase::Complete => complete(tx, &mut rotation, &mut secret, now)?,
        RotationPhase::GivenUp => rotation.due = next_start(&secret, now),
    }
    rotation.run = None;
    rotation.lease = None;
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(phase)
}

/// Notes that an attempt failed: it is tried again after a delay, or in the next window. Answers the time of the next attempt.
///
/// # Errors
///
/// Those of the store.
pub fn fail(tx: &mut Tx<'_>, claim: &RotationClaim, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let Some((mut rotation, secret)) = held(tx, claim)? else { return Ok(None) };
    rotation.lease = None;
    let attempts = claim.run.attempts as usize;
    match RETRY_SECS.get(attempts) {
        Some(secs) => {
            rotation.due = Some(now.plus_secs(*secs));
            rotation.run = Some(RotationRun { attempts: claim.run.attempts.saturating_add(1), ..claim.run.clone() });
        }
        None => {
            // The window that is open has had its attempts.
            let over = window(&secret, now).filter(|window| window.contains(now)).map_or(now, |window| window.end);
            rotation.due = next_start(&secret, over);
            rotation.run = Some(RotationRun { attempts: 0, ..claim.run.clone() });
        }
    }
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(rotation.due)
}

/// The rotation and its secret, if the claim still holds.
fn held(tx: &Tx<'_>, claim: &RotationClaim) -> Result<Option<(RotationRecord, SecretRecord)>, Error> {
    let SecretArn { account, name, .. } = &claim.secret;
    let rotation = rotation_table::rotation(tx, account, name)?;
    let rotation = rotation.filter(|r| r.lease.as_ref().is_some_and(|lease| lease.holder == claim.holder));
    let secret = secret_table::secret(tx, account, name)?.filter(|secret| secret.arn == claim.secret);
    Ok(rotation.zip(secret.filter(|secret| !secret.is_replica() && enabled(secret).is_some())))
}

/// Notes a complete rotation.
fn complete(
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(settings) = &mut secret.rotation {
        settings.last_rotated = Some(now);
        settings.value_set = Some(now);
    }
    secret.last_changed = now;
    save(tx, secret)?;
    rotation.due = next_start(secret, now);
    Ok(())
}

/// Writes a secret and announces it to its replicas.
fn save(tx: &mut Tx<'_>, secret: &mut SecretRecord) -> Result<(), Error> {
    secret_replication::raise_revision(secret);
    secret_table::save_secret(tx, secret)?;
    Ok(secret_replication::announce(tx, secret)?)
}

/// Whether a secret with `AutomaticallyAfterDays` alone has missed its day: the region was down. A rotation at another time than that of a
/// `Duration` or an expression could disturb what the secret is for, so such a secret waits for its next window.
fn is_overdue(secret: &SecretRecord, now: Timestamp) -> bool {
    let settings =
        secret.rotation.as_ref().filter(|rotation| rotation.after_days.is_some() && rotation.duration.is_none());
    let date = settings.and_then(|rotation| settings::rules(rotation)?.next_rotation_date(settings::history(rotation)));
    date.is_some_and(|date| date < now)
}

/// The open window, or else the next one.
fn window(secret: &SecretRecord, now: Timestamp) -> Option<RotationWindow> {
    let rotation = secret.rotation.as_ref()?;
    settings::rules(rotation)?.next_window(settings::history(rotation), now)
}

/// When the open window, or else the next one, begins. A secret without a schedule has none.
fn next_start(secret: &SecretRecord, now: Timestamp) -> Option<Timestamp> {
    window(secret, now).map(|window| window.start)
}
