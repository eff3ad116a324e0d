//! Encryption and decryption under a key, for callers of the API and for Secrets Manager alike. Both take the proof that the caller
//! may use the key.

use claviger_crypto::{Blob, EncryptionContext};
use claviger_types::{MaterialId, Sensitive};

use claviger_core::authorize::Authorized;
use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_model::kms::error;

use super::envelope::invalid_ciphertext;
use super::key_lookup::FoundKey;
use super::materials;
use super::state::{self, KeyAction};

pub use super::envelope::require_symmetric;

/// A ciphertext and the material it is under.
pub struct Sealed {
    /// The ciphertext.
    pub blob: Vec<u8>,
    /// The id of the material.
    pub material: MaterialId,
}

/// Encrypts under a key's current material. It checks the key's state itself, since Secrets Manager has no envelope that did.
pub fn seal(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Sealed, Error> {
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    state::require(KeyAction::Use, &key)?;
    let (id, material) = materials::current(cx, &key.record)?;
    let blob = claviger_crypto::encrypt(&material, &key.record.id, &id, context, plaintext, cx.random);
    cx.audit.sealed(id);
    Ok(Sealed { blob, material: id })
}

/// Decrypts a ciphertext of a key.
pub fn open(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    blob: &Blob<'_>,
    context: &EncryptionContext,
) -> Result<Sensitive<Vec<u8>>, Error> {
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    state::require(KeyAction::Use, &key)?;
    if blob.key_id() != &key.record.id {
        return Err(incorrect_key());
    }
    let material = materials::by_id(cx, &key.record, blob.material_id())?.ok_or_else(invalid_ciphertext)?;
    let mut plaintext = blob.decrypt(&material, context).map_err(|_| invalid_ciphertext())?;
    cx.audit.opened(*blob.material_id());
    Ok(Sensitive::new(std::mem::take(&mut *plaintext)))
}

/// The error that the named key is not the ciphertext's.
fn incorrect_key() -> Error {
    Error::new(
        error::INCORRECT_KEY_EXCEPTION,
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )
}
