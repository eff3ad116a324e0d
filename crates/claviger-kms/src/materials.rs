//! The material of keys, as the region's store holds it.

use std::sync::Arc;

use claviger_crypto::{Material, MaterialKind, SymmetricKey};
use claviger_store::tables::key_table::{self, KeyRecord, MaterialMeta, MaterialRecord};
use claviger_types::MaterialId;

use claviger_core::context::Cx;
use claviger_core::error::Error;

/// Opens the material that a key encrypts with.
pub(crate) fn current(cx: &Cx<'_, '_>, key: &KeyRecord) -> Result<(MaterialId, Arc<SymmetricKey>), Error> {
    let id = key.current.ok_or_else(|| Error::Internal(format!("key {} has no current material", key.id)))?;
    let material =
        by_id(cx, key, &id)?.ok_or_else(|| Error::Internal(format!("material {id} of key {} is gone", key.id)))?;
    Ok((id, material))
}

/// Opens one material of a key; absent when this region does not hold it.
///
/// The opened material stays with its row, so that a key in use is not opened for each request. It is wiped when the row is
/// changed, or displaced by rows that were used since.
pub(crate) fn by_id(cx: &Cx<'_, '_>, key: &KeyRecord, id: &MaterialId) -> Result<Option<Arc<SymmetricKey>>, Error> {
    let Some(row) = key_table::material_shared(cx.tx, &key.id, id)? else { return Ok(None) };
    let open = |row: &MaterialRecord| match row.0.open(cx.keyring, MaterialKind::Symmetric, &key.id, id) {
        Ok(Material::Symmetric(material)) => Ok(material),
        Err(_) => Err(Error::Internal(format!("material {id} of key {} does not open", key.id))),
    };
    row.derived(open).map(Some)
}

/// Generates a key's first material.
pub(crate) fn add_first_material(cx: &mut Cx<'_, '_>, record: &mut KeyRecord) -> Result<(), Error> {
    let material = Material::generate(MaterialKind::Symmetric, cx.random);
    let id = material.id(&record.id);
    let sealed = material.seal(cx.keyring, cx.random, &record.id);
    key_table::add_first_material(cx.tx, record, MaterialMeta { id, created: cx.now, rotated: None }, sealed)?;
    record.current = Some(id);
    Ok(())
}
