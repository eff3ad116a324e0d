//! The version on which the test step of a function is tried: a copy of the current value, `AWSPENDING` for as long as the test takes.

use claviger_replication::secret_replication;
use claviger_store::Tx;
use claviger_store::tables::secret_table;
use claviger_types::{Caller, SecretArn, Timestamp};

use claviger_core::Node;
use claviger_core::error::Error;

use super::unfinished;
use crate::{stages, transfer, versions};

/// Makes the version in the name of `caller`, whose rights on the secret's key are needed. Answers why it cannot be made.
///
/// # Errors
///
/// Those of the store.
pub fn make(
    node: &Node,
    tx: &mut Tx<'_>,
    arn: &SecretArn,
    id: &str,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<(), String>, Error> {
    let secret = secret_table::secret(tx, &arn.account, &arn.name)?.filter(|secret| secret.arn == *arn);
    let Some(mut secret) = secret else { return Ok(Err("the secret is gone".to_owned())) };
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
    let (value, kms_key) = match transfer::seal_value(node, tx, &secret, id, &value, caller)? {
        Ok(sealed) => sealed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if secret.version(id).is_none() {
        versions::add_empty(tx, &mut secret, id, now)?;
    }
    if let Some(version) = secret.versions.iter_mut().find(|version| version.id == id) {
        version.kms_key = kms_key;
        version.has_value = true;
    }
    stages::put(&mut secret.versions, id, &[stages::PENDING.to_owned()])?;
    secret_table::save_value(tx, arn, id, &value)?;
    // The replicas do not get a version that is there for a moment.
    secret_table::save_secret(tx, &secret)?;
    Ok(Ok(()))
}

/// Removes the version again.
///
/// # Errors
///
/// Those of the store.
pub fn remove(tx: &mut Tx<'_>, arn: &SecretArn, id: &str) -> Result<(), Error> {
    let secret = secret_table::secret(tx, &arn.account, &arn.name)?.filter(|secret| secret.arn == *arn);
    let Some(mut secret) = secret else { return Ok(()) };
    let is_current = secret.staged(stages::CURRENT).is_some_and(|version| version.id == id);
    if is_current || secret.version(id).is_none() {
        return Ok(());
    }
    secret.versions.retain(|version| version.id != id);
    secret_table::delete_value(tx, arn, id)?;
    // Another change may have sent it to the replicas meanwhile.
    secret_replication::raise_revision(&mut secret);
    secret_table::save_secret(tx, &secret)?;
    Ok(secret_replication::announce(tx, &secret)?)
}
