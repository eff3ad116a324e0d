//! What the cryptographic operations share, for callers of the API and for Secrets Manager alike.

use std::collections::BTreeMap;

use claviger_crypto::{Blob, EncryptionContext};
use claviger_types::{KeyUsage, MaterialId, Sensitive};

use claviger_core::authorize::{self, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::keys::{self, FoundKey, SYMMETRIC};
use super::state;

/// A ciphertext and the material it is under.
pub struct Sealed {
    /// The ciphertext.
    pub blob: Vec<u8>,
    /// The id of the material.
    pub material: MaterialId,
}

/// Encrypts under a key's current material.
pub fn seal(cx: &Cx<'_, '_>, key: &FoundKey, context: &EncryptionContext, plaintext: &[u8]) -> Result<Sealed, Error> {
    cx.audit.record_resource(&key.arn.to_string(), &key.record.account, true);
    state::require_usable(key)?;
    let (id, material) = keys::current_material(cx, &key.record)?;
    let blob = claviger_crypto::encrypt(&material, &key.record.id, &id, context, plaintext, cx.random);
    cx.audit.sealed(id);
    Ok(Sealed { blob, material: id })
}

/// Decrypts a ciphertext of a key.
pub fn open(
    cx: &Cx<'_, '_>,
    key: &FoundKey,
    blob: &Blob<'_>,
    context: &EncryptionContext,
) -> Result<Sensitive<Vec<u8>>, Error> {
    cx.audit.record_resource(&key.arn.to_string(), &key.record.account, true);
    state::require_usable(key)?;
    if blob.key_id() != &key.record.id {
        return Err(incorrect_key());
    }
    let material = keys::material(cx, &key.record, blob.material_id())?.ok_or_else(invalid_ciphertext)?;
    let mut plaintext = blob.decrypt(&material, context).map_err(|_| invalid_ciphertext())?;
    cx.audit.opened(*blob.material_id());
    Ok(Sensitive::new(std::mem::take(&mut *plaintext)))
}

/// A ciphertext to be opened, as a request gives it.
pub struct Source<'a> {
    /// The ciphertext, absent in some dry runs.
    pub ciphertext: Option<&'a [u8]>,
    /// The key as the caller names it.
    pub key_id: Option<&'a str>,
    /// `DryRun`
    pub dry_run: bool,
    /// `DryRunModifiers`
    pub modifiers: Option<&'a [String]>,
}

/// The key that a ciphertext is to be opened with: the one that the caller names, or else the one that the ciphertext names.
/// That both are the same is checked when it is opened, since here it would tell whether the one that the caller names exists.
///
/// A ciphertext of a key that is not here is answered like one that the caller may not use, so that nobody learns which it is.
pub fn source_key(cx: &Cx<'_, '_>, action: &'static str, source: &Source<'_>) -> Result<FoundKey, Error> {
    match (source.key_id, source.ciphertext) {
        (Some(name), Some(_)) => keys::find(cx, name, action),
        // A dry run may ask whether the key could be used at all.
        (Some(name), None) if source.ignores_ciphertext() => keys::find(cx, name, action),
        (_, None) => Err(missing_ciphertext()),
        (None, Some(ciphertext)) => {
            let blob = Blob::parse(ciphertext).map_err(|_| invalid_ciphertext())?;
            let unseen = || Error::Denied(authorize::unseen_ciphertext(cx, action));
            keys::find_for_ciphertext(cx, blob.key_id())?.ok_or_else(unseen)
        }
    }
}

/// Asks for the permission to open a ciphertext with a key that [`source_key`] found; `named` is how the caller named it.
pub fn source_permission(
    cx: &Cx<'_, '_>,
    action: &'static str,
    key: &FoundKey,
    named: Option<&str>,
    context: &EncryptionContext,
) -> Result<RequiredPermission, Error> {
    let permission = keys::with_encryption(keys::permission(action, key, cx)?, context);
    Ok(if named.is_none() { permission.for_ciphertext() } else { permission })
}

impl Source<'_> {
    fn ignores_ciphertext(&self) -> bool {
        self.dry_run && self.modifiers.is_some_and(|all| all.iter().any(|m| m == "IGNORE_CIPHERTEXT"))
    }
}

fn missing_ciphertext() -> Error {
    let text = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    Error::Validation(text.to_owned())
}

/// AWS sends this one without a message.
pub fn invalid_ciphertext() -> Error {
    Error::silent("InvalidCiphertextException")
}

/// The named key is not the ciphertext's.
pub fn incorrect_key() -> Error {
    Error::new(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )
}

/// The key's state, usage and spec fit a symmetric operation and the algorithm that the caller named.
pub fn require_symmetric(key: &FoundKey, operation: &str, algorithm: Option<&str>) -> Result<(), Error> {
    state::require_usable(key)?;
    let record = &key.record;
    if record.usage != KeyUsage::EncryptDecrypt {
        let text = format!("{} key usage is {} which is not valid for {operation}.", key.arn, record.usage);
        return Err(Error::new("InvalidKeyUsageException", text));
    }
    match algorithm {
        Some(other) if other != SYMMETRIC => {
            let text = format!("Algorithm {other} is incompatible with key spec {}.", record.spec);
            Err(Error::new("InvalidKeyUsageException", text))
        }
        _ => Ok(()),
    }
}

/// With `DryRun` a call that would have succeeded ends here, as an error that says so.
pub fn dry_run(asked: Option<bool>) -> Result<(), Error> {
    if asked == Some(true) { Err(dry_run_success()) } else { Ok(()) }
}

/// How a dry run says that all was well.
pub fn dry_run_success() -> Error {
    Error::new("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
}

/// Attestation documents are not verified by this release; answering the plaintext all the same would defeat their purpose.
pub fn no_recipient(given: bool) -> Result<(), Error> {
    if given {
        let text = "Claviger does not verify the attestation document of a Recipient yet.";
        return Err(Error::new("UnsupportedOperationException", text));
    }
    Ok(())
}

/// This release issues no grants, so no token is one of its own.
pub fn no_grant_tokens(given: Option<&[String]>) -> Result<(), Error> {
    if given.is_some_and(|tokens| !tokens.is_empty()) {
        return Err(Error::silent("InvalidGrantTokenException"));
    }
    Ok(())
}

/// The largest encryption context in bytes, as a JSON object without spaces.
const CONTEXT_BYTES_MAX: usize = 8192;

/// An absent encryption context is an empty one.
pub fn context(given: &Option<BTreeMap<String, String>>) -> Result<&EncryptionContext, Error> {
    static NONE: EncryptionContext = BTreeMap::new();
    let context = given.as_ref().unwrap_or(&NONE);
    // Each pair has four quotation marks, a colon, and a comma or a brace.
    let bytes = context.iter().fold(1, |sum, (key, value)| sum + key.len() + value.len() + 6);
    if bytes > CONTEXT_BYTES_MAX {
        let text = format!("The encryption context is {bytes} bytes long; at most {CONTEXT_BYTES_MAX} are allowed.");
        return Err(Error::Validation(text));
    }
    Ok(context)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn an_encryption_context_has_a_longest() {
        // {"k":"...","l":""}
        let of =
            |len: usize| Some([("k", "x".repeat(len)), ("l", String::new())].map(|(k, v)| (k.to_owned(), v)).into());
        assert_eq!(context(&of(8192 - 15)).unwrap().len(), 2);
        assert!(matches!(context(&of(8192 - 14)), Err(Error::Validation(_))));
        assert!(context(&None).unwrap().is_empty());
    }
}
