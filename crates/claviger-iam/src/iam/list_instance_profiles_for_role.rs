//! ListInstanceProfilesForRole: the instance profiles that hold a role. This release has no instance profiles, so there are none.

use claviger_model::iam::{ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse};
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;

pub(crate) struct ListInstanceProfilesForRole;

impl ResourceOperation for ListInstanceProfilesForRole {
    const ACTION: &'static str = "iam:ListInstanceProfilesForRole";
    const READ_ONLY: bool = true;
    type Resource = RoleRecord;
    type Input = ListInstanceProfilesForRoleRequest;
    type Output = ListInstanceProfilesForRoleResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(
        _input: Self::Input,
        _role: RoleRecord,
        _cx: &mut Cx<'_, '_>,
    ) -> Result<ListInstanceProfilesForRoleResponse, Error> {
        Ok(ListInstanceProfilesForRoleResponse {
            is_truncated: Some(false),
            ..ListInstanceProfilesForRoleResponse::default()
        })
    }
}
