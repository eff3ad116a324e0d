//! The members that all cryptographic calls share, and the order of their checks.
//!
//! Before the key lookup: the recipient, the grant tokens, the size of the encryption context, since an error in the request
//! must not depend on a key. Then the permission. Then the key's state, its usage and the algorithm, and last the dry run.

use std::collections::BTreeMap;

use claviger_crypto::{Blob, EncryptionContext};
use claviger_types::{Algorithm, KeySpec, KeyUsage};

use claviger_core::authorize::Authorized;
use claviger_core::context::Cx;
use claviger_core::denial;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_model::kms::{RecipientInfo, error};

use super::grant_lookup;
use super::key_lookup::{self, FoundKey, Lookup};
use super::key_permissions;
use super::recipient::Recipient;
use super::state::{self, KeyAction};

/// The members that requests for cryptography have in common.
pub(crate) struct Envelope<'a> {
    /// How the request names its key.
    pub(crate) key: KeyReference<'a>,
    /// The usage that the key must have.
    pub(crate) usage: KeyUsage,
    /// The algorithm that the caller names, if any.
    pub(crate) algorithm: Option<&'a str>,
    /// `EncryptionContext`; absent is empty.
    pub(crate) context: Option<&'a BTreeMap<String, String>>,
    /// `GrantTokens`
    pub(crate) grant_tokens: Option<&'a [String]>,
    /// `Recipient`
    pub(crate) recipient: Option<&'a RecipientInfo>,
    /// `DryRun`
    pub(crate) dry_run: bool,
}

/// How a request names the key of a call.
pub(crate) enum KeyReference<'a> {
    /// By `KeyId`.
    Named(&'a str),
    /// By the ciphertext that is to be decrypted, and by a `KeyId` if one is given.
    Ciphertext(Source<'a>),
}

/// A ciphertext to be decrypted, as a request gives it.
pub(crate) struct Source<'a> {
    /// The ciphertext, absent in some dry runs.
    pub(crate) ciphertext: Option<&'a [u8]>,
    /// The key as the caller names it.
    pub(crate) key_id: Option<&'a str>,
    /// `DryRunModifiers`
    pub(crate) modifiers: Option<&'a [String]>,
}

impl<'a> Envelope<'a> {
    /// The envelope of a call with a key that has no encryption context: signatures, MACs and key agreement.
    pub(crate) fn without_context(
        key_id: &'a str,
        usage: KeyUsage,
        algorithm: &'a str,
        grant_tokens: Option<&'a [String]>,
        dry_run: Option<bool>,
    ) -> Envelope<'a> {
        Envelope {
            key: KeyReference::Named(key_id),
            usage,
            algorithm: Some(algorithm),
            context: None,
            grant_tokens,
            recipient: None,
            dry_run: dry_run.unwrap_or(false),
        }
    }

    /// The encryption context.
    pub(crate) fn context(&self) -> &'a EncryptionContext {
        static NONE: EncryptionContext = BTreeMap::new();
        self.context.unwrap_or(&NONE)
    }

    /// Checks everything that does not depend on the key. Returns the verified recipient.
    pub(crate) fn check(&self, cx: &Cx<'_, '_>) -> Result<Recipient, Error> {
        let recipient = Recipient::verify(cx, self.recipient)?;
        grant_lookup::check_tokens(cx, self.grant_tokens)?;
        require_short(self.context())?;
        Ok(recipient)
    }

    /// Finds the key.
    ///
    /// A ciphertext's key is the one that the caller names, or else the one that the ciphertext names. That both are the same
    /// is checked at the decryption: an earlier check would show whether the named key exists. A ciphertext whose key is not
    /// here gets the same answer as one whose key the caller may not use.
    pub(crate) fn find(&self, cx: &Cx<'_, '_>, action: &'static str) -> Result<Lookup, Error> {
        let source = match &self.key {
            KeyReference::Named(name) => return key_lookup::find(cx, name),
            KeyReference::Ciphertext(source) => source,
        };
        match (source.key_id, source.ciphertext) {
            (Some(name), Some(_)) => key_lookup::find(cx, name),
            // A dry run may check whether the caller may use the key at all.
            (Some(name), None) if self.dry_run && source.ignores_ciphertext() => key_lookup::find(cx, name),
            (_, None) => Err(missing_ciphertext()),
            (None, Some(ciphertext)) => {
                let blob = Blob::parse(ciphertext).map_err(|_| invalid_ciphertext())?;
                let key = key_lookup::find_for_ciphertext(cx, blob.key_id())?;
                let unseen = || Error::Denied(denial::unseen_ciphertext(cx, action));
                Ok(Lookup::Found(Box::new(key.ok_or_else(unseen)?)))
            }
        }
    }

    /// The permission that the call needs on the key.
    pub(crate) fn permission(
        &self,
        cx: &Cx<'_, '_>,
        action: &'static str,
        key: &Lookup,
    ) -> Result<RequiredPermission, Error> {
        let permission = key.permission(action, cx)?;
        let permission = match self.usage {
            KeyUsage::EncryptDecrypt => {
                let algorithm = self.algorithm.unwrap_or(key_permissions::SYMMETRIC);
                key_permissions::with_encryption(permission, algorithm, self.context())
            }
            KeyUsage::SignVerify | KeyUsage::GenerateVerifyMac | KeyUsage::KeyAgreement => permission,
        };
        Ok(match &self.key {
            KeyReference::Ciphertext(Source { key_id: None, .. }) => permission.for_ciphertext(),
            KeyReference::Ciphertext(_) | KeyReference::Named(_) => permission,
        })
    }

    /// Whether the key's state, usage and spec fit the call and the algorithm that the caller named. Returns the algorithm.
    pub(crate) fn require_usable(&self, key: Authorized<&FoundKey>, operation: &str) -> Result<Algorithm, Error> {
        let key = key.into_inner();
        state::require(KeyAction::Use, key)?;
        self.require_key_of_ciphertext(key)?;
        let algorithm = require_algorithm(key, operation, self.usage, self.algorithm)?;
        if algorithm != Algorithm::SymmetricDefault && !self.context().is_empty() {
            let text = format!("EncryptionContext is not supported when the key spec is {}.", key.record.spec);
            return Err(Error::Validation(text));
        }
        Ok(algorithm)
    }

    /// A caller that names another key than the ciphertext does gets the same error whatever that key is for. For symmetric keys the
    /// decryption checks it.
    fn require_key_of_ciphertext(&self, key: &FoundKey) -> Result<(), Error> {
        let KeyReference::Ciphertext(Source { ciphertext: Some(ciphertext), key_id: Some(_), .. }) = &self.key else {
            return Ok(());
        };
        let symmetric = key.record.spec == KeySpec::SymmetricDefault;
        let foreign = || Blob::parse(ciphertext).is_ok_and(|blob| blob.key_id() != &key.record.id);
        if !symmetric && foreign() { Err(incorrect_key()) } else { Ok(()) }
    }

    /// With `DryRun`, a call that would have succeeded ends here, with the error that stands for success.
    pub(crate) fn end_dry_run(&self) -> Result<(), Error> {
        if self.dry_run { Err(dry_run_success()) } else { Ok(()) }
    }
}

impl Source<'_> {
    fn ignores_ciphertext(&self) -> bool {
        self.modifiers.is_some_and(|all| all.iter().any(|m| m == "IGNORE_CIPHERTEXT"))
    }
}

/// Whether a key's state, usage and spec fit an operation that only symmetric encryption keys have.
pub fn require_symmetric(key: &FoundKey, operation: &str) -> Result<(), Error> {
    state::require(KeyAction::Use, key)?;
    require_algorithm(key, operation, KeyUsage::EncryptDecrypt, None).map(drop)
}

/// Whether a key's usage and spec fit an operation and the algorithm that the caller named; encryption without one is symmetric.
fn require_algorithm(
    key: &FoundKey,
    operation: &str,
    usage: KeyUsage,
    named: Option<&str>,
) -> Result<Algorithm, Error> {
    let record = &key.record;
    if record.usage != usage {
        let text = format!("{} key usage is {} which is not valid for {operation}.", key.arn, record.usage);
        return Err(Error::new(error::INVALID_KEY_USAGE_EXCEPTION, text));
    }
    let name = named.unwrap_or(key_permissions::SYMMETRIC);
    let algorithm = Algorithm::parse(name).ok().filter(|known| record.spec.allows(usage, *known));
    algorithm.ok_or_else(|| {
        let text = format!("Algorithm {name} is incompatible with key spec {}.", record.spec);
        Error::new(error::INVALID_KEY_USAGE_EXCEPTION, text)
    })
}

/// The success of a dry run, which AWS answers as an error.
pub(crate) fn dry_run_success() -> Error {
    Error::new(error::DRY_RUN_OPERATION_EXCEPTION, "The request would have succeeded, but the DryRun option is set.")
}

fn missing_ciphertext() -> Error {
    let text = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    Error::Validation(text.to_owned())
}

/// AWS sends this one without a message.
pub(crate) fn invalid_ciphertext() -> Error {
    Error::silent(error::INVALID_CIPHERTEXT_EXCEPTION)
}

/// The error that the named key is not the ciphertext's.
pub(crate) fn incorrect_key() -> Error {
    Error::new(
        error::INCORRECT_KEY_EXCEPTION,
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )
}

/// The largest encryption context in bytes, as a JSON object without spaces.
const CONTEXT_BYTES_MAX: usize = 8192;

fn require_short(context: &EncryptionContext) -> Result<(), Error> {
    // Each pair has four quotation marks, a colon, and a comma or a brace.
    let bytes = context.iter().fold(1, |sum, (key, value)| sum + key.len() + value.len() + 6);
    if bytes > CONTEXT_BYTES_MAX {
        let text = format!("The encryption context is {bytes} bytes long; at most {CONTEXT_BYTES_MAX} are allowed.");
        return Err(Error::Validation(text));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn an_encryption_context_has_a_longest() {
        // {"k":"...","l":""}
        let of = |len: usize| [("k", "x".repeat(len)), ("l", String::new())].map(|(k, v)| (k.to_owned(), v)).into();
        assert!(require_short(&of(8192 - 15)).is_ok());
        assert!(matches!(require_short(&of(8192 - 14)), Err(Error::Validation(_))));
        assert!(require_short(&BTreeMap::new()).is_ok());
    }
}
