//! PutResourcePolicy: replaces a secret's policy, here and on its replicas.

use claviger_model::secretsmanager::{PutResourcePolicyRequest, PutResourcePolicyResponse, error};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize;
use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::lookup;
use super::on_secret::{Accepts, SecretOperation};
use super::{policy, replicas};

pub(crate) struct PutResourcePolicy;

impl SecretOperation for PutResourcePolicy {
    const ACTION: &'static str = "secretsmanager:PutResourcePolicy";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = PutResourcePolicyRequest;
    type Output = PutResourcePolicyResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> Result<RequiredPermission, Error> {
        Ok(with_block(permission, input.block_public_policy.unwrap_or(false)))
    }

    fn run(input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let block_public = input.block_public_policy.unwrap_or(false);
        let (policy, bound) = policy::check(cx, &input.resource_policy)?;
        if block_public && let Some(why) = policy::public_access(&policy, Some(&record.arn)) {
            return Err(Error::new(error::PUBLIC_POLICY_EXCEPTION, why));
        }
        record.bound = bound;
        record.policy = Some(input.resource_policy.into());
        // A Deny that applies to every principal, the account's root too, could never be removed. So the permission is decided on
        // once more, under the policy as it would be.
        if !authorize::allows(cx, with_block(lookup::permission(Self::ACTION, &record.clone().into()), block_public))? {
            return Err(policy::locks_out());
        }
        replicas::save_changed(cx, &mut record)?;
        Ok(PutResourcePolicyResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}

fn with_block(permission: RequiredPermission, block_public: bool) -> RequiredPermission {
    permission.with("secretsmanager:BlockPublicPolicy", block_public.to_string())
}
