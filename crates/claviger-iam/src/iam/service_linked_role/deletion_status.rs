//! GetServiceLinkedRoleDeletionStatus: the outcome of a deletion. Its id says which role was deleted, and only this service can have made it.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{
    GetServiceLinkedRoleDeletionStatusRequest, GetServiceLinkedRoleDeletionStatusResponse, error,
};
use claviger_store::tables::iam_table::RoleRecord;

use crate::iam::{access, entities};

/// The beginning of a task's id. The role's path and name follow, and a sealed part.
pub(super) const TASK: &str = "task";

/// What the sealed part is for.
pub(super) const TASKS: &str = "DeleteServiceLinkedRole";

pub(crate) struct GetServiceLinkedRoleDeletionStatus;

impl Operation for GetServiceLinkedRoleDeletionStatus {
    const ACTION: &'static str = "iam:GetServiceLinkedRoleDeletionStatus";
    const READ_ONLY: bool = true;
    type Input = GetServiceLinkedRoleDeletionStatusRequest;
    type Output = GetServiceLinkedRoleDeletionStatusResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let id = input.deletion_task_id.as_str();
        let parts = id.strip_prefix(TASK).and_then(|rest| rest.rsplit_once('/'));
        let (place, sealed) = parts.unwrap_or_default();
        let (path, name) = place.rsplit_once('/').unwrap_or_default();
        let arn = entities::arn_of::<RoleRecord>(cx, &format!("{path}/"), name);
        let known = paging::open_marker(cx, TASKS, place, sealed).map(drop).map_err(|_| {
            let text = format!("Deletion task {id} cannot be found.");
            Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text)
        });
        let permission = RequiredPermission::new(Self::ACTION, arn, cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::new(vec![permission], known.map_err(Into::into)))
    }

    fn run(_: Self::Input, _target: Authorized<()>, _cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(GetServiceLinkedRoleDeletionStatusResponse { status: "SUCCEEDED".to_owned(), reason: None })
    }
}
