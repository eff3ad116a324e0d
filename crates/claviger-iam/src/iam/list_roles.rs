//! ListRoles: the account's roles.

use claviger_model::iam::{ListRolesRequest, ListRolesResponse};
use claviger_store::tables::iam_table::{self, RoleRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::access;
use super::entities;
use super::pages::Window;
use super::wire::{self, Detail};

pub(crate) struct ListRoles;

impl Operation for ListRoles {
    const ACTION: &'static str = "iam:ListRoles";
    const READ_ONLY: bool = true;
    type Input = ListRolesRequest;
    type Output = ListRolesResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let prefix = input.path_prefix.as_deref();
        Ok(Resolved::found(entities::list_permission::<RoleRecord>(cx, Self::ACTION, prefix), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListRolesResponse, Error> {
        let prefix = input.path_prefix.as_deref();
        let window = Window::open(cx, Self::NAME, &[prefix], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| iam_table::roles(cx.tx, cx.account(), after, limit);
        let page = window.gather(cx, read, |role| Ok(entities::has_prefix(role, prefix)))?;
        let roles = page.items.iter().map(|role| wire::role(cx, role, Detail::Listed));
        Ok(ListRolesResponse {
            roles: roles.collect::<Result<_, _>>()?,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
