//! The lookup of the KMS key of a secret's values, and the permissions that its use needs (reference: Secrets Manager User
//! Guide, "Secret encryption and decryption").
//!
//! The caller needs the permissions on the KMS key itself. The code that decides on the caller's own calls decides on them,
//! with `kms:ViaService` set.

use std::rc::Rc;

use claviger_crypto::EncryptionContext;
use claviger_store::tables::secret_table::VersionMeta;
use claviger_types::{AccountId, Arn, SecretArn};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Resolved, TargetError};
use claviger_core::permission::RequiredPermission;
use claviger_kms::key_lookup::{self, FoundKey, Lookup};
use claviger_kms::{key_permissions, managed};
use claviger_model::secretsmanager::error;

use super::kms_client::{self, DECRYPT, GENERATE, SERVICE};
use super::vault::ReadyKey;

/// The alias by which the default key is named.
pub(crate) const DEFAULT_KEY: &str = managed::SECRETS_ALIAS;

/// The actions on the key that storing a value needs.
pub(crate) const STORE: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];
/// The actions on the key that reading a value needs.
pub(crate) const READ: &[&str] = &["kms:Decrypt"];

/// The key of a value, found.
#[derive(Debug)]
pub(crate) struct ValueKey {
    pub(crate) key: FoundKey,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A key that was named.
    Customer,
    /// `aws/secretsmanager` of the secret's account.
    Default,
    /// The same before its first use. Its policy is known, so the permissions are decided as if it existed.
    DefaultToBeMade,
}

/// The uses that a request makes of a key: the actions, and the version that is in the encryption context.
pub(crate) type Use<'a> = (&'a [&'static str], &'a str);

/// Finds the key for new values of a secret, and the permissions for its uses. `name` is an id, ARN or alias, or absent for the
/// default key of the secret's account.
pub(crate) fn for_writing(
    cx: &Cx<'_, '_>,
    secret: &SecretArn,
    name: Option<&str>,
    uses: &[Use<'_>],
) -> Result<Resolved<ValueKey>, TargetError> {
    let owner = &secret.account;
    let Some(name) = name.filter(|name| !names_default(cx, owner, name)) else {
        require_own_account(cx, owner)?;
        let (key, kind) = match managed::find(cx, owner)? {
            Some(key) => (key, Kind::Default),
            None => (managed::draft(cx, owner), Kind::DefaultToBeMade),
        };
        return resolved(cx, Lookup::Found(Box::new(key)), kind, secret, uses);
    };
    let asked = kms_client::call(GENERATE, name, EncryptionContext::new());
    let key = key_lookup::find(cx, name)
        .map_err(|error| TargetError::of_call(asked, error, |error| kms_client::key_not_found(cx, error)))?;
    let is_default = key
        .found()
        .is_some_and(|key| key.record.managed_by.as_deref() == Some(managed::SECRETS) && &key.record.account == owner);
    let kind = if is_default { Kind::Default } else { Kind::Customer };
    resolved(cx, key, kind, secret, uses)
}

/// Finds the key that a stored version is under, and the permissions to read it.
pub(crate) fn of_version(
    cx: &Cx<'_, '_>,
    secret: &SecretArn,
    version: &VersionMeta,
) -> Result<Resolved<ValueKey>, TargetError> {
    let (key, kind) = match &version.kms_key {
        Some(arn) => {
            let key = key_lookup::find_key(cx, arn).map_err(|error| {
                let asked = kms_client::call(DECRYPT, &arn.text(), kms_client::context(secret, &version.id));
                TargetError::of_call(asked, error, |error| kms_client::cannot_decrypt(cx, error))
            })?;
            (key, Kind::Customer)
        }
        None => {
            require_own_account(cx, &secret.account)?;
            let key = managed::find(cx, &secret.account)?;
            let gone = || Error::Internal(format!("the default key of {} is gone", secret.account));
            (Lookup::Found(Box::new(key.ok_or_else(gone)?)), Kind::Default)
        }
    };
    resolved(cx, key, kind, secret, &[(READ, &version.id)])
}

fn resolved(
    cx: &Cx<'_, '_>,
    key: Lookup,
    kind: Kind,
    secret: &SecretArn,
    uses: &[Use<'_>],
) -> Result<Resolved<ValueKey>, TargetError> {
    let mut permissions = Vec::new();
    for (actions, version) in uses {
        for action in *actions {
            permissions.push(for_service(cx, action, key.permission(action, cx)?, secret, version));
        }
    }
    Ok(Resolved::new(permissions, key.into_target().map(|key| ValueKey { key, kind })))
}

/// The permissions for further uses of a key.
pub(crate) fn permissions(
    cx: &Cx<'_, '_>,
    key: &FoundKey,
    secret: &SecretArn,
    (actions, version): Use<'_>,
) -> Result<Vec<RequiredPermission>, Error> {
    let permission = |action: &&'static str| {
        let permission = key_permissions::permission(action, key, cx)?;
        Ok(for_service(cx, action, permission, secret, version))
    };
    actions.iter().map(permission).collect()
}

/// A permission on a KMS key that the caller needs because this service uses the key for it.
fn for_service(
    cx: &Cx<'_, '_>,
    action: &'static str,
    permission: RequiredPermission,
    secret: &SecretArn,
    version: &str,
) -> RequiredPermission {
    let place = Rc::new((secret.clone(), version.to_owned()));
    let context = move || kms_client::context(&place.0, &place.1);
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    let region = cx.region().clone();
    key_permissions::with_encryption_by(permission, context.clone())
        .with_lazy(move |context| {
            context.set("kms:ViaService", format!("secretsmanager.{region}.amazonaws.com"));
            context.set("aws:ViaAWSService", "true");
            context.set_many("aws:CalledVia", vec![SERVICE.to_owned()]);
            context.set("aws:CalledViaFirst", SERVICE);
            context.set("aws:CalledViaLast", SERVICE);
        })
        // A denial fills in the key, as the permission names it.
        .for_service(move || kms_client::call(operation, "", context()))
        .denied_as(kms_client::NOT_ALLOWED)
}

impl ValueKey {
    /// Whether it is a default key that does not exist yet.
    pub(crate) fn is_to_be_made(&self) -> bool {
        self.kind == Kind::DefaultToBeMade
    }

    /// Makes the default key if this is its first use.
    pub(crate) fn ready(key: Authorized<ValueKey>, cx: &mut RunCx<'_, '_>) -> Result<ReadyKey, Error> {
        let is_default = key.kind != Kind::Customer;
        if !key.is_to_be_made() {
            return Ok(ReadyKey::new(key.map(|key| key.key), is_default));
        }
        // The same request may use the key twice, and has then made it already. It is the key that the permissions were decided
        // for, under the same policy.
        let made = match managed::find(cx, &key.key.record.account)? {
            Some(made) => made,
            None => managed::save(cx, key.key.clone())?,
        };
        Ok(ReadyKey::new(key.map(|_| made), is_default))
    }
}

/// `secretsmanager:KmsKeyArn` of a request that names a key: the ARN of a key of the caller's own account, if it exists. For a key of
/// another account it is the ARN as the request has it, and an alias of another account has none: the condition key must not
/// show whether the key exists, or which key the alias leads to.
pub(crate) fn condition_arn(cx: &Cx<'_, '_>, name: &str, key: Option<&ValueKey>) -> Option<String> {
    match Arn::parse(name).ok().filter(|arn| arn.account != cx.account().as_str()) {
        Some(foreign) => foreign.resource.starts_with("key/").then(|| name.to_owned()),
        None => key.filter(|key| !key.is_to_be_made()).map(|key| key.key.arn.to_string()),
    }
}

/// The default key is named as such, by its alias or the alias's ARN.
fn names_default(cx: &Cx<'_, '_>, owner: &AccountId, name: &str) -> bool {
    name == DEFAULT_KEY || name == key_lookup::alias_arn(cx, owner, DEFAULT_KEY)
}

fn require_own_account(cx: &Cx<'_, '_>, owner: &AccountId) -> Result<(), Error> {
    if owner != cx.account() {
        let text = "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS \
                    service key.";
        return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
    }
    Ok(())
}
