//! ListAliases: the account's aliases in this region, or those of one key.

use claviger_model::kms::{AliasListEntry, ListAliasesRequest, ListAliasesResponse};
use claviger_store::Shared;
use claviger_store::tables::key_table::{self, AliasRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::{self, FoundKey};
use super::pages;

pub(crate) struct ListAliases;

impl Operation for ListAliases {
    const ACTION: &'static str = "kms:ListAliases";
    const READ_ONLY: bool = true;
    type Input = ListAliasesRequest;
    type Output = ListAliasesResponse;
    type Target = Option<FoundKey>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Option<FoundKey>>, Error> {
        let key = input.key_id.as_deref().map(|id| key_lookup::find_own(cx, id)).transpose()?;
        let permission = RequiredPermission::on_anything(Self::ACTION, cx);
        Ok(Resolved::found(permission.with("kms:CallerAccount", cx.account().as_str()), key))
    }

    fn run(
        input: Self::Input,
        key: Authorized<Option<FoundKey>>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<ListAliasesResponse, Error> {
        let size = pages::size(input.limit, 50, 100);
        let key = key.into_inner();
        let scope = key.as_ref().map(|k| k.arn.to_string()).unwrap_or_default();
        let after = pages::after(cx, Self::NAME, &scope, input.marker.as_deref())?;
        let rows = match key {
            Some(key) => of_key(cx, &key, after.as_deref(), size + 1)?,
            None => key_table::aliases(cx.tx, cx.account(), after.as_deref(), size + 1)?,
        };
        let page = paging::page(cx, Self::NAME, &scope, rows, size);
        let entry = |alias: Shared<AliasRecord>| AliasListEntry {
            alias_arn: Some(key_lookup::alias_arn(cx, cx.account(), &alias.name)),
            alias_name: Some(alias.name.clone()),
            target_key_id: Some(alias.target.to_string()),
            creation_date: Some(alias.created),
            last_updated_date: Some(alias.updated),
        };
        Ok(ListAliasesResponse {
            aliases: Some(page.items.into_iter().map(entry).collect()),
            truncated: Some(page.next.is_some()),
            next_marker: page.next,
        })
    }
}

/// An alias and its place in the list.
type AliasRow = (Vec<u8>, Shared<AliasRecord>);

/// The aliases of one key by name; a key has few, so all are read and the page is cut from them.
fn of_key(cx: &Cx<'_, '_>, key: &FoundKey, after: Option<&[u8]>, limit: usize) -> Result<Vec<AliasRow>, Error> {
    let mut names = key_table::alias_names(cx.tx, &key.record.account, &key.record.id)?;
    names.sort();
    let mut rows = Vec::new();
    for name in names.into_iter().filter(|name| after.is_none_or(|after| name.as_bytes() > after)).take(limit) {
        let alias = key_table::alias_shared(cx.tx, &key.record.account, &name)?;
        rows.extend(alias.map(|alias| (name.into_bytes(), alias)));
    }
    Ok(rows)
}
