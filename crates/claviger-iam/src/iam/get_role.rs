//! GetRole: a role, and when it was last used.

use claviger_model::iam::{GetRoleRequest, GetRoleResponse, Role};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::last_used;
use super::wire::{self, Detail};

pub(crate) struct GetRole;

impl Act for GetRole {
    const NAME: &'static str = "GetRole";
    const ACTION: &'static str = "iam:GetRole";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = GetRoleRequest;
    type Output = GetRoleResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(_input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<GetRoleResponse, Error> {
        let role_last_used = last_used::role(cx, &role)?;
        Ok(GetRoleResponse { role: Role { role_last_used, ..wire::role(cx, &role, Detail::Full)? } })
    }
}
