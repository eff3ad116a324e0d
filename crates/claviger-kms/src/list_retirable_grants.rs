//! ListRetirableGrants: the grants that a principal may retire as their retiring principal, on all keys of the region.

use claviger_model::kms::{ListGrantsResponse, ListRetirableGrantsRequest};
use claviger_store::tables::grant_table::{self, GrantRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::{grant_principals, list_grants, pages};

pub(crate) struct ListRetirableGrants;

impl Operation for ListRetirableGrants {
    const ACTION: &'static str = "kms:ListRetirableGrants";
    const READ_ONLY: bool = true;
    type Input = ListRetirableGrantsRequest;
    type Output = ListGrantsResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        // IAM alone decides, on the principal as the resource; one of another account is refused.
        let principal = &input.retiring_principal;
        let owner = grant_principals::account(principal).unwrap_or_else(|| cx.account().clone());
        let permission = RequiredPermission::new(Self::ACTION, principal.as_str(), &owner, ResourcePolicy::Identity);
        Ok(Resolved::found(permission.with("kms:CallerAccount", cx.account().as_str()), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListGrantsResponse, Error> {
        let principal = grant_principals::named(cx, &input.retiring_principal)?;
        let after = pages::after(cx, Self::NAME, &principal.id, input.marker.as_deref())?;
        let size = pages::size(input.limit, 50, 100);
        let rows = grant_table::retirable_grants(cx.tx, &principal.id, after.as_deref(), size + 1)?;
        let mut page = paging::page(cx, Self::NAME, &principal.id, rows, size);
        let mut present = Vec::new();
        for grant in page.items {
            if has_key(cx, &grant)? {
                present.push(grant);
            }
        }
        page.items = present;
        list_grants::answer(cx, page)
    }
}

/// Whether the key still is there. The grants of a deleted key stay for some seconds.
fn has_key(cx: &Cx<'_, '_>, grant: &GrantRecord) -> Result<bool, Error> {
    Ok(grant_table::grant_set(cx.tx, &grant.account, &grant.key)? == Some(grant.set))
}
