//! ListSecrets: the caller's account's secrets, filtered, sorted and in pages.
//!
//! "Newest first" is the order of an index. The region keeps the other orders in memory ([`SecretOrders`]), with those of the secrets
//! that have some tag or primary region. So a page reads a bounded number of secrets in every order. With a filter of tag keys,
//! tag values or primary regions it comes to matching secrets only, unless very many values have the beginning. With a filter of names it
//! reads matching secrets only, and if these are few or the list is in the order of names, it does not pass over others either.
//!
//! [`SecretOrders`]: claviger_store::secret_orders::SecretOrders

use claviger_model::secretsmanager::{ListSecretsRequest, ListSecretsResponse, error};
use claviger_store::secret_orders::{NamedSecrets, Restriction, SecretOrder, SecretPlace, SortedBy};
use claviger_store::tables::secret_table::{self, ListedSecret, SecretRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;
use claviger_core::permission::RequiredPermission;

use super::describe;
use super::filters::{self, Filter};

pub(crate) struct ListSecrets;

/// The size of a page when the request gives none.
pub(crate) const PAGE_DEFAULT: usize = 100;

/// How many rows are read at a time.
const ROWS_READ: usize = 256;

/// The most secrets that a page reads when few of them pass the filters. The caller continues with the token.
const EXAMINED_MAX: usize = 1000;

/// The most secrets with some beginning of a name that are sorted for a page. Their names and dates are in memory.
const NAMED_MAX: usize = 1000;

/// The filters and the order of a list.
pub(crate) struct Listing {
    filters: Vec<Filter>,
    /// What those filters leave that need no record to be read.
    restriction: Restriction,
    order: SecretOrder,
    planned_deletion: bool,
}

impl Operation for ListSecrets {
    const ACTION: &'static str = "secretsmanager:ListSecrets";
    const READ_ONLY: bool = true;
    type Input = ListSecretsRequest;
    type Output = ListSecretsResponse;
    type Target = Listing;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Listing>, Error> {
        let filters = filters::parse(input.filters.as_deref().unwrap_or_default())?;
        let listing = Listing {
            restriction: filters::restriction(&filters),
            filters,
            order: order(input.sort_by.as_deref(), input.sort_order.as_deref()),
            planned_deletion: input.include_planned_deletion.unwrap_or(false),
        };
        Ok(Resolved::found(RequiredPermission::on_anything(Self::ACTION, cx).without_resource(), listing))
    }

    fn run(input: Self::Input, listing: Authorized<Listing>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        list(cx, Self::NAME, &input, &listing)
    }
}

/// A page for an operation, whose tokens are valid for that operation only.
pub(crate) fn list(
    cx: &Cx<'_, '_>,
    operation: &str,
    input: &ListSecretsRequest,
    listing: &Authorized<Listing>,
) -> Result<ListSecretsResponse, Error> {
    let scope = format!("{:?} {:?} {}", listing.filters, listing.order, listing.planned_deletion);
    let after = match &input.next_token {
        Some(token) => Some(paging::open_marker(cx, operation, &scope, token).map_err(|_| invalid_token())?),
        None => None,
    };
    let size = input.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or(PAGE_DEFAULT);
    page(cx, listing, [operation, &scope], after, size)
}

/// The error for a token that this list did not issue, or that belongs to other filters.
pub(crate) fn invalid_token() -> Error {
    Error::new(error::INVALID_NEXT_TOKEN_EXCEPTION, "The NextToken value is invalid.")
}

/// A page. One that is short or empty may be followed by others.
fn page(
    cx: &Cx<'_, '_>,
    listing: &Authorized<Listing>,
    [operation, scope]: [&str; 2],
    mut after: Option<Vec<u8>>,
    size: usize,
) -> Result<ListSecretsResponse, Error> {
    let (mut shown, mut examined) = (Vec::new(), 0);
    let batch = size.saturating_add(1).min(ROWS_READ);
    let mut ended = filters::pass_none(&listing.filters);
    let named = if ended { None } else { listing.named(cx)? };
    while !ended && shown.len() <= size && examined < EXAMINED_MAX {
        let rows = listing.rows(cx, named.as_ref(), after.as_deref(), batch)?;
        (ended, examined) = (rows.len() < batch, examined + rows.len());
        after = rows.last().map(|(place, _)| place.clone()).or(after);
        let present = rows.into_iter().filter_map(|(place, record)| Some((place, record?)));
        let fitting = present.filter(|(_, record)| listing.shows(record));
        shown.extend(fitting.map(|(place, record)| (place, describe::entry(&record))));
    }
    let more = !ended && shown.len() <= size;
    let mut page = paging::page(cx, operation, scope, shown, size);
    if more {
        page.next = after.map(|place| paging::seal_marker(cx, operation, scope, &place));
    }
    Ok(ListSecretsResponse { secret_list: Some(page.items), next_token: page.next })
}

impl Listing {
    /// The secrets that a filter of names leaves, if they are few and the list is not in the order of names.
    fn named(&self, cx: &Cx<'_, '_>) -> Result<Option<NamedSecrets>, Error> {
        match &self.restriction.names {
            Some(names) if self.order.by != SortedBy::Name => {
                Ok(cx.secret_orders.named(cx.tx, cx.account(), names, self.order, NAMED_MAX)?)
            }
            _ => Ok(None),
        }
    }

    /// The next `count` secrets after a place, in the list's order, each with its own place. Some that the filters refuse are left out.
    fn rows(
        &self,
        cx: &Cx<'_, '_>,
        named: Option<&NamedSecrets>,
        after: Option<&[u8]>,
        count: usize,
    ) -> Result<Vec<ListedSecret>, Error> {
        let account = cx.account();
        if self.restriction.is_none() && self.order.by == SortedBy::Created && self.order.descending {
            return Ok(secret_table::secrets_newest_first(cx.tx, account, after, count)?);
        }
        let after = after.map(|place| SecretPlace::from_bytes(place).ok_or_else(invalid_token)).transpose()?;
        match named {
            Some(named) => Ok(named.list(cx.tx, account, after.as_ref(), count)?),
            None => Ok(cx.secret_orders.list(cx.tx, account, &self.restriction, self.order, after.as_ref(), count)?),
        }
    }

    fn shows(&self, record: &SecretRecord) -> bool {
        (self.planned_deletion || record.deletion.is_none()) && filters::pass(&self.filters, record)
    }
}

/// Dates go from the newest and names from A, unless the request gives an order.
fn order(by: Option<&str>, order: Option<&str>) -> SecretOrder {
    let by = match by {
        Some("name") => SortedBy::Name,
        Some("last-accessed-date") => SortedBy::Accessed,
        Some("last-changed-date") => SortedBy::Changed,
        _ => SortedBy::Created,
    };
    let descending = match order {
        Some(order) => order == "desc",
        None => by != SortedBy::Name,
    };
    SecretOrder { by, descending }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(by: Option<&str>, given: Option<&str>, expected: (SortedBy, bool)) {
        let order = order(by, given);
        assert_eq!((order.by, order.descending), expected);
    }

    #[test]
    fn orders() {
        check(None, None, (SortedBy::Created, true));
        check(None, Some("asc"), (SortedBy::Created, false));
        check(Some("created-date"), Some("desc"), (SortedBy::Created, true));
        check(Some("name"), None, (SortedBy::Name, false));
        check(Some("name"), Some("desc"), (SortedBy::Name, true));
        check(Some("last-changed-date"), None, (SortedBy::Changed, true));
        check(Some("last-accessed-date"), None, (SortedBy::Accessed, true));
        check(Some("last-accessed-date"), Some("asc"), (SortedBy::Accessed, false));
    }
}
