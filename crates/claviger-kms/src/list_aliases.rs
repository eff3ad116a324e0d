//! ListAliases: the account's aliases in this region, or those of one key.

use claviger_model::kms::{AliasListEntry, ListAliasesRequest, ListAliasesResponse};
use claviger_store::tables::keys::{self as records, AliasRecord};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;
use claviger_core::paging;

use super::keys::{self, FoundKey};
use super::pages;

pub(crate) struct ListAliases;

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    type Input = ListAliasesRequest;
    type Output = ListAliasesResponse;
    type Target = Option<FoundKey>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Option<FoundKey>, Error> {
        input.key_id.as_deref().map(|id| keys::find_own(cx, id)).transpose()
    }

    fn permissions(
        _input: &Self::Input,
        _key: &Option<FoundKey>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![
            RequiredPermission::on_anything("kms:ListAliases", cx).with("kms:CallerAccount", cx.account().as_str()),
        ])
    }

    fn run(
        input: Self::Input,
        key: Authorized<Option<FoundKey>>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<ListAliasesResponse, Error> {
        let size = pages::size(input.limit, 50, 100);
        let scope = key.as_ref().map(|k| k.arn.to_string()).unwrap_or_default();
        let after = pages::after(cx, Self::NAME, &scope, input.marker.as_deref())?;
        let rows = match key.into_inner() {
            Some(key) => of_key(cx, &key, after.as_deref(), size + 1)?,
            None => records::aliases(cx.tx, cx.account(), after.as_deref(), size + 1)?,
        };
        let page = paging::page(cx, Self::NAME, &scope, rows, size);
        let entry = |alias: AliasRecord| AliasListEntry {
            alias_arn: Some(keys::alias_arn(cx, cx.account(), &alias.name)),
            alias_name: Some(alias.name),
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

/// The aliases of one key by name; a key has few, so all are read and the page is cut from them.
fn of_key(
    cx: &Cx<'_, '_>,
    key: &FoundKey,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Vec<u8>, AliasRecord)>, Error> {
    let mut names = records::alias_names(cx.tx, &key.record.account, &key.record.id)?;
    names.sort();
    let mut rows = Vec::new();
    for name in names.into_iter().filter(|name| after.is_none_or(|after| name.as_bytes() > after)).take(limit) {
        let alias = records::alias(cx.tx, &key.record.account, &name)?;
        rows.extend(alias.map(|alias| (name.into_bytes(), alias)));
    }
    Ok(rows)
}
