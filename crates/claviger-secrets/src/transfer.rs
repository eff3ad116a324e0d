//! A secret's value between the keys of two regions, for replication.
//!
//! Nobody signs a request for it: the one who asked for the replica is taken at its word then, and at its rights now. What it may
//! do with the keys of either region is decided by the same code as for its own calls.

use claviger_store::Tx;
use claviger_store::tables::secrets::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn, Sensitive};
use zeroize::Zeroizing;

use claviger_core::Node;
use claviger_core::authorize;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::value::Value;
use super::vault::{self, VaultKey};

/// What a replica's region needs on its key: for the replica, and for reading it back.
const SEAL: [&str; 2] = ["kms:GenerateDataKey", "kms:Encrypt"];

/// A version's value as it travels: whether it is binary, and its bytes.
pub type Opened = (bool, Zeroizing<Vec<u8>>);

/// Opens a version's value in the primary's region. The inner error is for the replica's `StatusMessage`.
pub fn open_value(
    node: &Node,
    tx: &mut Tx<'_>,
    secret: &SecretRecord,
    version: &VersionMeta,
    caller: &Caller,
) -> Result<Result<Opened, String>, Error> {
    shown(node.on_behalf(tx, caller, |cx| open(cx, secret, version))?)
}

fn open(cx: &mut Cx<'_, '_>, secret: &SecretRecord, version: &VersionMeta) -> Result<Opened, Error> {
    let key = vault::key_of(cx, &secret.arn, version)?;
    let permissions = vault::read_permissions(cx, &key, &secret.arn, &version.id)?;
    let key = authorize::authorize(cx, permissions, key)?;
    let value = vault::open(cx, &key, &secret.arn, &version.id)?;
    Ok((value.binary, Zeroizing::new(value.bytes.into_exposed())))
}

/// Seals a version's value in the replica's region: the record to store and the customer key that it is under. `secret` is the
/// replica as it will be. The inner error is for the replica's `StatusMessage`.
pub fn seal_value(
    node: &Node,
    tx: &mut Tx<'_>,
    secret: &SecretRecord,
    version_id: &str,
    value: &Opened,
    caller: &Caller,
) -> Result<Result<(SecretValueRecord, Option<KeyArn>), String>, Error> {
    shown(node.on_behalf(tx, caller, |cx| seal(cx, secret, version_id, value))?)
}

fn seal(
    cx: &mut Cx<'_, '_>,
    secret: &SecretRecord,
    version_id: &str,
    (binary, bytes): &Opened,
) -> Result<(SecretValueRecord, Option<KeyArn>), Error> {
    let key = VaultKey::find(cx, &secret.arn.account, secret.kms_key_id.as_deref())?;
    let permissions = key.permissions(cx, &SEAL, &secret.arn, version_id)?;
    let key = authorize::authorize(cx, permissions, key)?.into_inner().ready(cx, &secret.arn.account)?;
    let value = Value { binary: *binary, bytes: Sensitive::new(bytes.to_vec()) };
    let sealed = key.seal(cx, &secret.arn, version_id, &value)?;
    Ok((sealed, key.customer_arn()))
}

/// Refusals are for whoever asked for the replica; failures are not.
fn shown<T>(outcome: Result<T, Error>) -> Result<Result<T, String>, Error> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Denied(text) | Error::Validation(text)) => Ok(Err(text)),
        Err(Error::Service { code, message }) => Ok(Err(message.unwrap_or_else(|| code.to_owned()))),
        Err(error) => Err(error),
    }
}
