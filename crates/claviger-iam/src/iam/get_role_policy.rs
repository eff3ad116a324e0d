//! GetRolePolicy: an inline policy of a role.

use claviger_model::iam::{GetRolePolicyRequest, GetRolePolicyResponse};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct GetRolePolicy;

impl Act for GetRolePolicy {
    const NAME: &'static str = "GetRolePolicy";
    const ACTION: &'static str = "iam:GetRolePolicy";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = GetRolePolicyRequest;
    type Output = GetRolePolicyResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, role: RoleRecord, _cx: &mut Cx<'_, '_>) -> Result<GetRolePolicyResponse, Error> {
        Ok(GetRolePolicyResponse {
            policy_document: inline::document(&role, &input.policy_name)?,
            role_name: role.identity.name,
            policy_name: input.policy_name,
        })
    }
}
