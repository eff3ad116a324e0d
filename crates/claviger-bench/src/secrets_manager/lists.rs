//! The pages of ListSecrets in a short and in a long list, in every order and with every filter.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::call::AccessKey;
use crate::compare::{Contender, Figures, compare};
use crate::error::{Error, machine, unexpected};
use crate::fill;
use crate::list::{List, Walk};
use crate::load::Requests;
use crate::secrets_manager::Amounts;
use crate::subject::Subject;
use crate::table::{self, Out};
use crate::time;
use crate::workload::{OTHER_REGION, REGION};

/// The secrets of the short list.
const FEW: u64 = 1000;
/// A walk to a deep page ends after this time.
const WALK_MAX: Duration = Duration::from_secs(4);

/// A server with secrets.
struct Stocked {
    subject: Subject,
    title: String,
}

/// Fills two servers and writes the table.
///
/// # Errors
///
/// A server does not start, or a call fails.
pub(super) fn run(binary: &Path, folder: &Path, amounts: Amounts, out: Out<'_>) -> Result<(), Error> {
    let mut few = stocked(binary, folder, FEW)?;
    let mut many = stocked(binary, folder, amounts.secrets)?;
    let server = many.subject.server.as_ref().ok_or_else(|| unexpected("a server of another process"))?;
    out(&format!("\nResident memory with {} secrets before the lists: {:.1} MiB", many.title, server.resident_mib()?))?;
    let columns = [
        "`ListSecrets`, 100 a page: processor time of a page".to_owned(),
        format!("{}: first", few.title),
        "deep".to_owned(),
        format!("{}: first", many.title),
        "deep".to_owned(),
        "the deep one's number".to_owned(),
        "very first call".to_owned(),
        "first, many / few".to_owned(),
        "deep, many / few".to_owned(),
    ];
    table::head(out, &columns.each_ref().map(String::as_str))?;
    for list in lists() {
        let row = compared(&list, &mut few, &mut many, amounts)?;
        table::row(out, &row)?;
    }
    let server = many.subject.server.as_ref().ok_or_else(|| unexpected("a server of another process"))?;
    out(&format!("\nResident memory with {} secrets after the lists: {:.1} MiB", many.title, server.resident_mib()?))
}

/// Every order, and every filter in the default order and by name. For each filter there is one value that many secrets have and one
/// that none has.
fn lists() -> Vec<List> {
    let mut lists = Vec::new();
    for by in ["created-date", "name", "last-changed-date", "last-accessed-date"] {
        for order in ["desc", "asc"] {
            lists.push(List::secrets(&format!("by {by}, {order}"), Some(by), Some(order)));
        }
    }
    let filters = [
        ("name", "team-7/"),
        ("name", "team-7/service-67/secret-0000"),
        ("name", "zzz"),
        ("tag-key", "service-123"),
        ("tag-key", "zzz"),
        ("tag-value", "team-7"),
        ("tag-value", "zzz"),
        ("description", "squad7 service"),
        ("description", "zzz"),
        ("all", "squad7 password"),
        ("all", "zzz"),
        ("primary-region", REGION),
        ("primary-region", OTHER_REGION),
        ("owning-service", "rds"),
    ];
    for (key, value) in filters {
        for (by, order) in [("created-date", "desc"), ("name", "asc")] {
            let title = format!("`{key}` `{value}`, by {by}");
            lists.push(List::secrets(&title, Some(by), Some(order)).filtered(key, value));
        }
    }
    lists
}

fn compared(list: &List, few: &mut Stocked, many: &mut Stocked, amounts: Amounts) -> Result<Vec<String>, Error> {
    let short = list.walk(&mut few.subject.client, WALK_MAX)?;
    let begun = time::instant();
    many.subject.client.call(&list.call(None))?;
    let once = begun.elapsed();
    let long = list.walk(&mut many.subject.client, WALK_MAX)?;
    let mut contenders = Vec::new();
    for (stocked, walk) in [(&*few, &short), (&*many, &long)] {
        contenders.extend([0, deep(walk)].map(|page| contender(list, stocked, walk, page)));
    }
    let figures = compare(&contenders, 1, amounts.slices)?;
    let cpu = figures.iter().map(Figures::cpu_per_request).collect::<Vec<Duration>>();
    let mut cells = vec![list.title.clone()];
    cells.extend(cpu.iter().map(|time| table::time(*time)));
    cells.push(format!("{}{}", deep(&long) + 1, if long.ended { " of " } else { " of more than " }));
    if let Some(last) = cells.last_mut() {
        last.push_str(&long.markers.len().to_string());
    }
    cells.push(table::time(once));
    if let [few_first, few_deep, many_first, many_deep] = cpu.as_slice() {
        let ratio = |one: &Duration, other: &Duration| table::ratio(one.as_secs_f64(), other.as_secs_f64());
        cells.extend([ratio(many_first, few_first), ratio(many_deep, few_deep)]);
    }
    Ok(cells)
}

/// The page in the middle of a list, or the last one that the walk came to.
fn deep(walk: &Walk) -> usize {
    if walk.ended { walk.markers.len() / 2 } else { walk.markers.len().saturating_sub(1) }
}

fn contender<'s>(list: &List, stocked: &'s Stocked, walk: &Walk, page: usize) -> Contender<'s> {
    let address = &stocked.subject.address;
    let request: Arc<[u8]> = list.call(walk.marker(page)).request(address, REGION, &AccessKey::root()).into();
    let requests: Requests = Arc::new(move |_, _| request.clone());
    Contender::new(address, requests, stocked.subject.server.as_ref())
}

/// A server with so many secrets. A folder that an earlier run has filled is used again.
fn stocked(binary: &Path, folder: &Path, count: u64) -> Result<Stocked, Error> {
    let (data, filled) = (folder.join(format!("secrets-{count}")), folder.join(format!("secrets-{count}.filled")));
    let mut subject = Subject::with_data(binary, &data)?;
    if !filled.exists() {
        fill::make_listed_secrets(&subject, count)?;
        std::fs::write(&filled, []).map_err(machine(filled.display().to_string()))?;
        (subject, _) = subject.restarted(binary, &data, || Ok(()))?;
    }
    Ok(Stocked { subject, title: count.to_string() })
}
