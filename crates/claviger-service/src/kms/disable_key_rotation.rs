//! DisableKeyRotation: no more automatic rotation.

use claviger_model::kms::DisableKeyRotationRequest;
use claviger_replication::key_replication;
use claviger_store::tables::keys::{self as records, Rotation};

use crate::authorize::{Authorized, Demand};
use crate::error::Error;
use crate::operation::{Cx, Operation};

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

    fn demands(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<Demand>, Error> {
        Ok(vec![keys::demand("kms:DisableKeyRotation", key, cx)?])
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        rotation::require_settable(&key)?;
        let mut record = key.into_inner().record;
        if record.rotation.enabled {
            records::move_key_due(cx.tx, record.rotation.next, None, &record.account, &record.id)?;
            record.rotation = Rotation::default();
            key_replication::raise_revision(&mut record);
            records::save_key(cx.tx, &record)?;
            key_replication::announce(cx.tx, cx.node.region(), &record)?;
        }
        Ok(())
    }
}
