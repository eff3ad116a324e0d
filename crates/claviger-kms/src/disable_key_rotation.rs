//! DisableKeyRotation: no more automatic rotation.

use claviger_model::kms::DisableKeyRotationRequest;
use claviger_replication::key_replication;
use claviger_store::tables::keys::{self as records, Rotation};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::rotation;

pub(crate) struct DisableKeyRotation;

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    type Input = DisableKeyRotationRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:DisableKeyRotation", key, cx)?])
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        rotation::require_settable(&key)?;
        let mut record = key.into_inner().record;
        if record.rotation.enabled {
            record.rotation = Rotation::default();
            key_replication::raise_revision(&mut record);
            records::save_key(cx.tx, &record)?;
            key_replication::announce(cx.tx, &cx.facts.name, &record)?;
        }
        Ok(())
    }
}
