//! UntagRole: takes tags away from a role.

use claviger_model::iam::UntagRoleRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::entities::Entity;
use super::tags;

pub(crate) struct UntagRole;

impl Act for UntagRole {
    const NAME: &'static str = "UntagRole";
    const ACTION: &'static str = "iam:UntagRole";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = UntagRoleRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_keys(permission, input.tag_keys.clone())
    }

    fn act(input: Self::Input, mut role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::remove(&mut role.identity.tags, &input.tag_keys);
        role.save(cx)
    }
}
