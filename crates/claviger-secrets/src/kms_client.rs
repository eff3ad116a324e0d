//! The calls that Secrets Manager makes to KMS in its caller's name. Each has an audit record of its own, and its errors are
//! wrapped in this service's texts.

use claviger_crypto::{Blob, DataKey, EncryptionContext};
use claviger_types::{KeySpec, SecretArn, Sensitive};

use claviger_core::audit::ServiceCall;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_kms::crypto::{self, Purpose};
use claviger_kms::key_lookup::FoundKey;
use claviger_model::secretsmanager::error;
use claviger_model::{ErrorInfo, kms};

/// This service, as it calls others.
pub(crate) const SERVICE: &str = "secretsmanager.amazonaws.com";

/// The call that makes a data key for a value.
pub(crate) const GENERATE: &str = "GenerateDataKey";
/// The call that decrypts the data key of a value.
pub(crate) const DECRYPT: &str = "Decrypt";

/// The denial of a caller who may not use the secret's key.
pub(crate) const NOT_ALLOWED: &str = "Access to KMS is not allowed";

/// A call to KMS, as the proxy of an external key store learns of it.
fn purpose(operation: &'static str) -> Purpose {
    Purpose { operation, via: Some("secretsmanager") }
}

/// A call to KMS, for its audit record.
pub(crate) fn call(operation: &'static str, key: &str, context: EncryptionContext) -> ServiceCall {
    let parameter = match operation {
        GENERATE => ("keySpec", "AES_256"),
        _ => ("encryptionAlgorithm", "SYMMETRIC_DEFAULT"),
    };
    ServiceCall {
        invoked_by: SERVICE,
        event_source: "kms.amazonaws.com",
        operation,
        key: key.to_owned(),
        context,
        parameter,
    }
}

/// The encryption context of a version's data key.
pub(crate) fn context(secret: &SecretArn, version: &str) -> EncryptionContext {
    let pair = |key: &str, value: String| (key.to_owned(), value);
    [pair("SecretARN", secret.text()), pair("SecretVersionId", version.to_owned())].into_iter().collect()
}

/// Makes a data key for a version: in the clear, and under the key.
pub(crate) fn generate_data_key(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    secret: &SecretArn,
    version: &str,
) -> Result<(DataKey, Vec<u8>), Error> {
    let context = context(secret, version);
    let generate = || {
        if key.record.spec != KeySpec::SymmetricDefault {
            let text = "You cannot generate a data key with an asymmetric KMS key";
            return Err(Error::new(kms::error::INVALID_KEY_USAGE_EXCEPTION, text));
        }
        crypto::require_symmetric(&key, GENERATE)?;
        let data_key = DataKey::generate(cx.random);
        let wrapped = crypto::seal(cx, key, purpose(GENERATE), &context, data_key.expose())?;
        cx.audit.used_key(&key.record, GENERATE);
        Ok((data_key, wrapped.blob))
    };
    let asked = || call(GENERATE, &key.arn.text(), context.clone());
    cx.audit.call(asked, generate).map_err(|error| cannot_encrypt(cx, error))
}

/// Decrypts a version's data key. The error is KMS's own.
pub(crate) fn decrypt(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    blob: &Blob<'_>,
    secret: &SecretArn,
    version: &str,
) -> Result<Sensitive<Vec<u8>>, Error> {
    let context = context(secret, version);
    let asked = || call(DECRYPT, &key.arn.text(), context.clone());
    cx.audit.call(asked, || {
        let opened = crypto::open(cx, key, purpose(DECRYPT), blob, &context)?;
        cx.audit.used_key(&key.record, DECRYPT);
        Ok(opened)
    })
}

/// This service's error if KMS does not find the key.
pub(crate) fn key_not_found(cx: &Cx<'_, '_>, error: Error) -> Error {
    let invalid = |text: &str| {
        let text = format!("The operation failed because of an invalid KMS key: {text}");
        Error::new(error::INVALID_PARAMETER_EXCEPTION, text)
    };
    match &error {
        Error::Service { message: Some(text), .. } if text.starts_with("Invalid keyId") => invalid("Invalid keyId"),
        Error::Service { info: kms::error::INVALID_ARN_EXCEPTION, message: Some(text) } => invalid(text),
        _ => cannot_encrypt(cx, error),
    }
}

/// An error of KMS on a write, wrapped in this service's text. Errors of the region itself pass unchanged.
pub(crate) fn cannot_encrypt(cx: &Cx<'_, '_>, error: Error) -> Error {
    framed(cx, error, error::ENCRYPTION_FAILURE, "encrypt", "")
}

/// An error of KMS on a read, wrapped in this service's text. Errors of the region itself pass unchanged.
pub(crate) fn cannot_decrypt(cx: &Cx<'_, '_>, error: Error) -> Error {
    framed(cx, error, error::DECRYPTION_FAILURE, "decrypt", "; Proxy: null")
}

fn framed(cx: &Cx<'_, '_>, error: Error, own: &'static ErrorInfo, verb: &str, end: &str) -> Error {
    let Error::Service { info: kms_error, message } = error else { return error };
    let text = message.unwrap_or_default();
    // Work for a replica has no request.
    let id = &cx.request.id;
    let id = if id.is_empty() { String::new() } else { format!("; Request ID: {id}") };
    let text = format!(
        "Secrets Manager can't {verb} the secret value: {text} (Service: AWSKMS; Status Code: 400; Error Code: \
         {}{id}{end})",
        kms_error.code
    );
    Error::new(own, text)
}
