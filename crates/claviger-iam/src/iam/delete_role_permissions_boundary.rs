//! DeleteRolePermissionsBoundary: takes a role's permissions boundary away.

use claviger_model::iam::DeleteRolePermissionsBoundaryRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::boundaries;

pub(crate) struct DeleteRolePermissionsBoundary;

impl Act for DeleteRolePermissionsBoundary {
    const NAME: &'static str = "DeleteRolePermissionsBoundary";
    const ACTION: &'static str = "iam:DeleteRolePermissionsBoundary";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = DeleteRolePermissionsBoundaryRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(_input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        boundaries::delete(cx, role)
    }
}
