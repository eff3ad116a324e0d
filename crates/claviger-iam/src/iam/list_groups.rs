//! ListGroups: the account's groups.

use claviger_model::iam::{ListGroupsRequest, ListGroupsResponse};
use claviger_store::tables::group_table::{self, GroupRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::access;
use super::entities;
use super::pages::Window;
use super::wire;

pub(crate) struct ListGroups;

impl Operation for ListGroups {
    const ACTION: &'static str = "iam:ListGroups";
    const READ_ONLY: bool = true;
    type Input = ListGroupsRequest;
    type Output = ListGroupsResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let prefix = input.path_prefix.as_deref();
        Ok(Resolved::found(entities::list_permission::<GroupRecord>(cx, Self::ACTION, prefix), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListGroupsResponse, Error> {
        let prefix = input.path_prefix.as_deref();
        let window = Window::open(cx, Self::NAME, &[prefix], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| group_table::groups(cx.tx, cx.account(), after, limit);
        let page = window.gather(cx, read, |group| Ok(entities::has_prefix(group, prefix)))?;
        Ok(ListGroupsResponse {
            groups: page.items.iter().map(|group| wire::group(cx, group)).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
