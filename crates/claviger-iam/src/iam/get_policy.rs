//! GetPolicy: a managed policy, without its documents.

use claviger_model::iam::{GetPolicyRequest, GetPolicyResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::policies::Managed;

pub(crate) struct GetPolicy;

impl ResourceOperation for GetPolicy {
    const ACTION: &'static str = "iam:GetPolicy";
    const READ_ONLY: bool = true;
    type Resource = Managed;
    type Input = GetPolicyRequest;
    type Output = GetPolicyResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(_input: Self::Input, policy: Managed, cx: &mut Cx<'_, '_>) -> Result<GetPolicyResponse, Error> {
        Ok(GetPolicyResponse { policy: Some(policy.shown(cx, true)?) })
    }
}
