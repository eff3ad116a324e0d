//! ListUserPolicies: the names of a user's inline policies.

use claviger_model::iam::{ListUserPoliciesRequest, ListUserPoliciesResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;
use super::pages::Window;

pub(crate) struct ListUserPolicies;

impl Act for ListUserPolicies {
    const NAME: &'static str = "ListUserPolicies";
    const ACTION: &'static str = "iam:ListUserPolicies";
    const ACCESS: Access = Access::Read;
    type Subject = UserRecord;
    type Input = ListUserPoliciesRequest;
    type Output = ListUserPoliciesResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<ListUserPoliciesResponse, Error> {
        let scope = [Some(user.identity.id.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = inline::page(cx, &window, &user)?;
        Ok(ListUserPoliciesResponse {
            policy_names: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
