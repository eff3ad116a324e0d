//! UpdatePrimaryRegion: a replica becomes the primary, the primary a replica. This file starts the handover; replication
//! completes it.

use claviger_model::kms::{UpdatePrimaryRegionRequest, error};
use claviger_replication::key_replication;
use claviger_store::tables::key_table;
use claviger_types::Region;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::{self, FoundKey};
use super::on_key::KeyOperation;
use super::state::{self, KeyAction};

pub(crate) struct UpdatePrimaryRegion;

impl KeyOperation for UpdatePrimaryRegion {
    const ACTION: &'static str = "kms:UpdatePrimaryRegion";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = UpdatePrimaryRegionRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        // The new primary's region checks its own key's policy when it takes over.
        Ok(permission.with("kms:PrimaryRegion", input.primary_region.as_str()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        state::require_primary(&key.record, &key.arn)?;
        state::require(KeyAction::Replicate, &key)?;
        let to = replica_region(&key, &input.primary_region)?;
        let (mut record, caller, now) = (key.record, cx.caller, cx.now);
        key_replication::begin_handover(cx.tx, &mut record, &to, caller, now)?;
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}

/// Checks that the region holds a replica whose material has arrived.
fn replica_region(key: &FoundKey, named: &str) -> Result<Region, Error> {
    let unknown = || Error::new(error::NOT_FOUND_EXCEPTION, format!("Invalid arn {named}"));
    let region = Region::parse(named).map_err(|_| unknown())?;
    let arn = key.record.id.arn(&region, &key.record.account);
    let Some(shared) = &key.record.multi_region else { return Err(key_lookup::not_found(&arn)) };
    if region == shared.primary {
        return Err(Error::Validation(format!("{} is already the primary Region of this key.", region)));
    }
    if !shared.replicas.contains(&region) {
        return Err(key_lookup::not_found(&arn));
    }
    if shared.pending.iter().any(|p| p.region == region) {
        return Err(Error::new(error::KMS_INVALID_STATE_EXCEPTION, format!("{arn} is creating.")));
    }
    Ok(region)
}
