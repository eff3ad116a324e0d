//! ListInstanceProfilesForRole: the instance profiles that hold a role. This release has no instance profiles, so there are none.

use claviger_model::iam::{ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;

pub(crate) struct ListInstanceProfilesForRole;

impl Act for ListInstanceProfilesForRole {
    const NAME: &'static str = "ListInstanceProfilesForRole";
    const ACTION: &'static str = "iam:ListInstanceProfilesForRole";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = ListInstanceProfilesForRoleRequest;
    type Output = ListInstanceProfilesForRoleResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(
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
