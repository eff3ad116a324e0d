//! The right of one node to run a rotation.

use claviger_store::Tx;
use claviger_store::tables::rotation_table::{self, RotationLease, RotationRecord};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{AccountId, RotationStep, SecretArn, Timestamp};

use claviger_core::error::Error;

use super::{RotationClaim, RotationPhase, enabled, phase};

/// How long a lease lasts that is not renewed.
pub const LEASE_SECS: i64 = 8;

/// A lease from now on.
pub(super) fn new(holder: String, now: Timestamp) -> RotationLease {
    RotationLease { holder, until: now.plus_secs(LEASE_SECS) }
}

/// Whether a lease is in force. One that ends later than a new one would was given before the clock was set back.
pub(super) fn in_force(lease: &RotationLease, now: Timestamp) -> bool {
    now < lease.until && lease.until <= now.plus_secs(LEASE_SECS)
}

/// Whether a node works on the rotation.
pub(super) fn is_held(rotation: &RotationRecord, now: Timestamp) -> bool {
    rotation.lease.as_ref().is_some_and(|lease| in_force(lease, now))
}

/// Whether a node has to look at the rotation now: it is due, and no other node works on it.
pub(super) fn is_free(rotation: &RotationRecord, now: Timestamp) -> bool {
    !is_held(rotation, now) && rotation.due.is_some_and(|due| due <= now)
}

/// The rotation and its secret, if the claim still holds.
pub(super) fn held(tx: &Tx<'_>, claim: &RotationClaim) -> Result<Option<(RotationRecord, SecretRecord)>, Error> {
    let SecretArn { account, name, .. } = &claim.secret;
    let rotation = rotation_table::rotation(tx, account, name)?;
    let rotation = rotation.filter(|r| r.lease.as_ref().is_some_and(|lease| lease.holder == claim.holder));
    let secret = secret_table::secret(tx, account, name)?.filter(|secret| secret.arn == claim.secret);
    Ok(rotation.zip(secret.filter(|secret| !secret.is_replica() && enabled(secret).is_some())))
}

/// Keeps the right to run a claimed rotation. Tells how the run stands.
///
/// # Errors
///
/// Those of the store.
pub fn renew(tx: &mut Tx<'_>, claim: &RotationClaim, now: Timestamp) -> Result<RotationPhase, Error> {
    let Some((mut rotation, secret)) = held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    rotation.lease = Some(new(claim.holder.clone(), now));
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(phase(&secret, &claim.run))
}

/// Ends the lease of a rotation. For a region whose store no other process has open: the process that had the lease has ended.
///
/// # Errors
///
/// Those of the store.
pub fn release(tx: &mut Tx<'_>, account: &AccountId, name: &str, now: Timestamp) -> Result<(), Error> {
    let Some(mut rotation) = rotation_table::rotation(tx, account, name)? else { return Ok(()) };
    let Some(lease) = rotation.lease.as_mut().filter(|lease| now < lease.until) else { return Ok(()) };
    lease.until = now;
    Ok(rotation_table::save_rotation(tx, &rotation)?)
}

/// Keeps the right to run a claimed rotation, and notes the step that begins.
///
/// # Errors
///
/// Those of the store.
pub fn begin_step(
    tx: &mut Tx<'_>,
    claim: &RotationClaim,
    step: RotationStep,
    now: Timestamp,
) -> Result<RotationPhase, Error> {
    let Some((mut rotation, secret)) = held(tx, claim)? else { return Ok(RotationPhase::Lost) };
    let phase = phase(&secret, &claim.run);
    rotation.lease = Some(new(claim.holder.clone(), now));
    if let Some(run) = rotation.run.as_mut().filter(|_| step == RotationStep::SetSecret) {
        run.set_begun.get_or_insert(now);
    }
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_and_a_clock_that_was_set_back_ends_it_too() {
        let given = Timestamp::from_secs(1_000_000);
        let lease = new("node".to_owned(), given);
        assert!(in_force(&lease, given));
        assert!(in_force(&lease, given.plus_secs(LEASE_SECS - 1)));
        assert!(!in_force(&lease, given.plus_secs(LEASE_SECS)));
        assert!(!in_force(&lease, given.plus_secs(-1)));
        assert!(!in_force(&lease, given.plus_secs(-3600)));
    }
}
