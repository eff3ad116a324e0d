//! DeleteRole: deletes a role that has no policies and is in no instance profile. Its sessions can do nothing from then on.

use claviger_model::iam::DeleteRoleRequest;
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::instance_profile_table;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;

pub(crate) struct DeleteRole;

impl ResourceOperation for DeleteRole {
    const ACTION: &'static str = "iam:DeleteRole";
    const READ_ONLY: bool = false;
    type Resource = RoleRecord;
    type Input = DeleteRoleRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(_input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        role.require_modifiable()?;
        let identity = &role.identity;
        if !instance_profile_table::instance_profiles_of(cx.tx, &identity.account, &identity.name, None, 1)?.is_empty()
        {
            return Err(entities::conflict(entities::STILL_IN_PROFILE));
        }
        entities::require_bare(&role)?;
        role.remove(cx)
    }
}
