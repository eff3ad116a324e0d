//! GetRole: a role, and when it was last used.

use claviger_model::iam::{GetRoleRequest, GetRoleResponse, Role};
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::last_used;
use super::on_resource::ResourceOperation;
use super::wire::{self, Detail};

pub(crate) struct GetRole;

impl ResourceOperation for GetRole {
    const ACTION: &'static str = "iam:GetRole";
    const READ_ONLY: bool = true;
    type Resource = RoleRecord;
    type Input = GetRoleRequest;
    type Output = GetRoleResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(_input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<GetRoleResponse, Error> {
        let role_last_used = last_used::role(cx, &role)?;
        Ok(GetRoleResponse { role: Role { role_last_used, ..wire::role(cx, &role, Detail::Full)? } })
    }
}
