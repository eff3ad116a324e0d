//! AttachRolePolicy: gives a role a managed policy.

use claviger_model::iam::AttachRolePolicyRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::attached;

pub(crate) struct AttachRolePolicy;

impl Act for AttachRolePolicy {
    const NAME: &'static str = "AttachRolePolicy";
    const ACTION: &'static str = "iam:AttachRolePolicy";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = AttachRolePolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        attached::attach(cx, role, &input.policy_arn)
    }
}
