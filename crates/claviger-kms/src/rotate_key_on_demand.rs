//! RotateKeyOnDemand: new material at once, beside the key's schedule.

use claviger_model::kms::{RotateKeyOnDemandRequest, RotateKeyOnDemandResponse, error};
use claviger_replication::imported_material;
use claviger_replication::key_replication::{self, NewRotation};
use claviger_store::tables::key_table::{self, RotationType};
use claviger_types::{KeyOrigin, KeySpec, MaterialId};

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::origin;
use super::rotation;
use super::state::{self, KeyAction};

/// The most on-demand rotations of a key (AWS KMS resource quota).
const ON_DEMAND_MAX: usize = 25;
/// An automatic rotation that is due within this time excludes one on demand.
const AUTOMATIC_AHEAD_SECS: i64 = 20 * 60;

pub(crate) struct RotateKeyOnDemand;

impl KeyOperation for RotateKeyOnDemand {
    const ACTION: &'static str = "kms:RotateKeyOnDemand";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = RotateKeyOnDemandRequest;
    type Output = RotateKeyOnDemandResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        // A key in a key store does not rotate, whether or not the key store is connected.
        origin::require_here(&key)?;
        state::require(KeyAction::Use, &key)?;
        if key.record.spec != KeySpec::SymmetricDefault {
            return Err(Error::silent(error::UNSUPPORTED_OPERATION_EXCEPTION));
        }
        rotation::require_primary(&key)?;
        require_below_limit(cx, &key)?;
        let (facts, keyring, random, now) = (cx.facts, cx.keyring, cx.random, cx.now);
        let imported = match key.record.origin {
            KeyOrigin::External => Some(pending_import(cx, &key)?),
            _ => {
                require_no_automatic_rotation(cx, &key)?;
                None
            }
        };
        let FoundKey { mut record, arn, .. } = key;
        match imported {
            Some(id) => imported_material::rotate(cx.tx, &facts.name, &mut record, id, now)?,
            None => {
                let (rotation, require_replicas) = (RotationType::OnDemand, facts.require_replicas);
                let new = NewRotation { rotation, require_replicas, keyring, random, now };
                key_replication::begin_rotation(cx.tx, &mut record, &new)?;
            }
        }
        key_table::save_key(cx.tx, &record)?;
        Ok(RotateKeyOnDemandResponse { key_id: Some(arn.to_string()) })
    }
}

fn require_below_limit(cx: &Cx<'_, '_>, key: &FoundKey) -> Result<(), Error> {
    let materials = key_table::materials(cx.tx, &key.record.id)?;
    let on_demand = materials.iter().filter(|meta| meta.rotation == Some(RotationType::OnDemand)).count();
    if on_demand < ON_DEMAND_MAX {
        return Ok(());
    }
    let text = format!(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {}",
        key.arn
    );
    Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text))
}

/// Refuses a key that is being rotated, or will be soon.
fn require_no_automatic_rotation(cx: &Cx<'_, '_>, key: &FoundKey) -> Result<(), Error> {
    let materials = key_table::materials(cx.tx, &key.record.id)?;
    let under_way = key_replication::rotation_under_way(&key.record, &materials).is_some();
    let next = key.record.rotation.next.filter(|_| key.record.rotation.enabled);
    let soon = next.is_some_and(|next| next <= cx.now.plus_secs(AUTOMATIC_AHEAD_SECS));
    if !(under_way || soon) {
        return Ok(());
    }
    let text = format!("A rotation of {} is in progress, or will begin within the next 20 minutes.", key.arn);
    Err(Error::new(error::CONFLICT_EXCEPTION, text))
}

/// The imported material that waits for its rotation, and that every related key holds.
fn pending_import(cx: &Cx<'_, '_>, key: &FoundKey) -> Result<MaterialId, Error> {
    let materials = key_table::imported_materials(cx.tx, &key.record.id)?;
    let held = |id: &MaterialId| materials.iter().any(|known| known.meta.id == *id && known.is_held_at(cx.now));
    let pending = imported_material::pending(&key.record, &materials).filter(held);
    let ready = pending.filter(|id| imported_material::is_held_by_replicas(&key.record, id));
    ready.ok_or_else(|| state::invalid(format!("No available key material pending rotation for the key: {}.", key.arn)))
}
