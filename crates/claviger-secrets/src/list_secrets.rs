//! ListSecrets: the caller's account's secrets, filtered, sorted and in pages.
//!
//! "Newest first" is the order of an index, so a page reads a bounded number of rows. In every other order each page reads all
//! secrets of the account, but keeps no more than a page in memory.

use claviger_model::secretsmanager::{ListSecretsRequest, ListSecretsResponse, error};
use claviger_store::tables::secret_table::{self, SecretRecord};

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

/// The filters and the order of a list.
pub(crate) struct Listing {
    filters: Vec<Filter>,
    order: Order,
    planned_deletion: bool,
}

impl Operation for ListSecrets {
    const ACTION: &'static str = "secretsmanager:ListSecrets";
    const READ_ONLY: bool = true;
    type Input = ListSecretsRequest;
    type Output = ListSecretsResponse;
    type Target = Listing;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Listing>, Error> {
        let listing = Listing {
            filters: filters::parse(input.filters.as_deref().unwrap_or_default())?,
            order: Order::of(input.sort_by.as_deref(), input.sort_order.as_deref()),
            planned_deletion: input.include_planned_deletion.unwrap_or(false),
        };
        Ok(Resolved::found(RequiredPermission::on_anything(Self::ACTION, cx).without_resource(), listing))
    }

    fn run(input: Self::Input, listing: Authorized<Listing>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let scope = format!("{:?} {:?} {}", listing.filters, listing.order, listing.planned_deletion);
        let after = match &input.next_token {
            Some(token) => Some(paging::open_marker(cx, Self::NAME, &scope, token).map_err(|_| invalid_token())?),
            None => None,
        };
        let size = input.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or(PAGE_DEFAULT);
        if listing.order.is_newest_first() {
            return newest(cx, &listing, &scope, after, size);
        }
        let rows = first_rows(cx, &listing, after.as_deref(), size.saturating_add(1))?;
        let rows = rows.into_iter().map(|(place, record)| (place, describe::entry(&record))).collect();
        let page = paging::page(cx, Self::NAME, &scope, rows, size);
        Ok(ListSecretsResponse { secret_list: Some(page.items), next_token: page.next })
    }
}

/// The error for a token that this list did not issue, or that belongs to other filters.
pub(crate) fn invalid_token() -> Error {
    Error::new(error::INVALID_NEXT_TOKEN_EXCEPTION, "The NextToken value is invalid.")
}

/// A page of the newest secrets. A page that is short or empty may be followed by others.
fn newest(
    cx: &Cx<'_, '_>,
    listing: &Listing,
    scope: &str,
    mut after: Option<Vec<u8>>,
    size: usize,
) -> Result<ListSecretsResponse, Error> {
    let (mut shown, mut examined) = (Vec::new(), 0);
    let batch = size.saturating_add(1).min(ROWS_READ);
    let mut ended = false;
    while !ended && shown.len() <= size && examined < EXAMINED_MAX {
        let rows = secret_table::secrets_newest_first(cx.tx, cx.account(), after.as_deref(), batch)?;
        (ended, examined) = (rows.len() < batch, examined + rows.len());
        after = rows.last().map(|(row, _)| row.clone()).or(after);
        let present = rows.into_iter().filter_map(|(row, record)| Some((row, record?)));
        let fitting = present.filter(|(_, record)| listing.shows(record));
        shown.extend(fitting.map(|(row, record)| (row, describe::entry(&record))));
    }
    let more = !ended && shown.len() <= size;
    let mut page = paging::page(cx, ListSecrets::NAME, scope, shown, size);
    if more {
        page.next = after.map(|row| paging::seal_marker(cx, ListSecrets::NAME, scope, &row));
    }
    Ok(ListSecretsResponse { secret_list: Some(page.items), next_token: page.next })
}

/// The first `count` secrets of the listing after a place, each with its own place.
fn first_rows(
    cx: &Cx<'_, '_>,
    listing: &Listing,
    after: Option<&[u8]>,
    count: usize,
) -> Result<Vec<(Vec<u8>, SecretRecord)>, Error> {
    let mut first: Vec<(Vec<u8>, SecretRecord)> = Vec::new();
    let mut read_to = None;
    loop {
        let rows = secret_table::secrets(cx.tx, cx.account(), read_to.as_deref(), ROWS_READ)?;
        let Some((last, _)) = rows.last() else { break };
        read_to = Some(last.clone());
        for (_, record) in rows {
            let place = listing.order.place(&record);
            if listing.shows(&record) && after.is_none_or(|after| place.as_slice() > after) {
                first.push((place, record));
            }
        }
        first.sort_by(|a, b| a.0.cmp(&b.0));
        first.truncate(count);
    }
    Ok(first)
}

impl Listing {
    fn shows(&self, record: &SecretRecord) -> bool {
        (self.planned_deletion || record.deletion.is_none()) && filters::pass(&self.filters, record)
    }
}

/// The member by which a list is sorted.
#[derive(Debug, Clone, Copy)]
struct Order {
    by: By,
    descending: bool,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Created,
    Accessed,
    Changed,
    Name,
}

impl Order {
    /// Dates go from the newest and names from A, unless the request gives an order.
    fn of(by: Option<&str>, order: Option<&str>) -> Order {
        let by = match by {
            Some("name") => By::Name,
            Some("last-accessed-date") => By::Accessed,
            Some("last-changed-date") => By::Changed,
            _ => By::Created,
        };
        let descending = match order {
            Some(order) => order == "desc",
            None => !matches!(by, By::Name),
        };
        Order { by, descending }
    }

    fn is_newest_first(self) -> bool {
        self.descending && matches!(self.by, By::Created)
    }

    /// Bytes whose order is the list's. Secrets with the same date are ordered by name.
    fn place(self, record: &SecretRecord) -> Vec<u8> {
        let date = match self.by {
            By::Created => record.created.0,
            By::Changed => record.last_changed.0,
            By::Accessed => record.last_accessed.map_or(i64::MIN, |at| at.0),
            By::Name => return self.directed(record.arn.name.bytes().chain([0])),
        };
        let date = (date as u64 ^ (1 << 63)).to_be_bytes();
        let mut place = self.directed(date.into_iter());
        place.extend_from_slice(record.arn.name.as_bytes());
        place
    }

    /// Complemented bytes sort in reverse. A name ends with a zero, which no name contains, so that in reverse order a name
    /// comes after all names that begin with it.
    fn directed(self, bytes: impl Iterator<Item = u8>) -> Vec<u8> {
        bytes.map(|b| if self.descending { !b } else { b }).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::Timestamp;

    use super::*;
    use crate::testing::secret;

    fn check(by: Option<&str>, order: Option<&str>, expected: &str) {
        let record = |name: &str, created: i64, changed: i64, accessed: Option<i64>| SecretRecord {
            created: Timestamp(created),
            last_changed: Timestamp(changed),
            last_accessed: accessed.map(Timestamp),
            ..secret(name)
        };
        let mut records = [
            record("a", 3, 10, None),
            record("ab", 1, 30, Some(5)),
            record("b", 2, 20, Some(-5)),
            record("c", 2, 20, Some(5)),
        ];
        let order = Order::of(by, order);
        records.sort_by_key(|r| order.place(r));
        let names: Vec<&str> = records.iter().map(|r| r.arn.name.as_str()).collect();
        assert_eq!(names.join(" "), expected, "{order:?}");
    }

    #[test]
    fn orders() {
        check(None, None, "a b c ab");
        check(None, Some("asc"), "ab b c a");
        check(Some("created-date"), Some("desc"), "a b c ab");
        check(Some("name"), None, "a ab b c");
        check(Some("name"), Some("desc"), "c b ab a");
        check(Some("last-changed-date"), None, "ab b c a");
        check(Some("last-accessed-date"), None, "ab c b a");
        check(Some("last-accessed-date"), Some("asc"), "a b ab c");
    }
}
