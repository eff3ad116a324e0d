//! ListKeys: the account's keys in this region.

use claviger_model::kms::{KeyListEntry, ListKeysRequest, ListKeysResponse};
use claviger_store::Shared;
use claviger_store::tables::key_table;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;
use claviger_core::permission::RequiredPermission;

use super::pages;

pub(crate) struct ListKeys;

impl Operation for ListKeys {
    const ACTION: &'static str = "kms:ListKeys";
    const READ_ONLY: bool = true;
    type Input = ListKeysRequest;
    type Output = ListKeysResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        let permission = RequiredPermission::on_anything(Self::ACTION, cx);
        Ok(Resolved::found(permission.with("kms:CallerAccount", cx.account().as_str()), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListKeysResponse, Error> {
        let size = pages::size(input.limit, 100, 1000);
        let after = pages::after(cx, Self::NAME, "", input.marker.as_deref())?;
        let rows = key_table::keys(cx.tx, cx.account(), after.as_deref(), size + 1)?;
        let page = paging::page(cx, Self::NAME, "", rows, size);
        let entry = |record: Shared<key_table::KeyRecord>| KeyListEntry {
            key_arn: Some(cx.key_arn(&record.id).to_string()),
            key_id: Some(record.id.to_string()),
        };
        Ok(ListKeysResponse {
            keys: Some(page.items.into_iter().map(entry).collect()),
            truncated: Some(page.next.is_some()),
            next_marker: page.next,
        })
    }
}
