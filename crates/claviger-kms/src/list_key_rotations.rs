//! ListKeyRotations: the materials that rotations made, or all materials of a key.

use claviger_model::kms::{ListKeyRotationsRequest, ListKeyRotationsResponse, RotationsListEntry, error};
use claviger_replication::imported_material;
use claviger_store::tables::key_table::{self, ImportedMaterial, MaterialMeta, RotationType};
use claviger_types::{KeyOrigin, KeySpec, MaterialId, Timestamp};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::paging;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::origin;
use super::state::KeyAction;
use super::{metadata, pages};

pub(crate) struct ListKeyRotations;

impl KeyOperation for ListKeyRotations {
    const ACTION: &'static str = "kms:ListKeyRotations";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = ListKeyRotationsRequest;
    type Output = ListKeyRotationsResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        origin::require_here(&key)?;
        let all = input.include_key_material.as_deref() == Some("ALL_KEY_MATERIAL");
        if all && key.record.spec != KeySpec::SymmetricDefault {
            return Err(Error::silent(error::UNSUPPORTED_OPERATION_EXCEPTION));
        }
        let size = pages::size(input.limit, 100, 1000);
        let scope = format!("{} {all}", key.arn);
        let after = pages::after(cx, Self::NAME_IN_MARKERS, &scope, input.marker.as_deref())?;
        let materials = key_table::imported_materials(cx.tx, &key.record.id)?;
        let pending = imported_material::pending(&key.record, &materials);
        let list = List { key: &key, pending, now: cx.now };
        // A key has at most some hundred materials, so all are read and the page is cut from them.
        let rows = (0_u32..).zip(&materials).filter(|(at, material)| list.shows(*at, material, all));
        let rows = rows.map(|(at, material)| (at.to_be_bytes().to_vec(), list.entry(at, material)));
        let rows = rows.filter(|(row, _)| after.as_ref().is_none_or(|after| row > after)).take(size + 1).collect();
        let page = paging::page(cx, Self::NAME_IN_MARKERS, &scope, rows, size);
        Ok(ListKeyRotationsResponse {
            rotations: Some(page.items),
            truncated: Some(page.next.is_some()),
            next_marker: page.next,
        })
    }
}

impl ListKeyRotations {
    const NAME_IN_MARKERS: &'static str = "ListKeyRotations";
}

struct List<'a> {
    key: &'a FoundKey,
    pending: Option<MaterialId>,
    now: Timestamp,
}

impl List<'_> {
    fn is_imported(&self) -> bool {
        self.key.record.origin == KeyOrigin::External
    }

    /// Completed rotations; and with `all` the first material, and imported material that waits for its rotation.
    fn shows(&self, at: u32, material: &ImportedMaterial, all: bool) -> bool {
        let is_rotation = at > 0 && material.meta.rotated.is_some();
        let waits = self.is_imported() && Some(material.meta.id) == self.pending;
        is_rotation || (all && (at == 0 || waits))
    }

    fn entry(&self, at: u32, material: &ImportedMaterial) -> RotationsListEntry {
        let meta = &material.meta;
        let import = material.import.as_ref().filter(|_| material.is_held_at(self.now));
        let rotated = meta.rotated.filter(|_| at > 0);
        let entry = RotationsListEntry {
            key_id: Some(self.key.arn.to_string()),
            key_material_id: Some(meta.id.to_string()),
            key_material_state: Some(self.state(meta, import.is_some()).to_owned()),
            rotation_date: rotated,
            rotation_type: rotated.map(|_| rotation_type(meta).to_owned()),
            ..RotationsListEntry::default()
        };
        if !self.is_imported() {
            return entry;
        }
        RotationsListEntry {
            key_material_description: meta.description.clone(),
            import_state: Some(if import.is_some() { "IMPORTED" } else { "PENDING_IMPORT" }.to_owned()),
            expiration_model: import.map(|import| metadata::expiration_model(import.valid_to).to_owned()),
            valid_to: import.and_then(|import| import.valid_to),
            ..entry
        }
    }

    /// A replica knows its own import only, so material that it holds is shown as ready there.
    fn state(&self, meta: &MaterialMeta, held: bool) -> &'static str {
        let record = &self.key.record;
        if Some(meta.id) == record.current {
            return "CURRENT";
        }
        if Some(meta.id) != self.pending {
            return "NON_CURRENT";
        }
        let ready = match record.is_replica() {
            true => held,
            false => imported_material::is_held_by_replicas(record, &meta.id),
        };
        if ready { "PENDING_ROTATION" } else { "PENDING_MULTI_REGION_IMPORT_AND_ROTATION" }
    }
}

/// Stores of the first releases do not have the type. Those made automatic rotations only.
fn rotation_type(meta: &MaterialMeta) -> &'static str {
    match meta.rotation {
        Some(RotationType::OnDemand) => "ON_DEMAND",
        Some(RotationType::Automatic) | None => "AUTOMATIC",
    }
}
