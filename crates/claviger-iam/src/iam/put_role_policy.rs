//! PutRolePolicy: writes an inline policy of a role.

use claviger_model::iam::PutRolePolicyRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct PutRolePolicy;

impl Act for PutRolePolicy {
    const NAME: &'static str = "PutRolePolicy";
    const ACTION: &'static str = "iam:PutRolePolicy";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = PutRolePolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        inline::put(cx, role, input.policy_name, input.policy_document)
    }
}
