//! ListAttachedRolePolicies: the managed policies of a role.

use claviger_model::iam::{ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse};
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::attached;
use super::pages::Window;

pub(crate) struct ListAttachedRolePolicies;

impl Act for ListAttachedRolePolicies {
    const NAME: &'static str = "ListAttachedRolePolicies";
    const ACTION: &'static str = "iam:ListAttachedRolePolicies";
    const ACCESS: Access = Access::Read;
    type Subject = RoleRecord;
    type Input = ListAttachedRolePoliciesRequest;
    type Output = ListAttachedRolePoliciesResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(
        input: Self::Input,
        role: RoleRecord,
        cx: &mut Cx<'_, '_>,
    ) -> Result<ListAttachedRolePoliciesResponse, Error> {
        let scope = [Some(role.identity.id.as_str()), input.path_prefix.as_deref()];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = attached::page(cx, &window, &role, input.path_prefix.as_deref())?;
        Ok(ListAttachedRolePoliciesResponse {
            attached_policies: Some(page.items),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
