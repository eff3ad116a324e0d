//! How a node gets the right to run a rotation that is due.

use claviger_store::Tx;
use claviger_store::tables::rotation_table::{self, RotationRecord, RotationRun};
use claviger_store::tables::secret_table::{self, SecretRecord, VersionMeta};
use claviger_types::{AccountId, Random, Timestamp};

use claviger_core::Node;
use claviger_core::error::Error;

use super::event::{self, Happened};
use super::outcome::{self, save};
use super::{RotationClaim, RotationPhase, enabled, lease, phase, retries, unfinished, window};
use crate::{stages, versions};

/// How long a rotation waits that could not be claimed.
const POSTPONED_SECS: i64 = 300;

/// How long the rotation of a secret waits that is scheduled for deletion.
const DELETED_SECS: i64 = 3600;

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
    node: &Node,
    tx: &mut Tx<'_>,
    account: &AccountId,
    name: &str,
    now: Timestamp,
) -> Result<Option<RotationClaim>, Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, account, name)? else { return Ok(None) };
    if !lease::is_free(&rotation, now) {
        return Ok(None);
    }
    let cut_off = rotation.lease.take();
    let secret = secret_table::secret(tx, account, name)?.filter(|secret| !secret.is_replica());
    let Some(mut secret) = secret.filter(|secret| enabled(secret).is_some()) else {
        rotation_table::delete_rotation(tx, account, name)?;
        return Ok(None);
    };
    let function_arn = enabled(&secret).and_then(|settings| settings.function_arn.clone());
    let Some(function_arn) = function_arn.filter(|_| secret.deletion.is_none()) else {
        rotation.due = Some(now.plus_secs(DELETED_SECS));
        rotation_table::save_rotation(tx, &rotation)?;
        return Ok(None);
    };
    let unsettled = rotation.run.as_ref().filter(|run| phase(&secret, run) == RotationPhase::Pending);
    if let Some((cut_off, run)) = cut_off.zip(unsettled) {
        // The node that had the lease ended without noting how the attempt went, perhaps because of the function.
        let renewed = cut_off.until.plus_secs(-lease::LEASE_SECS);
        event::record(node, tx, &secret.arn, run, Happened::Failed(&function_arn, None), now)?;
        retries::failed(&mut rotation, &secret, renewed.min(now));
    }
    let run = match rotation.run.take() {
        Some(run) => settled(node, tx, &mut rotation, &mut secret, run, now)?,
        None => begin_if_due(node.random(), tx, &mut rotation, &mut secret, now)?,
    };
    let claim = match run {
        Some(run) if rotation.due.is_some_and(|due| due <= now) => {
            let holder = node.random().uuid();
            rotation.lease = Some(lease::new(holder.clone(), now));
            rotation.run = Some(run.clone());
            event::record(node, tx, &secret.arn, &run, Happened::Started, now)?;
            Some(RotationClaim { secret: secret.arn.clone(), function_arn, run, holder })
        }
        run => {
            rotation.run = run;
            None
        }
    };
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(claim)
}

/// Goes on with a run, unless its version shows that it has ended.
fn settled(
    node: &Node,
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    run: RotationRun,
    now: Timestamp,
) -> Result<Option<RotationRun>, Error> {
    match phase(secret, &run) {
        RotationPhase::Pending => Ok(Some(run)),
        RotationPhase::Complete => {
            outcome::complete(node, tx, rotation, secret, &run, now)?;
            Ok(None)
        }
        RotationPhase::GivenUp | RotationPhase::Lost => {
            outcome::give_up(node, tx, rotation, secret, &run, now)?;
            Ok(None)
        }
    }
}

/// Begins a rotation if a window is open. A version that waits from an earlier rotation is filled by this one.
fn begin_if_due(
    random: &dyn Random,
    tx: &mut Tx<'_>,
    rotation: &mut RotationRecord,
    secret: &mut SecretRecord,
    now: Timestamp,
) -> Result<Option<RotationRun>, Error> {
    if window::open(secret, now).is_none() && !window::is_overdue(secret, now) {
        if rotation.due.is_some_and(|due| window::open(secret, due).is_some()) {
            tracing::warn!(secret = %secret.arn, "the window of a rotation has passed without an attempt");
        }
        rotation.due = window::next_start(secret, now);
        return Ok(None);
    }
    let run = match unfinished(secret) {
        Some(version) => adopted(version, random, now),
        None => {
            let id = random.uuid();
            versions::add_empty(tx, secret, &id, now)?;
            stages::put(&mut secret.versions, &id, &[stages::PENDING.to_owned()])?;
            save(tx, secret)?;
            RotationRun::new(id, false, rotation_token(random))
        }
    };
    Ok(Some(run))
}

/// A run for a version that waits, and whose run is not known any more. If the version has a value, that may be in effect where the secret
/// is used.
pub(crate) fn adopted(version: &VersionMeta, random: &dyn Random, now: Timestamp) -> RotationRun {
    let run = RotationRun::new(version.id.clone(), false, rotation_token(random));
    RotationRun { set_begun: version.has_value.then_some(now), ..run }
}

/// Puts a rotation off that cannot be claimed, such as one of a secret with no room for another version.
///
/// # Errors
///
/// Those of the store.
pub fn postpone(tx: &mut Tx<'_>, account: &AccountId, name: &str, now: Timestamp) -> Result<(), Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, account, name)? else { return Ok(()) };
    // Another node may have claimed it meanwhile, or a request may have begun another rotation.
    if !lease::is_free(&rotation, now) {
        return Ok(());
    }
    rotation.lease = None;
    rotation.due = Some(now.plus_secs(POSTPONED_SECS));
    Ok(rotation_table::save_rotation(tx, &rotation)?)
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
    if lease::is_held(&rotation, now) {
        return Ok(());
    }
    let run = rotation.run.take().filter(|run| run.version == version.id);
    rotation.run = Some(run.unwrap_or_else(|| adopted(version, random, now)));
    rotation.due = Some(now);
    // One that is not in force would hide the due time.
    rotation.lease = None;
    Ok(rotation_table::save_rotation(tx, &rotation)?)
}

/// Wakes the rotation of a secret whose deletion was cancelled.
pub(crate) fn wake(tx: &mut Tx<'_>, secret: &SecretRecord, now: Timestamp) -> Result<(), Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, &secret.arn.account, &secret.arn.name)? else {
        return Ok(());
    };
    rotation.due = rotation.due.map(|due| due.min(now));
    Ok(rotation_table::save_rotation(tx, &rotation)?)
}
