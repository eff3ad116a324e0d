//! ListAccountAliases: the account's alias, if it has one.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{ListAccountAliasesRequest, ListAccountAliasesResponse};
use claviger_store::tables::account_alias_table::account_alias;

use super::permission;
use crate::iam::access;
use crate::iam::pages::Window;

pub(crate) struct ListAccountAliases;

impl Operation for ListAccountAliases {
    const ACTION: &'static str = "iam:ListAccountAliases";
    const READ_ONLY: bool = true;
    type Input = ListAccountAliasesRequest;
    type Output = ListAccountAliasesResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        Ok(Resolved::found(permission(Self::ACTION, cx), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let window = Window::open(cx, Self::ACTION, &[], input.marker.as_deref(), input.max_items)?;
        let alias = account_alias(cx.tx, cx.account())?.map(|record| record.alias);
        let page = window.cut(cx, alias.into_iter().collect())?;
        Ok(ListAccountAliasesResponse {
            account_aliases: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
