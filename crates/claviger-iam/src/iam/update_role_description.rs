//! UpdateRoleDescription: changes a role's description.

use claviger_model::iam::{UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse};
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::Entity;
use super::on_resource::ResourceOperation;
use super::wire::{self, Detail};

pub(crate) struct UpdateRoleDescription;

impl ResourceOperation for UpdateRoleDescription {
    const ACTION: &'static str = "iam:UpdateRoleDescription";
    const READ_ONLY: bool = false;
    type Resource = RoleRecord;
    type Input = UpdateRoleDescriptionRequest;
    type Output = UpdateRoleDescriptionResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(
        input: Self::Input,
        mut role: RoleRecord,
        cx: &mut Cx<'_, '_>,
    ) -> Result<UpdateRoleDescriptionResponse, Error> {
        role.description = Some(input.description).filter(|d| !d.is_empty());
        role.save(cx)?;
        Ok(UpdateRoleDescriptionResponse { role: Some(wire::role(cx, &role, Detail::Full)?) })
    }
}
