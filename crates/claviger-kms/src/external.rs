//! Encryption and decryption under a key in an external key store: under the key's own material here, and around that under the
//! key outside.

use claviger_crypto::{Blob, EncryptionContext, ExternalParts};

use claviger_core::authorize::Authorized;
use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_types::{MaterialId, Sensitive};

use super::key_lookup::{FoundKey, Place};
use super::materials;
use super::xks::{ExternalKey, Proxy, ProxyFailure, Purpose};

/// Encrypts in both layers.
pub(crate) fn seal(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    place: &Place,
    purpose: Purpose,
    context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<(Vec<u8>, MaterialId), Error> {
    let key_id = &key.record.id;
    let (id, material) = materials::current(cx, &key.record)?;
    let inner = claviger_crypto::encrypt(materials::symmetric(&material)?, key_id, &id, context, plaintext, cx.random);
    let associated_data = ExternalParts::associated_data(key_id, &id, context);
    let outside = ExternalKey { xks_key_id: &place.xks_key_id, arn: &key.arn };
    let outer = Proxy::of(cx, &place.key_store).encrypt(purpose, outside, &inner, &associated_data)?;
    let outer = outer.map_err(ProxyFailure::of_use)?;
    Ok((outer.parts().to_blob(key_id, &id), id))
}

/// Decrypts both layers. `parts` are those of the ciphertext, and None if it has one layer only. The outer error is an error of the
/// request, and None says that the ciphertext is not one of this key.
pub(crate) fn open(
    cx: &RunCx<'_, '_>,
    key: Authorized<&FoundKey>,
    place: &Place,
    purpose: Purpose,
    blob: &Blob<'_>,
    context: &EncryptionContext,
) -> Result<Option<Sensitive<Vec<u8>>>, Error> {
    let Some(parts) = blob.external() else { return Ok(None) };
    let Some(material) = materials::by_id(cx, &key.record, blob.material_id())? else { return Ok(None) };
    let associated_data = ExternalParts::associated_data(blob.key_id(), blob.material_id(), context);
    let outside = ExternalKey { xks_key_id: &place.xks_key_id, arn: &key.arn };
    let inner = Proxy::of(cx, &place.key_store).decrypt(purpose, outside, parts, &associated_data)?;
    let inner = inner.map_err(ProxyFailure::of_use)?;
    // Whatever the proxy returns, only a ciphertext of this key, material and context is opened.
    let wrong = || ProxyFailure::WrongPlaintext.of_use();
    let inner = Blob::parse(&inner).map_err(|_| wrong())?;
    if inner.key_id() != blob.key_id() || inner.material_id() != blob.material_id() {
        return Err(wrong());
    }
    let mut plaintext = inner.decrypt(materials::symmetric(&material)?, context).map_err(|_| wrong())?;
    Ok(Some(Sensitive::new(std::mem::take(&mut *plaintext))))
}
