//! ImportKeyMaterial: material of the caller's own, for the first time or again.

use claviger_crypto::{Material, MaterialKind};
use claviger_model::kms::{ImportKeyMaterialRequest, ImportKeyMaterialResponse, error};
use claviger_replication::imported_material::{self, NewImport};
use claviger_store::tables::key_table::{self, ImportedMaterial};
use claviger_types::{KeySpec, MaterialId, Timestamp};

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::slow::slow;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::{self, KeyAction};
use super::{envelope, import_token, origin};

/// The most days until imported material expires.
const VALID_DAYS_MAX: i64 = 365;

pub(crate) struct ImportKeyMaterial;

impl KeyOperation for ImportKeyMaterial {
    const ACTION: &'static str = "kms:ImportKeyMaterial";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = ImportKeyMaterialRequest;
    type Output = ImportKeyMaterialResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn check(input: &Self::Input) -> Result<(), Error> {
        let invalid = |text: &str| Err(Error::Validation(text.to_owned()));
        match (expires(input), input.valid_to) {
            (true, None) => {
                return invalid("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
            }
            (false, Some(_)) => {
                return invalid(
                    "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE",
                );
            }
            (true, Some(_)) | (false, None) => {}
        }
        if input.import_type.as_deref() == Some(NEW) && input.key_material_id.is_some() {
            return invalid("A keyMaterialId must not be set if the ImportType is NEW_KEY_MATERIAL");
        }
        Ok(())
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        let model = if expires(input) { EXPIRES } else { DOES_NOT_EXPIRE };
        let valid_to = input.valid_to.map(|valid_to| valid_to.secs().to_string());
        Ok(permission.with("kms:ExpirationModel", model).with_opt("kms:ValidTo", valid_to))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        origin::require_imported(&key)?;
        state::require(KeyAction::Import, &key)?;
        require_future(input.valid_to, cx.now)?;
        require_symmetric_members(&input, &key)?;
        // RSA keys are parsed and used, which takes milliseconds.
        let material = slow(cx, || unwrap(cx, &input, &key))??;
        let id = material.id(&key.record.id);
        let known = key_table::imported_materials(cx.tx, &key.record.id)?;
        require_expected(&input, &key, &known, id)?;
        let FoundKey { mut record, arn, .. } = key;
        let sealed = material.seal(cx.keyring, cx.random, &record.id);
        let description = input.key_material_description;
        let (facts, now) = (cx.facts, cx.now);
        let public_key = match &material {
            Material::Private(key) => Some(key.public_key().to_vec()),
            Material::Symmetric(_) | Material::Mac(_) => None,
        };
        let new = NewImport { id, sealed, description, public_key, valid_to: input.valid_to };
        imported_material::import(cx.tx, &facts.name, &mut record, new, now)?;
        key_table::save_key(cx.tx, &record)?;
        Ok(ImportKeyMaterialResponse {
            key_id: Some(arn.to_string()),
            key_material_id: (record.spec == KeySpec::SymmetricDefault).then(|| id.to_string()),
        })
    }
}

/// The material that the request holds, wrapped for the key of its token.
fn unwrap(cx: &Cx<'_, '_>, input: &ImportKeyMaterialRequest, key: &FoundKey) -> Result<Material, Error> {
    let token = import_token::open(cx, key, &input.import_token)?;
    let unwrapped = token.key.unwrap(token.algorithm, &input.encrypted_key_material);
    let bytes = unwrapped.map_err(|_| envelope::invalid_ciphertext())?;
    let spec = key.record.spec;
    let material = Material::import(MaterialKind::of(spec), bytes);
    material.map_err(|_| incorrect(format!("The key material is not valid for a key of KeySpec {spec}.")))
}

const EXPIRES: &str = "KEY_MATERIAL_EXPIRES";
const DOES_NOT_EXPIRE: &str = "KEY_MATERIAL_DOES_NOT_EXPIRE";
const NEW: &str = "NEW_KEY_MATERIAL";

/// Whether the material expires, which is the default.
fn expires(input: &ImportKeyMaterialRequest) -> bool {
    input.expiration_model.as_deref() != Some(DOES_NOT_EXPIRE)
}

fn require_future(valid_to: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    match valid_to {
        Some(at) if at <= now => Err(Error::Validation("ValidTo must be in the future".to_owned())),
        Some(at) if at > now.plus_days(VALID_DAYS_MAX) => {
            Err(Error::Validation(format!("ValidTo must be at most {VALID_DAYS_MAX} days in the future")))
        }
        _ => Ok(()),
    }
}

/// The members that only keys with several materials have.
fn require_symmetric_members(input: &ImportKeyMaterialRequest, key: &FoundKey) -> Result<(), Error> {
    let given = [
        ("ImportType", input.import_type.is_some()),
        ("KeyMaterialDescription", input.key_material_description.is_some()),
        ("KeyMaterialId", input.key_material_id.is_some()),
    ];
    let spec = key.record.spec;
    match given.into_iter().find(|(_, given)| *given && spec != KeySpec::SymmetricDefault) {
        Some((name, _)) => Err(Error::Validation(format!("{name} is not supported when the key spec is {spec}."))),
        None => Ok(()),
    }
}

/// Whether the key may have this material: new material in a primary, or material that the key has already.
fn require_expected(
    input: &ImportKeyMaterialRequest,
    key: &FoundKey,
    known: &[ImportedMaterial],
    id: MaterialId,
) -> Result<(), Error> {
    let record = &key.record;
    if record.is_replica() && input.key_material_description.is_some() {
        state::require_primary(record, &key.arn)?;
    }
    let is_known = known.iter().any(|material| material.meta.id == id);
    let named = input.key_material_id.as_deref().is_none_or(|named| named == id.to_string());
    // The list of materials passes to the new primary. A change of it here would be lost with the role.
    let changes_list = !is_known || input.key_material_description.is_some();
    if changes_list && state::hands_over(record) {
        return Err(state::updating(key));
    }
    let is_new = input.import_type.as_deref().map_or(known.is_empty(), |kind| kind == NEW);
    if !is_new {
        let text = "The key material is not material that was imported into this key before.";
        return if is_known && named { Ok(()) } else { Err(incorrect(text)) };
    }
    if record.is_replica() {
        state::require_primary(record, &key.arn)?;
    }
    if is_known {
        return Err(incorrect("The key material is already associated with this key."));
    }
    if let Some(pending) = imported_material::pending(record, known) {
        let text = format!(
            "New key material (id: {id}) cannot be imported into KMS key {}, because another key material (id: {pending}) is pending rotation.",
            key.arn
        );
        return Err(Error::new(error::KMS_INVALID_STATE_EXCEPTION, text));
    }
    Ok(())
}

fn incorrect(text: impl Into<String>) -> Error {
    Error::new(error::INCORRECT_KEY_MATERIAL_EXCEPTION, text)
}
