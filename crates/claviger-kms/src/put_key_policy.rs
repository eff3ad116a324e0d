//! PutKeyPolicy: replaces the key's policy.

use claviger_model::kms::PutKeyPolicyRequest;
use claviger_store::tables::keys as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::policy;

pub(crate) struct PutKeyPolicy;

impl Operation for PutKeyPolicy {
    const NAME: &'static str = "PutKeyPolicy";
    type Input = PutKeyPolicyRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
        let permission = keys::permission("kms:PutKeyPolicy", key, cx)?;
        Ok(vec![permission.with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string())])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if input.policy_name.is_some_and(|name| name != policy::NAME) {
            return Err(Error::new("UnsupportedOperationException", "The only valid policy name is default."));
        }
        let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
        let bound = policy::check(cx, &input.policy, &key, bypass)?;
        let FoundKey { mut record, .. } = key.into_inner();
        record.bound = bound;
        record.policy = input.policy;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
