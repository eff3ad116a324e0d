//! DeleteImportedKeyMaterial: the key waits for the same material to be imported again.

use claviger_model::kms::{DeleteImportedKeyMaterialRequest, DeleteImportedKeyMaterialResponse, error};
use claviger_replication::imported_material;
use claviger_store::tables::key_table;
use claviger_types::{KeySpec, MaterialId};

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::origin;
use super::state::{self, KeyAction};

pub(crate) struct DeleteImportedKeyMaterial;

impl KeyOperation for DeleteImportedKeyMaterial {
    const ACTION: &'static str = "kms:DeleteImportedKeyMaterial";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = DeleteImportedKeyMaterialRequest;
    type Output = DeleteImportedKeyMaterialResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        origin::require_imported(&key)?;
        state::require(KeyAction::DeleteImported, &key)?;
        let id = material_id(cx, &input, &key)?;
        let FoundKey { mut record, arn, .. } = key;
        if let Some(id) = id {
            let facts = cx.facts;
            imported_material::delete(cx.tx, &facts.name, &mut record, &id)?;
            key_table::save_key(cx.tx, &record)?;
        }
        Ok(DeleteImportedKeyMaterialResponse {
            key_id: Some(arn.to_string()),
            key_material_id: id.filter(|_| record.spec == KeySpec::SymmetricDefault).map(|id| id.to_string()),
        })
    }
}

/// The material that is to be deleted: the named one, or else the current one. None if nothing was ever imported.
fn material_id(
    cx: &Cx<'_, '_>,
    input: &DeleteImportedKeyMaterialRequest,
    key: &FoundKey,
) -> Result<Option<MaterialId>, Error> {
    let record = &key.record;
    let Some(named) = &input.key_material_id else { return Ok(record.current) };
    if record.spec != KeySpec::SymmetricDefault {
        let text = format!("KeyMaterialId is not supported when the key spec is {}.", record.spec);
        return Err(Error::Validation(text));
    }
    let known = key_table::materials(cx.tx, &record.id)?;
    let found = known.into_iter().map(|meta| meta.id).find(|id| id.to_string() == *named);
    let missing = || {
        let text = format!("Key material {named} is not associated with KMS key {}.", key.arn);
        Error::new(error::NOT_FOUND_EXCEPTION, text)
    };
    found.ok_or_else(missing).map(Some)
}
