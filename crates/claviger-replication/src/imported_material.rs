//! Keys with imported material (`origin` EXTERNAL).
//!
//! Related keys share the ids and descriptions of their materials, and which of them is current. The bytes never pass between
//! regions: each region imports, expires and deletes them for itself. A key is `PendingImport` in a region that does not hold all
//! materials that belong to it for good. Only the material that waits for its rotation does not count.

use claviger_crypto::SealedMaterial;
use claviger_store::tables::key_table::{
    self, Import, ImportStatus, ImportedMaterial, KeyRecord, KeyState, MaterialMeta, RotationType,
};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{MaterialId, Region, Timestamp};
use minicbor::bytes::ByteVec;

use crate::change;
use crate::key_messages::KeyReport;
use crate::key_replication::{announce, make_current, name, raise_revision};

/// The material that waits for its rotation, if there is one.
pub fn pending(record: &KeyRecord, materials: &[ImportedMaterial]) -> Option<MaterialId> {
    let waits = |meta: &MaterialMeta| meta.rotated.is_none() && Some(meta.id) != record.current;
    materials.iter().skip(1).map(|material| &material.meta).find(|meta| waits(meta)).map(|meta| meta.id)
}

/// Whether every replica of a primary has reported that it holds the material that waits for its rotation. A report is of the
/// primary's list that the replica had applied, so it counts only if that list had the material (`key_apply.rs`).
pub fn is_held_by_replicas(record: &KeyRecord, pending: &MaterialId) -> bool {
    record.multi_region.as_ref().is_none_or(|shared| {
        let holds = |region: &Region| {
            shared.holders.iter().any(|holder| holder.region == *region && holder.awaited.as_ref() == Some(pending))
        };
        shared.replicas.iter().all(holds)
    })
}

/// Material to be imported.
pub struct NewImport {
    /// Its id in the key.
    pub id: MaterialId,
    /// The bytes.
    pub sealed: SealedMaterial,
    /// The description; absent keeps the present one.
    pub description: Option<String>,
    /// The public key of a private key.
    pub public_key: Option<Vec<u8>>,
    /// When this region deletes the bytes.
    pub valid_to: Option<Timestamp>,
}

/// Imports material into the key in region `here`. The caller has checked that the key may have it. The first material of a key is
/// current at once, and another one waits for its rotation. Changes `record`, which the caller saves.
pub fn import(
    tx: &mut Tx<'_>,
    here: &Region,
    record: &mut KeyRecord,
    new: NewImport,
    now: Timestamp,
) -> Result<(), StoreError> {
    let NewImport { id, sealed, description, public_key, valid_to } = new;
    let mut materials = key_table::imported_materials(tx, &record.id)?;
    let import = Some(Import { valid_to });
    let mut is_shared_change = false;
    match materials.iter_mut().find(|material| material.meta.id == id) {
        Some(known) => {
            known.import = import;
            if description.is_some() && known.meta.description != description {
                known.meta.description = description;
                is_shared_change = true;
            }
        }
        None => {
            is_shared_change = true;
            if materials.is_empty() {
                record.current = Some(id);
            }
            materials.push(ImportedMaterial {
                meta: MaterialMeta {
                    description,
                    public_key: public_key.map(ByteVec::from),
                    ..MaterialMeta::new(id, now)
                },
                import,
            });
        }
    }
    key_table::save_material(tx, &record.id, &id, sealed)?;
    save(tx, record, &materials)?;
    tell(tx, here, record, is_shared_change)
}

/// Deletes the bytes of a material in region `here`. Material that waits for its rotation belongs to the key no longer, if its
/// primary is here. Changes `record`, which the caller saves.
pub fn delete(tx: &mut Tx<'_>, here: &Region, record: &mut KeyRecord, id: &MaterialId) -> Result<(), StoreError> {
    let mut materials = key_table::imported_materials(tx, &record.id)?;
    let forgets = pending(record, &materials).as_ref() == Some(id) && !record.is_replica();
    if forgets {
        materials.retain(|material| material.meta.id != *id);
        // The replicas' reports are of material that they are now told to forget.
        for holder in record.multi_region.iter_mut().flat_map(|shared| shared.holders.iter_mut()) {
            holder.awaited = None;
        }
    } else {
        for material in materials.iter_mut().filter(|material| material.meta.id == *id) {
            material.import = None;
        }
    }
    save(tx, record, &materials)?;
    tell(tx, here, record, forgets)
}

/// Deletes the bytes of all materials in region `here` that have expired. Changes `record`, which the caller saves.
pub fn expire(tx: &mut Tx<'_>, here: &Region, record: &mut KeyRecord, now: Timestamp) -> Result<(), StoreError> {
    let mut materials = key_table::imported_materials(tx, &record.id)?;
    for material in &mut materials {
        material.import = material.import.take().filter(|import| import.valid_to.is_none_or(|at| at > now));
    }
    save(tx, record, &materials)?;
    tell(tx, here, record, false)
}

/// Makes the material that waits for its rotation current. Changes `record`, which the caller saves.
pub fn rotate(
    tx: &mut Tx<'_>,
    here: &Region,
    record: &mut KeyRecord,
    id: MaterialId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut materials = key_table::imported_materials(tx, &record.id)?;
    for material in materials.iter_mut().filter(|material| material.meta.id == id) {
        material.meta.rotation = Some(RotationType::OnDemand);
    }
    key_table::save_imported_materials(tx, record, &materials)?;
    make_current(tx, record, id, now)?;
    let materials = key_table::imported_materials(tx, &record.id)?;
    settle(record, &materials);
    announce(tx, here, record)
}

/// Applies the primary's list of materials to a replica. Imports stay as they are. Material that waited for its rotation and that
/// the primary does not name any more is forgotten; other material never is. Changes `record`, which the caller saves.
pub(crate) fn merge(tx: &mut Tx<'_>, record: &mut KeyRecord, announced: &[MaterialMeta]) -> Result<(), StoreError> {
    let before = key_table::imported_materials(tx, &record.id)?;
    let mut merged: Vec<ImportedMaterial> = Vec::with_capacity(announced.len());
    for meta in announced {
        if merged.iter().all(|known| known.meta.id != meta.id) {
            let known = before.iter().find(|known| known.meta.id == meta.id);
            let import = known.and_then(|known| known.import.clone());
            merged.push(ImportedMaterial { meta: meta.clone(), import });
        }
    }
    let waited = pending(record, &before);
    let kept = before.into_iter().filter(|known| Some(known.meta.id) != waited);
    let extra: Vec<ImportedMaterial> =
        kept.filter(|known| merged.iter().all(|named| named.meta.id != known.meta.id)).collect();
    merged.extend(extra);
    key_table::save_imported_materials(tx, record, &merged)
}

/// Computes the import status and the state of a key from its materials.
pub(crate) fn settle(record: &mut KeyRecord, materials: &[ImportedMaterial]) {
    let waits = pending(record, materials);
    let belongs = |material: &&ImportedMaterial| Some(material.meta.id) != waits;
    let complete = !materials.is_empty() && materials.iter().filter(belongs).all(|material| material.import.is_some());
    let valid_to = |material: &ImportedMaterial| material.import.as_ref().and_then(|import| import.valid_to);
    let was_disabled = match record.state {
        KeyState::Disabled => true,
        KeyState::Creating | KeyState::Enabled | KeyState::Updating => false,
        _ => record.import.as_ref().is_some_and(|import| import.disabled),
    };
    record.import = Some(ImportStatus {
        complete,
        valid_to: materials.iter().filter(belongs).filter_map(valid_to).min(),
        next_expiry: materials.iter().filter_map(valid_to).min(),
        disabled: was_disabled && !complete,
    });
    let hands_over = record.multi_region.as_ref().is_some_and(|shared| shared.handover.is_some());
    match record.state {
        // A change of the primary that is under way goes on.
        KeyState::Creating | KeyState::PendingImport if complete && hands_over => record.state = KeyState::Updating,
        KeyState::PendingImport if complete && was_disabled => record.state = KeyState::Disabled,
        KeyState::Creating | KeyState::PendingImport if complete => record.state = KeyState::Enabled,
        KeyState::Creating | KeyState::Enabled | KeyState::Disabled | KeyState::Updating if !complete => {
            record.state = KeyState::PendingImport;
        }
        _ => {}
    }
}

fn save(tx: &mut Tx<'_>, record: &mut KeyRecord, materials: &[ImportedMaterial]) -> Result<(), StoreError> {
    key_table::save_imported_materials(tx, record, materials)?;
    settle(record, materials);
    Ok(())
}

/// Announces a change of the shared list by the primary, or reports a replica's imports to it.
fn tell(tx: &mut Tx<'_>, here: &Region, record: &mut KeyRecord, is_shared_change: bool) -> Result<(), StoreError> {
    let Some(primary) = record.multi_region.as_ref().map(|shared| shared.primary.clone()) else { return Ok(()) };
    if primary != *here {
        return change::announce::<KeyReport>(tx, &primary, &name(record));
    }
    if !is_shared_change {
        return Ok(());
    }
    raise_revision(record);
    announce(tx, here, record)
}

#[cfg(test)]
#[path = "imported_material_tests.rs"]
mod tests;
