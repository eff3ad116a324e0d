//! DeleteRolePolicy: deletes an inline policy of a role.

use claviger_model::iam::DeleteRolePolicyRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct DeleteRolePolicy;

impl Act for DeleteRolePolicy {
    const NAME: &'static str = "DeleteRolePolicy";
    const ACTION: &'static str = "iam:DeleteRolePolicy";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = DeleteRolePolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        inline::delete(cx, role, &input.policy_name)
    }
}
