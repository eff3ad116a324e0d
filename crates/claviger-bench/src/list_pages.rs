//! The time of the first, a middle and the last page of each list, in each order, and of the very first call, which may sort all
//! secrets.

use std::time::Duration;

use crate::call::Call;
use crate::client::Client;
use crate::error::Error;
use crate::histogram::Histogram;
use crate::list::List;
use crate::table::{self, Out};
use crate::time;

/// A walk through a list ends after this time, at a page that is called the last one then.
const WALK_MAX: Duration = Duration::from_secs(20);
/// A page is read again for this time, at most so often.
const PAGE_TIME_MAX: Duration = Duration::from_secs(2);
const PAGE_READS_MAX: usize = 50;

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
        let walk = list.walk(client, WALK_MAX)?;
        let (pages, mut cells) = (walk.markers.len(), vec![list.title.clone()]);
        for at in [0, pages / 2, pages.saturating_sub(1)] {
            cells.push(table::time(page(client, &list.call(walk.marker(at)))?));
        }
        let cut = if walk.ended { String::new() } else { format!(", then given up after {} s", WALK_MAX.as_secs()) };
        cells.push(format!("{pages}{cut}"));
        cells.push(table::time(once));
        table::row(out, &cells)?;
    }
    Ok(())
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
