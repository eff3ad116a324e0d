//! ListGroupsForUser: the groups that a user is in. This release has no groups, so there are none.

use claviger_model::iam::{ListGroupsForUserRequest, ListGroupsForUserResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;

pub(crate) struct ListGroupsForUser;

impl Act for ListGroupsForUser {
    const NAME: &'static str = "ListGroupsForUser";
    const ACTION: &'static str = "iam:ListGroupsForUser";
    const ACCESS: Access = Access::Read;
    type Subject = UserRecord;
    type Input = ListGroupsForUserRequest;
    type Output = ListGroupsForUserResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(_input: Self::Input, _user: UserRecord, _cx: &mut Cx<'_, '_>) -> Result<ListGroupsForUserResponse, Error> {
        Ok(ListGroupsForUserResponse { is_truncated: Some(false), ..ListGroupsForUserResponse::default() })
    }
}
