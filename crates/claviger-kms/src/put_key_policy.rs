//! PutKeyPolicy: replaces the key's policy.

use claviger_model::kms::{PutKeyPolicyRequest, error};
use claviger_store::tables::key_table;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::policy;
use super::state::KeyAction;

pub(crate) struct PutKeyPolicy;

impl KeyOperation for PutKeyPolicy {
    const ACTION: &'static str = "kms:PutKeyPolicy";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = PutKeyPolicyRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
        Ok(permission.with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        if input.policy_name.is_some_and(|name| name != policy::NAME) {
            return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, "The only valid policy name is default."));
        }
        let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
        let bound = policy::check(cx, &input.policy, &key, bypass)?;
        let FoundKey { mut record, .. } = key;
        record.bound = bound;
        record.policy = input.policy.into();
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
