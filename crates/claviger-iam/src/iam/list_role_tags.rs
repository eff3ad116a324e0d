//! ListRoleTags: a role's tags.

use claviger_model::iam::{ListRoleTagsRequest, ListRoleTagsResponse};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::pages::Window;
use super::tags;

pub(crate) struct ListRoleTags;

impl Act for ListRoleTags {
    const NAME: &'static str = "ListRoleTags";
    const ACTION: &'static str = "iam:ListRoleTags";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = ListRoleTagsRequest;
    type Output = ListRoleTagsResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<ListRoleTagsResponse, Error> {
        let scope = [Some(role.identity.id.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, role.identity.tags)?;
        Ok(ListRoleTagsResponse {
            tags: page.items.into_iter().map(tags::wire).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
