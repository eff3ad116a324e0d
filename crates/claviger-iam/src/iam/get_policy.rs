//! GetPolicy: a managed policy, without its documents.

use claviger_model::iam::{GetPolicyRequest, GetPolicyResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::policies::Managed;

pub(crate) struct GetPolicy;

impl Act for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const ACTION: &'static str = "iam:GetPolicy";
    const ACCESS: Access = Access::Read;
    type Subject = Managed;
    type Input = GetPolicyRequest;
    type Output = GetPolicyResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn act(_input: Self::Input, policy: Managed, cx: &mut Cx<'_, '_>) -> Result<GetPolicyResponse, Error> {
        Ok(GetPolicyResponse { policy: Some(policy.shown(cx, true)?) })
    }
}
