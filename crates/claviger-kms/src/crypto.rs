//! Encryption and decryption under a key, for callers of the API and for Secrets Manager alike. Both take the proof that the caller
//! may use the key.

use claviger_crypto::{Blob, EncryptionContext, PrivateKeyError};
use claviger_types::{Algorithm, KeySpec, MaterialId, Sensitive};

use claviger_core::authorize::Authorized;
use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::envelope::{incorrect_key, invalid_ciphertext};
use super::external;
use super::key_lookup::FoundKey;
use super::materials;
use super::state::{self, KeyAction};

pub use super::envelope::require_symmetric;
pub use super::xks::Purpose;

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
    purpose: Purpose,
    context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Sealed, Error> {
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    state::require(KeyAction::Use, &key)?;
    if let Some(place) = &key.place {
        let (blob, id) = external::seal(cx, key, place, purpose, context, plaintext)?;
        cx.audit.sealed(id);
        return Ok(Sealed { blob, material: id });
    }
    let (id, material) = materials::current(cx, &key.record)?;
    let blob =
        claviger_crypto::encrypt(materials::symmetric(&material)?, &key.record.id, &id, context, plaintext, cx.random);
    cx.audit.sealed(id);
    Ok(Sealed { blob, material: id })
}

/// Decrypts a ciphertext of a key.
pub fn open(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    purpose: Purpose,
    blob: &Blob<'_>,
    context: &EncryptionContext,
) -> Result<Sensitive<Vec<u8>>, Error> {
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    state::require(KeyAction::Use, &key)?;
    if blob.key_id() != &key.record.id {
        return Err(incorrect_key());
    }
    if let Some(place) = &key.place {
        let opened = external::open(cx, key, place, purpose, blob, context)?.ok_or_else(invalid_ciphertext)?;
        cx.audit.opened(*blob.material_id());
        return Ok(opened);
    }
    let material = materials::by_id(cx, &key.record, blob.material_id())?.ok_or_else(invalid_ciphertext)?;
    let mut plaintext = blob.decrypt(materials::symmetric(&material)?, context).map_err(|_| invalid_ciphertext())?;
    cx.audit.opened(*blob.material_id());
    Ok(Sensitive::new(std::mem::take(&mut *plaintext)))
}

/// The outcome of an encryption or decryption that a caller of the API asked for.
pub(crate) struct Outcome<B> {
    /// The ciphertext or the plaintext.
    pub(crate) bytes: B,
    /// The material, for symmetric keys: others have one only, and AWS does not name it.
    pub(crate) material: Option<MaterialId>,
}

/// Encrypts under a key of any spec that encrypts.
pub(crate) fn encrypt(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    purpose: Purpose,
    algorithm: Algorithm,
    context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Outcome<Vec<u8>>, Error> {
    if algorithm == Algorithm::SymmetricDefault {
        let sealed = seal(cx, key, purpose, context, plaintext)?;
        return Ok(Outcome { bytes: sealed.blob, material: named_material(&key, sealed.material) });
    }
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    let (_, material) = materials::current(cx, &key.record)?;
    let encrypted = materials::private(&material)?.encrypt(algorithm, plaintext);
    let bytes = encrypted.map_err(|error| match error {
        PrivateKeyError::TooLong => too_long(algorithm, key.record.spec),
        other => Error::Internal(format!("key {}: {other}", key.record.id)),
    })?;
    Ok(Outcome { bytes, material: None })
}

/// Decrypts a ciphertext under a key of any spec that encrypts.
pub(crate) fn decrypt(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    purpose: Purpose,
    algorithm: Algorithm,
    context: &EncryptionContext,
    ciphertext: &[u8],
) -> Result<Outcome<Sensitive<Vec<u8>>>, Error> {
    if algorithm == Algorithm::SymmetricDefault {
        let blob = Blob::parse(ciphertext).map_err(|_| invalid_ciphertext())?;
        let bytes = open(cx, key, purpose, &blob, context)?;
        return Ok(Outcome { bytes, material: named_material(&key, *blob.material_id()) });
    }
    cx.audit.record_resource(&key.arn, &key.record.account, true);
    let (_, material) = materials::current(cx, &key.record)?;
    let decrypted = materials::private(&material)?.decrypt(algorithm, ciphertext);
    let mut plaintext = decrypted.map_err(|_| invalid_ciphertext())?;
    Ok(Outcome { bytes: Sensitive::new(std::mem::take(&mut *plaintext)), material: None })
}

/// The material as an answer names it. Only a part of that of a key in a key store is here.
pub(crate) fn named_material(key: &FoundKey, material: MaterialId) -> Option<MaterialId> {
    key.place.is_none().then_some(material)
}

fn too_long(algorithm: Algorithm, spec: KeySpec) -> Error {
    // OAEP adds two hashes and two bytes.
    let overhead = if algorithm == Algorithm::RsaesOaepSha1 { 2 * 20 + 2 } else { 2 * 32 + 2 };
    let longest = match spec {
        KeySpec::Sm2 => 1024,
        KeySpec::Rsa2048 => 256 - overhead,
        KeySpec::Rsa3072 => 384 - overhead,
        _ => 512 - overhead,
    };
    Error::Validation(format!(
        "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {longest} bytes."
    ))
}
