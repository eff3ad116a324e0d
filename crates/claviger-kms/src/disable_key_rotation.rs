//! DisableKeyRotation: no more automatic rotation.

use claviger_model::kms::DisableKeyRotationRequest;
use claviger_replication::key_replication;
use claviger_store::tables::key_table::{self, Rotation};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::rotation;
use super::state::KeyAction;

pub(crate) struct DisableKeyRotation;

impl KeyOperation for DisableKeyRotation {
    const ACTION: &'static str = "kms:DisableKeyRotation";
    const READ_ONLY: bool = false;
    // `require_settable` checks the state, after the origin.
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = DisableKeyRotationRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        rotation::require_settable(&key)?;
        let (mut record, facts) = (key.record, cx.facts);
        if record.rotation.enabled {
            record.rotation = Rotation::default();
            key_replication::raise_revision(&mut record);
            key_table::save_key(cx.tx, &record)?;
            key_replication::announce(cx.tx, &facts.name, &record)?;
        }
        Ok(())
    }
}
