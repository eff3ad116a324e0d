//! UpdateRole: changes a role's description or longest session. Members that are not given stay.

use claviger_model::iam::{UpdateRoleRequest, UpdateRoleResponse};
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::Entity;
use super::on_resource::ResourceOperation;

pub(crate) struct UpdateRole;

impl ResourceOperation for UpdateRole {
    const ACTION: &'static str = "iam:UpdateRole";
    const READ_ONLY: bool = false;
    type Resource = RoleRecord;
    type Input = UpdateRoleRequest;
    type Output = UpdateRoleResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(input: Self::Input, mut role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<UpdateRoleResponse, Error> {
        if let Some(description) = input.description {
            role.description = Some(description).filter(|d| !d.is_empty());
        }
        if let Some(secs) = input.max_session_duration {
            role.require_modifiable()?;
            role.max_session_secs = i64::from(secs);
        }
        role.save(cx)?;
        Ok(UpdateRoleResponse::default())
    }
}
