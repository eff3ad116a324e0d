//! TagRole: adds tags to a role, or changes their values.

use claviger_model::iam::TagRoleRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::entities::Entity;
use super::tags;

pub(crate) struct TagRole;

impl Act for TagRole {
    const NAME: &'static str = "TagRole";
    const ACTION: &'static str = "iam:TagRole";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = TagRoleRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_request_tags(permission, &input.tags)
    }

    fn act(input: Self::Input, mut role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::merge(&mut role.identity.tags, &input.tags, "Role")?;
        role.save(cx)
    }
}
