//! GetResourcePolicy: the policy as it was given but for principals that are gone; absent if there is none.

use claviger_model::secretsmanager::{GetResourcePolicyRequest, GetResourcePolicyResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};

pub(crate) struct GetResourcePolicy;

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    type Input = GetResourcePolicyRequest;
    type Output = GetResourcePolicyResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:GetResourcePolicy", cx)])
    }

    fn run(_input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let record = secret.into_inner().into_record()?;
        lookup::require_not_deleted(&record)?;
        let policy = record.policy.as_ref().map(|text| binding::shown(cx, text, &record.bound)).transpose()?;
        Ok(GetResourcePolicyResponse {
            arn: Some(record.arn.to_string()),
            name: Some(record.arn.name),
            resource_policy: policy,
        })
    }
}
