//! The time of the first, a middle and the last page of each list, in each order, and of the very first call, which may sort all
//! secrets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::Call;
use crate::client::Client;
use crate::error::Error;
use crate::histogram::Histogram;
use crate::table::{self, Out};
use crate::time;

/// A walk through a list ends after this time, at a page that is called the last one then.
const WALK_MAX: Duration = Duration::from_secs(20);
/// A page is read again for this time, at most so often.
const PAGE_TIME_MAX: Duration = Duration::from_secs(2);
const PAGE_READS_MAX: usize = 50;

/// A list in an order.
struct List {
    title: &'static str,
    operation: &'static str,
    body: Value,
    /// The member of the answer and the member of the request that carry the marker.
    marker: (&'static str, &'static str),
}

impl List {
    fn keys(title: &'static str, size: u32) -> List {
        List { title, operation: "ListKeys", body: json!({"Limit": size}), marker: ("NextMarker", "Marker") }
    }

    fn secrets(title: &'static str, sort_by: Option<&str>, order: Option<&str>) -> List {
        let mut body = json!({"MaxResults": 100});
        for (name, value) in [("SortBy", sort_by), ("SortOrder", order)] {
            if let (Some(members), Some(value)) = (body.as_object_mut(), value) {
                members.insert(name.to_owned(), value.into());
            }
        }
        List { title, operation: "ListSecrets", body, marker: ("NextToken", "NextToken") }
    }

    fn call(&self, marker: Option<&Value>) -> Call {
        let mut body = self.body.clone();
        if let (Some(members), Some(marker)) = (body.as_object_mut(), marker) {
            members.insert(self.marker.1.to_owned(), marker.clone());
        }
        match self.operation {
            "ListKeys" => Call::kms(self.operation, &body),
            _ => Call::secrets(self.operation, &body),
        }
    }
}

/// Writes the table.
///
/// # Errors
///
/// A call fails.
pub(crate) fn run(client: &mut Client, out: Out<'_>) -> Result<(), Error> {
    let lists = [
        List::keys("`ListKeys`, 100 a page", 100),
        List::keys("`ListKeys`, 1000 a page", 1000),
        List::secrets("`ListSecrets`, 100 a page, default order", None, None),
        List::secrets("the same, oldest first", None, Some("asc")),
        List::secrets("the same, by name", Some("name"), Some("asc")),
        List::secrets("the same, by name, descending", Some("name"), Some("desc")),
        List::secrets("the same, by last change", Some("last-changed-date"), Some("desc")),
        List::secrets("the same, by last access", Some("last-accessed-date"), Some("desc")),
    ];
    table::head(out, &["p50 of a page", "first", "middle", "last", "pages", "the very first call"])?;
    for list in lists {
        let begun = time::instant();
        client.call(&list.call(None))?;
        let once = begun.elapsed();
        let (markers, ended) = walk(client, &list)?;
        let mut cells = vec![list.title.to_owned()];
        for at in [0, markers.len() / 2, markers.len().saturating_sub(1)] {
            let marker = markers.get(at).and_then(Option::as_ref);
            cells.push(table::time(page(client, &list.call(marker))?));
        }
        let cut = if ended { String::new() } else { format!(", then given up after {} s", WALK_MAX.as_secs()) };
        cells.push(format!("{}{cut}", markers.len()));
        cells.push(table::time(once));
        table::row(out, &cells)?;
    }
    Ok(())
}

/// The markers of all pages, and whether the walk came to the end.
fn walk(client: &mut Client, list: &List) -> Result<(Vec<Option<Value>>, bool), Error> {
    let begun = time::instant();
    let mut markers = vec![None];
    loop {
        let marker = markers.last().and_then(Option::as_ref);
        let answer = client.call(&list.call(marker))?;
        match answer.get(list.marker.0) {
            Some(next) if !next.is_null() => markers.push(Some(next.clone())),
            _ => return Ok((markers, true)),
        }
        if begun.elapsed() > WALK_MAX {
            return Ok((markers, false));
        }
    }
}

/// The median time of a page.
fn page(client: &mut Client, call: &Call) -> Result<Duration, Error> {
    let (begun, mut times) = (time::instant(), Histogram::default());
    for _ in 0..PAGE_READS_MAX {
        let start = time::instant();
        client.call(call)?;
        times.record(start.elapsed());
        if begun.elapsed() > PAGE_TIME_MAX {
            break;
        }
    }
    Ok(times.quantile(0.5))
}
