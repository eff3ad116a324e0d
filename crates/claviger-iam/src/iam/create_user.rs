//! CreateUser: a user without credentials or permissions.

use claviger_model::iam::{CreateUserRequest, CreateUserResponse};
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::access;
use super::entities::{Creation, Entity};
use super::wire::{self, Detail};

pub(crate) struct CreateUser;

impl Operation for CreateUser {
    const ACTION: &'static str = "iam:CreateUser";
    const READ_ONLY: bool = false;
    type Input = CreateUserRequest;
    type Output = CreateUserResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permissions = creation(input).permissions::<UserRecord>(cx, Self::ACTION, "iam:TagUser");
        Ok(Resolved::new(permissions, Ok(())))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<CreateUserResponse, Error> {
        let user = UserRecord { identity: creation(&input).identity::<UserRecord>(cx)?, groups: Vec::new() };
        user.save(cx)?;
        Ok(CreateUserResponse { user: Some(wire::user(cx, &user, Detail::Created)) })
    }
}

fn creation(input: &CreateUserRequest) -> Creation<'_> {
    Creation {
        name: &input.user_name,
        path: input.path.as_deref(),
        tags: input.tags.as_deref().unwrap_or_default(),
        boundary: input.permissions_boundary.as_deref(),
    }
}
