//! PutRolePermissionsBoundary: bounds what a role may do by a managed policy.

use claviger_model::iam::PutRolePermissionsBoundaryRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::boundaries;

pub(crate) struct PutRolePermissionsBoundary;

impl Act for PutRolePermissionsBoundary {
    const NAME: &'static str = "PutRolePermissionsBoundary";
    const ACTION: &'static str = "iam:PutRolePermissionsBoundary";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = PutRolePermissionsBoundaryRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PermissionsBoundary", input.permissions_boundary.as_str())
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        boundaries::put(cx, role, input.permissions_boundary)
    }
}
