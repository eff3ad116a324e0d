//! EnableKey: switches a key on.

use claviger_model::kms::EnableKeyRequest;
use claviger_store::tables::key_table::{self, KeyState};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct EnableKey;

impl KeyOperation for EnableKey {
    const ACTION: &'static str = "kms:EnableKey";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Switch;
    type Input = EnableKeyRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let mut record = key.record;
        record.state = KeyState::Enabled;
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
