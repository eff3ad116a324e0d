//! The values of secrets under their KMS keys.
//!
//! Each version has a data key of its own. The store keeps that key under the secret's KMS key, with the encryption context
//! `{SecretARN, SecretVersionId}`, and the value under the data key.

use claviger_crypto::{Blob, DataKey};
use claviger_store::tables::secret_table::{self, SecretValueRecord};
use claviger_types::{KeyArn, SecretArn};

use claviger_core::authorize::Authorized;
use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_kms::key_lookup::FoundKey;

use super::kms_client;
use super::value::Value;

/// The version id in the encryption context when only the access to a key is probed.
pub(crate) const PROBE: &str = "RequestToValidateKeyAccess";

/// A key that exists and may be used to encrypt.
pub(crate) struct ReadyKey {
    key: Authorized<FoundKey>,
    is_default: bool,
}

impl ReadyKey {
    pub(crate) fn new(key: Authorized<FoundKey>, is_default: bool) -> ReadyKey {
        ReadyKey { key, is_default }
    }

    /// The key.
    pub(crate) fn key(&self) -> &FoundKey {
        &self.key
    }

    /// The key that a version under it notes: none for the default key.
    pub(crate) fn customer_arn(&self) -> Option<KeyArn> {
        (!self.is_default).then(|| self.key.arn.clone())
    }

    /// Refuses a key that could not encrypt a value of this secret now. It tries the key with a data key that is not used.
    pub(crate) fn probe(&self, cx: &RunCx<'_, '_>, secret: &SecretArn) -> Result<(), Error> {
        let (_, wrapped) = kms_client::generate_data_key(cx, self.key.as_ref(), secret, PROBE)?;
        let blob = Blob::parse(&wrapped).map_err(|_| Error::Internal("a new data key does not parse".to_owned()))?;
        kms_client::decrypt(cx, self.key.as_ref(), &blob, secret, PROBE)
            .map(drop)
            .map_err(|error| kms_client::cannot_encrypt(cx, error))
    }

    /// Encrypts a version's value.
    pub(crate) fn seal(
        &self,
        cx: &RunCx<'_, '_>,
        secret: &SecretArn,
        version: &str,
        value: &Value,
    ) -> Result<SecretValueRecord, Error> {
        let (data_key, wrapped) = kms_client::generate_data_key(cx, self.key.as_ref(), secret, version)?;
        let place = place(secret, version, value.binary);
        let ciphertext = claviger_crypto::seal_with_data_key(&data_key, &place, value.bytes.expose(), cx.random);
        Ok(SecretValueRecord { binary: value.binary, data_key: wrapped, ciphertext })
    }

    /// Encrypts a version's value and writes it.
    pub(crate) fn store(
        &self,
        cx: &mut RunCx<'_, '_>,
        secret: &SecretArn,
        version: &str,
        value: &Value,
    ) -> Result<(), Error> {
        let sealed = self.seal(cx, secret, version, value)?;
        Ok(secret_table::save_value(cx.tx, secret, version, &sealed)?)
    }
}

/// Decrypts a version's value.
pub(crate) fn open(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    secret: &SecretArn,
    version: &str,
) -> Result<Value, Error> {
    let damaged = || Error::Internal(format!("the value of version {version} of {secret} is missing or damaged"));
    let stored = secret_table::value_shared(cx.tx, secret, version)?.ok_or_else(damaged)?;
    let blob = Blob::parse(&stored.data_key).map_err(|_| damaged())?;
    let data_key =
        kms_client::decrypt(cx, key, &blob, secret, version).map_err(|error| kms_client::cannot_decrypt(cx, error))?;
    let data_key = DataKey::from_bytes(data_key.expose()).map_err(|_| damaged())?;
    let place = place(secret, version, stored.binary);
    let mut bytes =
        claviger_crypto::open_with_data_key(&data_key, &place, &stored.ciphertext).map_err(|_| damaged())?;
    Ok(Value { binary: stored.binary, bytes: std::mem::take(&mut *bytes).into() })
}

/// The associated data of a value. It binds the value to this version of this secret and to its kind.
fn place(secret: &SecretArn, version: &str, binary: bool) -> Vec<u8> {
    // Neither an ARN nor a token holds a line feed, so the parts cannot run into each other.
    let kind = if binary { "binary" } else { "text" };
    [&secret.text(), "\n", version, "\n", kind].concat().into_bytes()
}
