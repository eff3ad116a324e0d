//! DisableKey: switches a key off.

use claviger_model::kms::DisableKeyRequest;
use claviger_store::tables::key_table::{self, KeyState};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::key_permissions;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct DisableKey;

impl KeyOperation for DisableKey {
    const ACTION: &'static str = "kms:DisableKey";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Switch;
    type Input = DisableKeyRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        _input: &Self::Input,
        key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        Ok(key_permissions::with_days_without_usage(permission, key))
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let mut record = key.record;
        record.state = KeyState::Disabled;
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
