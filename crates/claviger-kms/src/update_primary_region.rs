//! UpdatePrimaryRegion: a replica becomes the primary, the primary a replica. Only the beginning happens here; the rest is replication's.

use claviger_model::kms::UpdatePrimaryRegionRequest;
use claviger_replication::key_replication;
use claviger_store::tables::keys as records;
use claviger_types::Region;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct UpdatePrimaryRegion;

impl Operation for UpdatePrimaryRegion {
    const NAME: &'static str = "UpdatePrimaryRegion";
    type Input = UpdatePrimaryRegionRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        // The new primary's region checks its own key's policy when it takes over.
        Ok(vec![
            keys::permission("kms:UpdatePrimaryRegion", key, cx)?
                .with("kms:PrimaryRegion", input.primary_region.as_str()),
        ])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_primary(&key.record, &key.arn)?;
        state::require_enabled(&key)?;
        let to = replica_region(&key, &input.primary_region)?;
        let mut record = key.into_inner().record;
        key_replication::begin_handover(cx.tx, &mut record, &to, cx.caller)?;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}

/// The region holds a replica, and that has been made.
fn replica_region(key: &FoundKey, named: &str) -> Result<Region, Error> {
    let unknown = || Error::new("NotFoundException", format!("Invalid arn {named}"));
    let region = Region::parse(named).map_err(|_| unknown())?;
    let arn = key.record.id.arn(&region, &key.record.account);
    let Some(shared) = &key.record.multi_region else { return Err(keys::not_found(&arn)) };
    if region == shared.primary {
        return Err(Error::Validation(format!("{} is already the primary Region of this key.", region)));
    }
    if !shared.replicas.contains(&region) {
        return Err(keys::not_found(&arn));
    }
    if shared.pending.iter().any(|p| p.region == region) {
        return Err(Error::new("KMSInvalidStateException", format!("{arn} is creating.")));
    }
    Ok(region)
}
