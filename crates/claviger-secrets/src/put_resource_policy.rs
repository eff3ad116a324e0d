//! PutResourcePolicy: replaces a secret's policy, here and on its replicas.

use claviger_model::secretsmanager::{PutResourcePolicyRequest, PutResourcePolicyResponse};

use claviger_core::authorize::{self, Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::{policy, replicas};

pub(crate) struct PutResourcePolicy;

const ACTION: &str = "secretsmanager:PutResourcePolicy";

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    type Input = PutResourcePolicyRequest;
    type Output = PutResourcePolicyResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let block_public = input.block_public_policy.unwrap_or(false);
        Ok(vec![with_block(secret.permission(ACTION, cx), block_public)])
    }

    fn run(input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        let block_public = input.block_public_policy.unwrap_or(false);
        record.bound = policy::check(cx, &input.resource_policy, block_public)?;
        record.policy = Some(input.resource_policy);
        // A Deny that hits everybody, the account's root too, could never be taken back: the call is asked for again, with the
        // policy as it would be.
        if !authorize::allows(cx, with_block(lookup::permission(ACTION, &record), block_public))? {
            return Err(policy::locks_out());
        }
        replicas::save_changed(cx, &mut record)?;
        Ok(PutResourcePolicyResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}

fn with_block(permission: RequiredPermission, block_public: bool) -> RequiredPermission {
    permission.with("secretsmanager:BlockPublicPolicy", block_public.to_string())
}
