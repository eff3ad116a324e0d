//! ListGrants: the grants of a key.

use claviger_model::kms::{ListGrantsRequest, ListGrantsResponse};
use claviger_store::tables::grant_table::{self, GrantRow, GrantSetId};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging::{self, Page};

use super::key_lookup::{self, FoundKey};
use super::{grant_lookup, grant_principals, pages};

pub(crate) struct ListGrants;

impl Operation for ListGrants {
    const ACTION: &'static str = "kms:ListGrants";
    const READ_ONLY: bool = true;
    type Input = ListGrantsRequest;
    type Output = ListGrantsResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        input.grant_id.as_deref().map_or(Ok(()), grant_lookup::check_id)?;
        let key = key_lookup::find_by_id(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?.with("kms:GrantIsForAWSResource", "false");
        Ok(key.resolved(permission))
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<ListGrantsResponse, Error> {
        let key = key.into_inner();
        let grantee = input.grantee_principal.as_deref();
        let grantee = grantee.map(|grantee| grant_principals::identity(cx, grantee)).transpose()?;
        let set = grant_table::grant_set(cx.tx, &key.record.account, &key.record.id)?;
        let scope = scope(&key, set.as_ref(), grantee.as_ref(), input.grant_id.as_deref());
        let after = pages::after(cx, Self::NAME, &scope, input.marker.as_deref())?;
        let size = pages::size(input.limit, 50, 100);
        let rows = match (set, input.grant_id, grantee) {
            // A key without grants, or a filter by a user or role that does not exist.
            (None, ..) | (.., Some(None)) => Vec::new(),
            (Some(set), Some(id), grantee) => one(cx, &set, &id, grantee.flatten().as_deref())?,
            (Some(set), None, None) => grant_table::grants(cx.tx, &set, after.as_deref(), size + 1)?,
            (Some(set), None, Some(Some(grantee))) => {
                grant_table::grants_of_grantee(cx.tx, &set, &grantee, after.as_deref(), size + 1)?
            }
        };
        answer(cx, paging::page(cx, Self::NAME, &scope, rows, size))
    }
}

/// The list that a marker belongs to. A key or a user that was made again under the same name has another list.
fn scope(key: &FoundKey, set: Option<&GrantSetId>, grantee: Option<&Option<String>>, grant: Option<&str>) -> String {
    let set = set.map(|set| format!("{:02x?}", set.as_slice()));
    let grantee = grantee.map_or("anyone", |id| id.as_deref().unwrap_or("nobody"));
    [&key.arn.text(), set.as_deref().unwrap_or_default(), grantee, grant.unwrap_or_default()].join(" ")
}

/// The grant with an id, if it has that grantee.
fn one(cx: &Cx<'_, '_>, set: &GrantSetId, id: &str, grantee: Option<&str>) -> Result<Vec<GrantRow>, Error> {
    let grant = grant_table::grant(cx.tx, set, id)?;
    let grant = grant.filter(|grant| grantee.is_none_or(|grantee| grant.grantee.id == grantee));
    Ok(grant.map(|grant| (Vec::new(), grant)).into_iter().collect())
}

/// The answer with a page of grants.
pub(crate) fn answer(cx: &Cx<'_, '_>, page: Page<grant_table::GrantRecord>) -> Result<ListGrantsResponse, Error> {
    let entries = page.items.into_iter().map(|grant| grant_lookup::entry(cx, grant)).collect::<Result<_, _>>()?;
    Ok(ListGrantsResponse { grants: Some(entries), truncated: Some(page.next.is_some()), next_marker: page.next })
}
