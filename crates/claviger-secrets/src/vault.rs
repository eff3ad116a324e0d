//! Values under KMS keys, as the caller (reference: Secrets Manager User Guide, "Secret encryption and decryption").
//!
//! Each version has a data key of its own: `data_key` is that key under the secret's KMS key with the encryption context
//! `{SecretARN, SecretVersionId}`, `ciphertext` is the value under the data key. The caller needs the permissions on the KMS key
//! itself; what it may do there is decided by the same code as for its own calls, with `kms:ViaService` set.

use claviger_crypto::{Blob, DataKey, EncryptionContext};
use claviger_store::tables::secrets::{self as records, SecretValueRecord, VersionMeta};
use claviger_types::{AccountId, KeyArn, KeySpec, SecretArn, Sensitive};

use claviger_core::audit::ServiceCall;
use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_kms::keys::{self, FoundKey};
use claviger_kms::{crypto, managed};

use super::value::Value;

/// The alias by which the default key is named.
pub(crate) const DEFAULT_KEY: &str = managed::SECRETS_ALIAS;

/// What storing a value takes on its key.
pub(crate) const STORE: [&str; 2] = ["kms:GenerateDataKey", "kms:Decrypt"];
/// What reading a value takes on its key.
pub(crate) const READ: [&str; 1] = ["kms:Decrypt"];

/// What values are encrypted with.
const GENERATE: &str = "GenerateDataKey";
/// What they are decrypted with.
const DECRYPT: &str = "Decrypt";

/// The version id in the encryption context when only the access to a key is probed.
pub(crate) const PROBE: &str = "RequestToValidateKeyAccess";

/// The key that a secret's values go under.
#[derive(Debug)]
pub(crate) enum VaultKey {
    /// `aws/secretsmanager` of the secret's account; absent until it is first used.
    Default(Option<FoundKey>),
    /// A key that was named.
    Customer(FoundKey),
}

/// A key that is there to encrypt with.
pub(crate) struct ReadyKey {
    key: FoundKey,
    is_default: bool,
}

impl VaultKey {
    /// Finds the key for new values of a secret that `owner` owns. `name` is an id, ARN or alias, or absent for the default key.
    pub(crate) fn find(cx: &Cx<'_, '_>, owner: &AccountId, name: Option<&str>) -> Result<VaultKey, Error> {
        let Some(name) = name.filter(|name| !names_default(cx, owner, name)) else {
            require_own_account(cx, owner)?;
            return Ok(VaultKey::Default(managed::find(cx, owner)?));
        };
        let find = || keys::find(cx, name, "kms:GenerateDataKey");
        let asked = ServiceCall { operation: GENERATE, key: name.to_owned(), context: EncryptionContext::new() };
        let key = cx.audit.before_call(asked, find).map_err(|error| not_found(cx, error))?;
        let is_default = key.record.managed_by.as_deref() == Some(managed::SECRETS) && &key.record.account == owner;
        Ok(if is_default { VaultKey::Default(Some(key)) } else { VaultKey::Customer(key) })
    }

    /// The key itself, if it is there.
    pub(crate) fn found(&self) -> Option<&FoundKey> {
        match self {
            VaultKey::Default(key) => key.as_ref(),
            VaultKey::Customer(key) => Some(key),
        }
    }

    /// What the caller needs on the key. A default key that is yet to be made asks for nothing.
    pub(crate) fn permissions(
        &self,
        cx: &Cx<'_, '_>,
        actions: &[&'static str],
        secret: &SecretArn,
        version: &str,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let Some(key) = self.found() else { return Ok(Vec::new()) };
        actions.iter().map(|action| permission(cx, action, key, secret, version)).collect()
    }

    /// Makes the default key if this is its first use.
    pub(crate) fn ready(self, cx: &mut Cx<'_, '_>, owner: &AccountId) -> Result<ReadyKey, Error> {
        let key = match self {
            VaultKey::Customer(key) => return Ok(ReadyKey { key, is_default: false }),
            VaultKey::Default(Some(key)) => key,
            // This very operation may have made it since it was looked for.
            VaultKey::Default(None) => match managed::find(cx, owner)? {
                Some(key) => key,
                None => managed::create(cx, owner)?,
            },
        };
        Ok(ReadyKey { key, is_default: true })
    }
}

impl ReadyKey {
    /// What a version under this key notes: nothing for the default key.
    pub(crate) fn customer_arn(&self) -> Option<KeyArn> {
        (!self.is_default).then(|| self.key.arn.clone())
    }

    /// What the caller needs on the key.
    pub(crate) fn permissions(
        &self,
        cx: &Cx<'_, '_>,
        actions: &[&'static str],
        secret: &SecretArn,
        version: &str,
    ) -> Result<Vec<RequiredPermission>, Error> {
        actions.iter().map(|action| permission(cx, action, &self.key, secret, version)).collect()
    }

    /// Refuses a key that could not encrypt a value of this secret now: tries it, with a data key that nothing comes under.
    pub(crate) fn probe(&self, cx: &Cx<'_, '_>, secret: &SecretArn) -> Result<(), Error> {
        let (_, wrapped) = self.data_key(cx, secret, PROBE)?;
        let blob = Blob::parse(&wrapped).map_err(|_| Error::Internal("a new data key does not parse".to_owned()))?;
        decrypt(cx, &self.key, &blob, secret, PROBE).map_err(|error| cannot_encrypt(cx, error))?;
        Ok(())
    }

    /// A fresh data key for a version, in the clear and under the key.
    fn data_key(&self, cx: &Cx<'_, '_>, secret: &SecretArn, version: &str) -> Result<(DataKey, Vec<u8>), Error> {
        let (key, context) = (&self.key, context(secret, version));
        let generate = || {
            if key.record.spec != KeySpec::SymmetricDefault {
                let text = "You cannot generate a data key with an asymmetric KMS key";
                return Err(Error::new("InvalidKeyUsageException", text));
            }
            crypto::require_symmetric(key, GENERATE, None)?;
            let data_key = DataKey::generate(cx.random);
            let wrapped = crypto::seal(cx, key, &context, data_key.expose())?;
            Ok((data_key, wrapped.blob))
        };
        let asked = ServiceCall { operation: GENERATE, key: key.arn.to_string(), context: context.clone() };
        cx.audit.call(asked, generate).map_err(|error| cannot_encrypt(cx, error))
    }

    /// Encrypts a version's value.
    pub(crate) fn seal(
        &self,
        cx: &Cx<'_, '_>,
        secret: &SecretArn,
        version: &str,
        value: &Value,
    ) -> Result<SecretValueRecord, Error> {
        let (data_key, wrapped) = self.data_key(cx, secret, version)?;
        let place = place(secret, version, value.binary);
        let ciphertext = claviger_crypto::seal_with_data_key(&data_key, &place, value.bytes.expose(), cx.random);
        Ok(SecretValueRecord { binary: value.binary, data_key: wrapped, ciphertext })
    }

    /// Encrypts a version's value and writes it.
    pub(crate) fn store(
        &self,
        cx: &mut Cx<'_, '_>,
        secret: &SecretArn,
        version: &str,
        value: &Value,
    ) -> Result<(), Error> {
        let sealed = self.seal(cx, secret, version, value)?;
        Ok(records::save_value(cx.tx, secret, version, &sealed)?)
    }
}

/// Finds the key that a stored version is under.
pub(crate) fn key_of(cx: &Cx<'_, '_>, secret: &SecretArn, version: &VersionMeta) -> Result<FoundKey, Error> {
    match &version.kms_key {
        Some(arn) => {
            let name = arn.to_string();
            let find = || keys::find(cx, &name, "kms:Decrypt");
            let asked = ServiceCall { operation: DECRYPT, key: name.clone(), context: context(secret, &version.id) };
            cx.audit.before_call(asked, find).map_err(|error| cannot_decrypt(cx, error))
        }
        None => {
            require_own_account(cx, &secret.account)?;
            let key = managed::find(cx, &secret.account)?;
            key.ok_or_else(|| Error::Internal(format!("the default key of {} is gone", secret.account)))
        }
    }
}

/// What the caller needs to read a version under `key`.
pub(crate) fn read_permissions(
    cx: &Cx<'_, '_>,
    key: &FoundKey,
    secret: &SecretArn,
    version: &str,
) -> Result<Vec<RequiredPermission>, Error> {
    READ.iter().map(|action| permission(cx, action, key, secret, version)).collect()
}

/// Decrypts a version's value.
pub(crate) fn open(cx: &Cx<'_, '_>, key: &FoundKey, secret: &SecretArn, version: &str) -> Result<Value, Error> {
    let damaged = || Error::Internal(format!("the value of version {version} of {secret} is missing or damaged"));
    let stored = records::value(cx.tx, secret, version)?.ok_or_else(damaged)?;
    let blob = Blob::parse(&stored.data_key).map_err(|_| damaged())?;
    let data_key = decrypt(cx, key, &blob, secret, version).map_err(|error| cannot_decrypt(cx, error))?;
    let data_key = DataKey::from_bytes(data_key.expose()).map_err(|_| damaged())?;
    let place = place(secret, version, stored.binary);
    let mut bytes =
        claviger_crypto::open_with_data_key(&data_key, &place, &stored.ciphertext).map_err(|_| damaged())?;
    Ok(Value { binary: stored.binary, bytes: std::mem::take(&mut *bytes).into() })
}

/// Opens a version's data key.
fn decrypt(
    cx: &Cx<'_, '_>,
    key: &FoundKey,
    blob: &Blob<'_>,
    secret: &SecretArn,
    version: &str,
) -> Result<Sensitive<Vec<u8>>, Error> {
    let context = context(secret, version);
    let asked = ServiceCall { operation: DECRYPT, key: key.arn.to_string(), context: context.clone() };
    cx.audit.call(asked, || crypto::open(cx, key, blob, &context))
}

/// What a caller hears who may not use the secret's key.
const NOT_ALLOWED: &str = "Access to KMS is not allowed";

/// A permission on a KMS key that the caller needs because this service uses the key for it.
fn permission(
    cx: &Cx<'_, '_>,
    action: &'static str,
    key: &FoundKey,
    secret: &SecretArn,
    version: &str,
) -> Result<RequiredPermission, Error> {
    const SERVICE: &str = "secretsmanager.amazonaws.com";
    let permission = keys::with_encryption(keys::permission(action, key, cx)?, &context(secret, version));
    Ok(permission
        .with("kms:ViaService", format!("secretsmanager.{}.amazonaws.com", cx.region()))
        .with("aws:ViaAWSService", "true")
        .with_many("aws:CalledVia", vec![SERVICE.to_owned()])
        .with("aws:CalledViaFirst", SERVICE)
        .with("aws:CalledViaLast", SERVICE)
        .for_service(context(secret, version))
        .denied_as(NOT_ALLOWED))
}

/// The default key is named as such, by its alias or the alias's ARN.
fn names_default(cx: &Cx<'_, '_>, owner: &AccountId, name: &str) -> bool {
    name == DEFAULT_KEY || name == keys::alias_arn(cx, owner, DEFAULT_KEY)
}

fn require_own_account(cx: &Cx<'_, '_>, owner: &AccountId) -> Result<(), Error> {
    if owner != cx.account() {
        let text = "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS \
                    service key.";
        return Err(Error::new("InvalidRequestException", text));
    }
    Ok(())
}

fn context(secret: &SecretArn, version: &str) -> EncryptionContext {
    let pair = |key: &str, value: String| (key.to_owned(), value);
    [pair("SecretARN", secret.to_string()), pair("SecretVersionId", version.to_owned())].into_iter().collect()
}

/// Where a value belongs: it opens as this version of this secret, as this kind, and as nothing else.
fn place(secret: &SecretArn, version: &str, binary: bool) -> Vec<u8> {
    // Neither an ARN nor a token holds a line feed, so the parts cannot run into each other.
    format!("{secret}\n{version}\n{}", if binary { "binary" } else { "text" }).into_bytes()
}

/// KMS does not find the key, as this service tells its callers.
fn not_found(cx: &Cx<'_, '_>, error: Error) -> Error {
    let invalid = |text: &str| {
        let text = format!("The operation failed because of an invalid KMS key: {text}");
        Error::new("InvalidParameterException", text)
    };
    match &error {
        Error::Service { message: Some(text), .. } if text.starts_with("Invalid keyId") => invalid("Invalid keyId"),
        Error::Service { code: "InvalidArnException", message: Some(text) } => invalid(text),
        _ => cannot_encrypt(cx, error),
    }
}

/// What is done for a replica is done at nobody's request.
fn request_id(cx: &Cx<'_, '_>) -> String {
    let id = &cx.request.id;
    if id.is_empty() { String::new() } else { format!("; Request ID: {id}") }
}

/// What KMS refused on a write, in this service's frame. What is not KMS's refusal passes.
fn cannot_encrypt(cx: &Cx<'_, '_>, error: Error) -> Error {
    match error {
        Error::Service { code, message } => {
            let text = message.unwrap_or_default();
            let id = request_id(cx);
            let text = format!(
                "Secrets Manager can't encrypt the secret value: {text} (Service: AWSKMS; Status Code: 400; Error Code: \
                 {code}{id})"
            );
            Error::new("EncryptionFailure", text)
        }
        // Of a key that the caller cannot see it says no more than of one that it may not use.
        Error::Denied(_) => Error::Denied(NOT_ALLOWED.to_owned()),
        other => other,
    }
}

/// What KMS refused on a read, in this service's frame. What is not KMS's refusal passes.
fn cannot_decrypt(cx: &Cx<'_, '_>, error: Error) -> Error {
    match error {
        Error::Service { code, message } => {
            let text = message.unwrap_or_default();
            let id = request_id(cx);
            let text = format!(
                "Secrets Manager can't decrypt the secret value: {text} (Service: AWSKMS; Status Code: 400; Error Code: \
                 {code}{id}; Proxy: null)"
            );
            Error::new("DecryptionFailure", text)
        }
        // Of a key that the caller cannot see it says no more than of one that it may not use.
        Error::Denied(_) => Error::Denied(NOT_ALLOWED.to_owned()),
        other => other,
    }
}
