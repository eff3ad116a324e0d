//! The version on which the test step of a function is tried: a copy of the current value, `AWSPENDING` for as long as the test takes.

use claviger_store::Tx;
use claviger_store::tables::rotation_table::{self, RotationRun};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{Caller, Timestamp};

use claviger_core::Node;
use claviger_core::error::Error;

use super::{RotationClaim, lease, outcome, unfinished};
use crate::{stages, transfer, versions};

/// Makes the version in the name of `caller`, whose rights on the secret's key are needed. Answers why it cannot be made.
///
/// # Errors
///
/// Those of the store.
pub fn make(
    node: &Node,
    tx: &mut Tx<'_>,
    claim: &RotationClaim,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<(), String>, Error> {
    let Some((mut rotation, mut secret)) = lease::held(tx, claim)? else {
        return Ok(Err("the test was replaced by another request".to_owned()));
    };
    let Some(run) = &mut rotation.run else { return Ok(Err("the test has ended".to_owned())) };
    let id = run.version.clone();
    if run.copied.is_none() && secret.version(&id).is_some() {
        return Ok(Err("a version with the ClientRequestToken of the test exists".to_owned()));
    }
    if unfinished(&secret).is_some_and(|version| version.id != id) {
        return Ok(Err("a rotation of the secret is not complete".to_owned()));
    }
    let Some(current) = secret.staged(stages::CURRENT).filter(|version| version.has_value).cloned() else {
        return Ok(Err("the secret has no current value".to_owned()));
    };
    let value = match transfer::open_value(node, tx, &secret, &current, caller)? {
        Ok(value) => value,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (value, kms_key) = match transfer::seal_value(node, tx, &secret, &id, &value, caller)? {
        Ok(sealed) => sealed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if secret.version(&id).is_none() {
        versions::add_empty(tx, &mut secret, &id, now)?;
    }
    if let Some(version) = secret.versions.iter_mut().find(|version| version.id == id) {
        version.kms_key = kms_key;
        version.has_value = true;
    }
    stages::put(&mut secret.versions, &id, &[stages::PENDING.to_owned()])?;
    secret_table::save_value(tx, &claim.secret, &id, &value)?;
    // The replicas do not get a version that is there for a moment.
    secret_table::save_secret(tx, &secret)?;
    run.copied.get_or_insert(now);
    rotation_table::save_rotation(tx, &rotation)?;
    Ok(Ok(()))
}

/// Takes the version out of a secret that the caller writes. Answers whether it was there.
///
/// # Errors
///
/// Those of the store.
pub(crate) fn take(tx: &mut Tx<'_>, secret: &mut SecretRecord, run: &RotationRun) -> Result<bool, Error> {
    let is_current = secret.staged(stages::CURRENT).is_some_and(|version| version.id == run.version);
    let is_copy = run.test_only && run.copied.is_some() && secret.version(&run.version).is_some();
    if !is_copy || is_current {
        return Ok(false);
    }
    secret.versions.retain(|version| version.id != run.version);
    secret_table::delete_value(tx, &secret.arn, &run.version)?;
    Ok(true)
}

/// Removes the version. Another change may have sent it to the replicas meanwhile.
pub(super) fn remove(tx: &mut Tx<'_>, mut secret: SecretRecord, run: &RotationRun) -> Result<(), Error> {
    match take(tx, &mut secret, run)? {
        true => outcome::save(tx, &mut secret),
        false => Ok(()),
    }
}
