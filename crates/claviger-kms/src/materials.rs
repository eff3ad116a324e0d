//! The material of keys, as the region's store holds it.

use std::sync::Arc;

use claviger_crypto::{MacKey, Material, MaterialKind, PrivateKey, PrivateKeyKind, SymmetricKey};
use claviger_store::tables::key_table::{self, KeyRecord, MaterialMeta, MaterialRecord};
use claviger_types::MaterialId;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::slow::slow;

/// Opens the material that a key works with now.
pub(crate) fn current(cx: &Cx<'_, '_>, key: &KeyRecord) -> Result<(MaterialId, Arc<Material>), Error> {
    let id = key.current.ok_or_else(|| Error::Internal(format!("key {} has no current material", key.id)))?;
    let material =
        by_id(cx, key, &id)?.ok_or_else(|| Error::Internal(format!("material {id} of key {} is gone", key.id)))?;
    Ok((id, material))
}

/// Opens one material of a key; absent when this region does not hold it.
///
/// The opened material stays with its row, so that a key in use is not opened for each request. It is wiped when the row is
/// changed, or displaced by rows that were used since.
pub(crate) fn by_id(cx: &Cx<'_, '_>, key: &KeyRecord, id: &MaterialId) -> Result<Option<Arc<Material>>, Error> {
    let Some(row) = key_table::material_shared(cx.tx, &key.id, id)? else { return Ok(None) };
    let open = |row: &MaterialRecord| {
        let opened = row.0.open(cx.keyring, MaterialKind::of(key.spec), &key.id, id);
        opened.map_err(|_| Error::Internal(format!("material {id} of key {} does not open", key.id)))
    };
    row.derived(open).map(Some)
}

/// The material of a symmetric encryption key.
pub(crate) fn symmetric(material: &Material) -> Result<&SymmetricKey, Error> {
    match material {
        Material::Symmetric(key) => Ok(key),
        Material::Mac(_) | Material::Private(_) => Err(unexpected()),
    }
}

/// The private key of an asymmetric key.
pub(crate) fn private(material: &Material) -> Result<&PrivateKey, Error> {
    match material {
        Material::Private(key) => Ok(key),
        Material::Symmetric(_) | Material::Mac(_) => Err(unexpected()),
    }
}

/// The key of an HMAC.
pub(crate) fn mac(material: &Material) -> Result<&MacKey, Error> {
    match material {
        Material::Mac(key) => Ok(key),
        Material::Symmetric(_) | Material::Private(_) => Err(unexpected()),
    }
}

/// A caller checks the key's spec and usage first, so this is an error of the server.
fn unexpected() -> Error {
    Error::Internal("the key's material is of another kind than its usage".to_owned())
}

fn generate(kind: MaterialKind, cx: &Cx<'_, '_>) -> Result<Material, Error> {
    match kind {
        MaterialKind::Private(kind) => generate_private(kind, cx).map(Material::Private),
        MaterialKind::Symmetric | MaterialKind::Mac(_) => Ok(Material::generate(kind, cx.random)),
    }
}

/// A new private key. Keys that take long to make are made on a thread where nobody waits.
pub(crate) fn generate_private(kind: PrivateKeyKind, cx: &Cx<'_, '_>) -> Result<PrivateKey, Error> {
    if kind.is_slow_to_make() { slow(cx, || PrivateKey::generate(kind)) } else { Ok(PrivateKey::generate(kind)) }
}

/// Generates a key's first material.
pub(crate) fn add_first_material(cx: &mut Cx<'_, '_>, record: &mut KeyRecord) -> Result<(), Error> {
    let material = generate(MaterialKind::of(record.spec), cx)?;
    let id = material.id(&record.id);
    let sealed = material.seal(cx.keyring, cx.random, &record.id);
    key_table::add_first_material(cx.tx, record, MaterialMeta::new(id, cx.now), sealed)?;
    record.current = Some(id);
    Ok(())
}
