//! ListGroupsForUser: the groups that a user is in. This release has no groups, so there are none.

use claviger_model::iam::{ListGroupsForUserRequest, ListGroupsForUserResponse};
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;

pub(crate) struct ListGroupsForUser;

impl ResourceOperation for ListGroupsForUser {
    const ACTION: &'static str = "iam:ListGroupsForUser";
    const READ_ONLY: bool = true;
    type Resource = UserRecord;
    type Input = ListGroupsForUserRequest;
    type Output = ListGroupsForUserResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn run(_input: Self::Input, _user: UserRecord, _cx: &mut Cx<'_, '_>) -> Result<ListGroupsForUserResponse, Error> {
        Ok(ListGroupsForUserResponse { is_truncated: Some(false), ..ListGroupsForUserResponse::default() })
    }
}
