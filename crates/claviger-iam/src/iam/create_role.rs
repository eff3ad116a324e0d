//! CreateRole: a role, with its trust policy.

use claviger_model::iam::{CreateRoleRequest, CreateRoleResponse, error};
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::access;
use super::documents;
use super::entities::{Creation, Entity};
use super::service_linked_role;
use super::wire::{self, Detail};

/// The longest session of a role in seconds, where the request gives none.
const MAX_SESSION_DEFAULT: i32 = 3600;

pub(crate) struct CreateRole;

impl Operation for CreateRole {
    const ACTION: &'static str = "iam:CreateRole";
    const READ_ONLY: bool = false;
    type Input = CreateRoleRequest;
    type Output = CreateRoleResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permissions = creation(input).permissions::<RoleRecord>(cx, Self::ACTION, "iam:TagRole");
        Ok(Resolved::new(permissions, Ok(())))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<CreateRoleResponse, Error> {
        if input.path.as_deref().is_some_and(|path| path.starts_with(service_linked_role::PATH)) {
            let text = "The path /aws-service-role/ is reserved for service-linked roles.";
            return Err(Error::new(error::INVALID_INPUT_EXCEPTION, text));
        }
        let identity = creation(&input).identity::<RoleRecord>(cx)?;
        let bound = documents::check_trust(cx, &input.assume_role_policy_document)?;
        let role = RoleRecord {
            identity,
            trust: input.assume_role_policy_document.into(),
            description: input.description.filter(|d| !d.is_empty()),
            max_session_secs: i64::from(input.max_session_duration.unwrap_or(MAX_SESSION_DEFAULT)),
            bound,
        };
        role.save(cx)?;
        Ok(CreateRoleResponse { role: wire::role(cx, &role, Detail::Created)? })
    }
}

fn creation(input: &CreateRoleRequest) -> Creation<'_> {
    Creation {
        name: &input.role_name,
        path: input.path.as_deref(),
        tags: input.tags.as_deref().unwrap_or_default(),
        boundary: input.permissions_boundary.as_deref(),
    }
}
