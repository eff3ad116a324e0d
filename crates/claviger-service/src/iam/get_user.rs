//! GetUser: a user; without a name, the caller itself.

use claviger_model::iam::{GetUserRequest, GetUserResponse, User};
use claviger_store::tables::iam::UserRecord;

use crate::authorize::{Authorized, Demand, Guard};
use crate::error::Error;
use crate::operation::{Cx, Operation};

use super::access::{self, Access};
use super::act::{Found, Subject};
use super::entities;
use super::wire::{self, Detail};

pub(crate) struct GetUser;

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    type Input = GetUserRequest;
    type Output = GetUserResponse;
    /// None is the account's root, which is no user but is shown as one when it asks about itself.
    type Target = Option<Found<UserRecord>>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Self::Target, Error> {
        access::admit(cx, Access::Read)?;
        if input.user_name.is_none() && cx.caller.is_root() {
            return Ok(None);
        }
        let name = entities::user_or_self(input.user_name.as_deref(), cx)?;
        UserRecord::find(cx, name).map(Some)
    }

    fn demands(_input: &Self::Input, asked: &Self::Target, cx: &Cx<'_, '_>) -> Result<Vec<Demand>, Error> {
        Ok(vec![match asked {
            Some(found) => found.demand("iam:GetUser", cx),
            None => Demand::new("iam:GetUser", cx.account().root_arn(cx.partition()), cx.account(), Guard::Identity),
        }])
    }

    fn run(
        _input: Self::Input,
        asked: Authorized<Self::Target>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<GetUserResponse, Error> {
        let user = match asked.into_inner() {
            Some(found) => wire::user(cx, &found.subject?, Detail::Full),
            // The model demands a name and a path; the root has neither.
            None => User {
                user_id: cx.account().to_string(),
                arn: cx.account().root_arn(cx.partition()),
                ..User::default()
            },
        };
        Ok(GetUserResponse { user })
    }
}
