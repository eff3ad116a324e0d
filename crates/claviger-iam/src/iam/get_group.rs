//! GetGroup: a group, and a page of its members.

use claviger_model::iam::{GetGroupRequest, GetGroupResponse};
use claviger_store::tables::group_table::{self, GroupRecord};
use claviger_store::tables::iam_table;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::pages::Window;
use super::wire::{self, Detail};

pub(crate) struct GetGroup;

impl ResourceOperation for GetGroup {
    const ACTION: &'static str = "iam:GetGroup";
    const READ_ONLY: bool = true;
    type Resource = GroupRecord;
    type Input = GetGroupRequest;
    type Output = GetGroupResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.group_name)
    }

    fn run(input: Self::Input, group: GroupRecord, cx: &mut Cx<'_, '_>) -> Result<GetGroupResponse, Error> {
        let id = group.identity.id.as_str();
        let window = Window::open(cx, Self::ACTION, &[Some(id)], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| group_table::members(cx.tx, cx.account(), id, after, limit);
        let page = window.gather(cx, read, |_| Ok(true))?;
        let mut users = Vec::with_capacity(page.items.len());
        for member in &page.items {
            let user = iam_table::user(cx.tx, cx.account(), &member.user)?;
            users.extend(user.map(|user| wire::user(cx, &user, Detail::Listed)));
        }
        Ok(GetGroupResponse {
            group: wire::group(cx, &group),
            users,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
