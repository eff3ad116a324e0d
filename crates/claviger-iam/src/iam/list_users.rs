//! ListUsers: the account's users.

use claviger_model::iam::{ListUsersRequest, ListUsersResponse};
use claviger_store::tables::iam_table::{self, UserRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::access;
use super::entities;
use super::pages::Window;
use super::wire::{self, Detail};

pub(crate) struct ListUsers;

impl Operation for ListUsers {
    const ACTION: &'static str = "iam:ListUsers";
    const READ_ONLY: bool = true;
    type Input = ListUsersRequest;
    type Output = ListUsersResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let prefix = input.path_prefix.as_deref();
        Ok(Resolved::found(entities::list_permission::<UserRecord>(cx, Self::ACTION, prefix), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListUsersResponse, Error> {
        let prefix = input.path_prefix.as_deref();
        let window = Window::open(cx, Self::NAME, &[prefix], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| iam_table::users(cx.tx, cx.account(), after, limit);
        let page = window.gather(cx, read, |user| Ok(entities::has_prefix(user, prefix)))?;
        Ok(ListUsersResponse {
            users: page.items.iter().map(|user| wire::user(cx, user, Detail::Listed)).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
