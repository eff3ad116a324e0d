//! DeleteServiceLinkedRole. At AWS the service agrees first, and a task tells when the role is gone. Here no service uses the role, so it is gone
//! with the answer.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging;
use claviger_model::iam::{DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse, error};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::instance_profile_table::instance_profiles_of;

use super::deletion_status::{TASK, TASKS};
use crate::iam::entities::{self, Entity};
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct DeleteServiceLinkedRole;

impl ResourceOperation for DeleteServiceLinkedRole {
    const ACTION: &'static str = "iam:DeleteServiceLinkedRole";
    const READ_ONLY: bool = false;
    type Resource = RoleRecord;
    type Input = DeleteServiceLinkedRoleRequest;
    type Output = DeleteServiceLinkedRoleResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(_: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let name = &role.identity.name;
        if !super::is(&role) {
            let text = format!("The role {name} is not a service-linked role.");
            return Err(Error::new(error::INVALID_INPUT_EXCEPTION, text));
        }
        if !instance_profiles_of(cx.tx, cx.account(), name, None, 1)?.is_empty() {
            return Err(entities::conflict(entities::STILL_IN_PROFILE));
        }
        let place = format!("{}{name}", role.identity.path);
        let sealed = paging::seal_marker(cx, TASKS, &place, role.identity.id.as_bytes());
        role.remove(cx)?;
        Ok(DeleteServiceLinkedRoleResponse { deletion_task_id: format!("{TASK}{place}/{sealed}") })
    }
}
