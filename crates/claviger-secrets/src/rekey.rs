//! Moving versions under another key, when a secret's key is changed (reference: Secrets Manager API, UpdateSecret,
//! `KmsKeyId`).

use claviger_store::tables::secret_table::{SecretRecord, VersionMeta};
use claviger_types::{KeyArn, SecretArn};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::operation::Resolved;

use super::stages::{CURRENT, PENDING, PREVIOUS};
use super::value_key;
use super::vault::{self, ReadyKey};

/// The actions that the caller needs on the new key for each version.
const SEAL: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt"];

/// Whether a version in use is under another key. `key` is the customer key; none means the default key.
pub(crate) fn is_needed(record: &SecretRecord, key: Option<&KeyArn>) -> bool {
    record.versions.iter().any(|version| to_move(version, key))
}

/// The versions that are current, previous or pending move. Older ones stay under their keys.
fn to_move(version: &VersionMeta, key: Option<&KeyArn>) -> bool {
    let in_use = version.stages.iter().any(|stage| [CURRENT, PREVIOUS, PENDING].contains(&stage.as_str()));
    in_use && version.has_value && version.kms_key.as_ref() != key
}

/// Encrypts the versions in use under the new key and notes it in the record, which the caller saves.
pub(crate) fn versions_in_use(cx: &mut RunCx<'_, '_>, record: &mut SecretRecord, key: &ReadyKey) -> Result<(), Error> {
    let customer = key.customer_arn();
    for version in record.versions.iter_mut().filter(|version| to_move(version, customer.as_ref())) {
        match move_version(cx, &record.arn, version, key) {
            Ok(()) => version.kms_key = customer.clone(),
            // A version that the caller may not move, or whose old key cannot be used, stays under the old key.
            Err(Error::Denied(_) | Error::Service { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn move_version(cx: &mut RunCx<'_, '_>, arn: &SecretArn, version: &VersionMeta, key: &ReadyKey) -> Result<(), Error> {
    let seal = value_key::permissions(cx, key.key(), arn, (SEAL, &version.id))?;
    let old = Resolved::then(Vec::new(), value_key::of_version(cx, arn, version)).and(seal);
    let old = cx.authorize_part(old)?;
    let value = vault::open(cx, old.as_ref().map(|key| &key.key), arn, &version.id)?;
    key.store(cx, arn, &version.id, &value)
}
