//! DeleteRole: deletes a role that has no policies. Its sessions can do nothing from then on.

use claviger_model::iam::DeleteRoleRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::entities::{self, Entity};

pub(crate) struct DeleteRole;

impl Act for DeleteRole {
    const NAME: &'static str = "DeleteRole";
    const ACTION: &'static str = "iam:DeleteRole";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = DeleteRoleRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(_input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        entities::require_bare(&role)?;
        role.remove(cx)
    }
}
