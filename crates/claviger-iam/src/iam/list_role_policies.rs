//! ListRolePolicies: the names of a role's inline policies.

use claviger_model::iam::{ListRolePoliciesRequest, ListRolePoliciesResponse};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;
use super::pages::Window;

pub(crate) struct ListRolePolicies;

impl Act for ListRolePolicies {
    const NAME: &'static str = "ListRolePolicies";
    const ACTION: &'static str = "iam:ListRolePolicies";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = ListRolePoliciesRequest;
    type Output = ListRolePoliciesResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<ListRolePoliciesResponse, Error> {
        let scope = [Some(role.identity.id.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = inline::page(cx, &window, &role)?;
        Ok(ListRolePoliciesResponse {
            policy_names: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
