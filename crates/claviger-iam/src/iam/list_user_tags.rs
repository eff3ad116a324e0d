//! ListUserTags: a user's tags.

use claviger_model::iam::{ListUserTagsRequest, ListUserTagsResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::pages::Window;
use super::tags;

pub(crate) struct ListUserTags;

impl Act for ListUserTags {
    const NAME: &'static str = "ListUserTags";
    const ACTION: &'static str = "iam:ListUserTags";
    const ACCESS: Access = Access::Read;
    type Subject = UserRecord;
    type Input = ListUserTagsRequest;
    type Output = ListUserTagsResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<ListUserTagsResponse, Error> {
        let scope = [Some(user.identity.id.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, user.identity.tags)?;
        Ok(ListUserTagsResponse {
            tags: page.items.into_iter().map(tags::wire).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
