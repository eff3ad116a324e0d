//! ListGroupsForUser: the groups that a user is in, in the order in which it was added to them.

use claviger_model::iam::{ListGroupsForUserRequest, ListGroupsForUserResponse};
use claviger_store::tables::group_table;
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::pages::Window;
use super::wire;

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

    fn run(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<ListGroupsForUserResponse, Error> {
        let scope = [Some(user.identity.id.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let mut groups = Vec::with_capacity(user.groups.len());
        for id in &user.groups {
            groups.extend(group_table::group_with_id(cx.tx, cx.account(), id)?);
        }
        let page = window.cut(cx, groups)?;
        Ok(ListGroupsForUserResponse {
            groups: page.items.iter().map(|group| wire::group(cx, group)).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
