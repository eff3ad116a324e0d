//! ListAttachedUserPolicies: the managed policies of a user.

use claviger_model::iam::{ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::attached;
use super::pages::Window;

pub(crate) struct ListAttachedUserPolicies;

impl Act for ListAttachedUserPolicies {
    const NAME: &'static str = "ListAttachedUserPolicies";
    const ACTION: &'static str = "iam:ListAttachedUserPolicies";
    const ACCESS: Access = Access::Read;
    type Subject = UserRecord;
    type Input = ListAttachedUserPoliciesRequest;
    type Output = ListAttachedUserPoliciesResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(
        input: Self::Input,
        user: UserRecord,
        cx: &mut Cx<'_, '_>,
    ) -> Result<ListAttachedUserPoliciesResponse, Error> {
        let scope = [Some(user.identity.id.as_str()), input.path_prefix.as_deref()];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = attached::page(cx, &window, &user, input.path_prefix.as_deref())?;
        Ok(ListAttachedUserPoliciesResponse {
            attached_policies: Some(page.items),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
