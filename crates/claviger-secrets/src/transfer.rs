//! A secret's value between the keys of two regions, for replication.
//!
//! No request is signed for it. The transfer acts for the caller that requested the replica, with that caller's present
//! permissions. The code that decides on the caller's own calls decides on the keys of both regions.

use claviger_store::Tx;
use claviger_store::tables::secret_table::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn, Sensitive};
use zeroize::Zeroizing;

use claviger_core::Node;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::Resolved;

use super::value::Value;
use super::value_key::{self, ValueKey};
use super::vault;

/// The actions on the key of a replica's region: for the replica, and for reading it back.
const SEAL: &[&str] = &["kms:GenerateDataKey", "kms:Encrypt"];

/// A version's value in transfer: whether it is binary, and its bytes.
pub type Opened = (bool, Zeroizing<Vec<u8>>);

/// Opens a version's value in the primary's region. The inner error is for the replica's `StatusMessage`.
pub fn open_value(
    node: &Node,
    tx: &mut Tx<'_>,
    secret: &SecretRecord,
    version: &VersionMeta,
    caller: &Caller,
) -> Result<Result<Opened, String>, Error> {
    let resolve = |cx: &Cx<'_, '_>| {
        let key = value_key::of_version(cx, &secret.arn, version);
        Ok(Resolved::then(Vec::new(), key))
    };
    let open = |key: Authorized<ValueKey>, cx: &mut RunCx<'_, '_>| {
        let value = vault::open(cx, key.as_ref().map(|key| &key.key), &secret.arn, &version.id)?;
        Ok((value.binary, Zeroizing::new(value.bytes.into_exposed())))
    };
    for_status(node.on_behalf(tx, caller, resolve, open)?)
}

/// Encrypts a version's value in the replica's region. Returns the record to store and the customer key. `secret` is the new
/// state of the replica. The inner error is for the replica's `StatusMessage`.
pub fn seal_value(
    node: &Node,
    tx: &mut Tx<'_>,
    secret: &SecretRecord,
    version_id: &str,
    value: &Opened,
    caller: &Caller,
) -> Result<Result<(SecretValueRecord, Option<KeyArn>), String>, Error> {
    let resolve = |cx: &Cx<'_, '_>| {
        let key = value_key::for_writing(cx, &secret.arn, secret.kms_key_id.as_deref(), &[(SEAL, version_id)]);
        Ok(Resolved::then(Vec::new(), key))
    };
    let seal = |key: Authorized<ValueKey>, cx: &mut RunCx<'_, '_>| {
        let key = ValueKey::ready(key, cx)?;
        let (binary, bytes) = value;
        let value = Value { binary: *binary, bytes: Sensitive::new(bytes.to_vec()) };
        let sealed = key.seal(cx, &secret.arn, version_id, &value)?;
        Ok((sealed, key.customer_arn()))
    };
    for_status(node.on_behalf(tx, caller, resolve, seal)?)
}

/// Splits an outcome: a refusal is for the replica's status, a failure is not.
fn for_status<T>(outcome: Result<T, Error>) -> Result<Result<T, String>, Error> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Denied(text) | Error::Validation(text)) => Ok(Err(text)),
        Err(Error::Service { info, message }) => Ok(Err(message.unwrap_or_else(|| info.code.to_owned()))),
        Err(error) => Err(error),
    }
}
