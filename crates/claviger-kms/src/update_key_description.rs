//! UpdateKeyDescription: the key's free text.

use claviger_model::kms::UpdateKeyDescriptionRequest;
use claviger_store::tables::key_table;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct UpdateKeyDescription;

impl KeyOperation for UpdateKeyDescription {
    const ACTION: &'static str = "kms:UpdateKeyDescription";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Describe;
    type Input = UpdateKeyDescriptionRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let mut record = key.record;
        record.description = input.description;
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
