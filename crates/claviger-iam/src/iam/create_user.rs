//! CreateUser: a user without credentials or permissions.

use claviger_model::iam::{CreateUserRequest, CreateUserResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::access::{self, Access};
use super::entities::{Creation, Entity};
use super::wire::{self, Detail};

pub(crate) struct CreateUser;

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    type Input = CreateUserRequest;
    type Output = CreateUserResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, cx: &Cx<'_, '_>) -> Result<(), Error> {
        access::admit(cx, Access::Write)
    }

    fn permissions(input: &Self::Input, _target: &(), cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(creation(input).permissions::<UserRecord>(cx, "iam:CreateUser", "iam:TagUser"))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut Cx<'_, '_>) -> Result<CreateUserResponse, Error> {
        let user = UserRecord { identity: creation(&input).identity::<UserRecord>(cx)? };
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
