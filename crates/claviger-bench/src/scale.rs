//! The cost of a request in a full store beside an empty one.

use std::path::Path;

use crate::compare::{Contender, Figures, Slices, compare};
use crate::error::{Error, unexpected};
use crate::fill::{fill, make_written_secrets};
use crate::list_pages;
use crate::population::Population;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::time;
use crate::workload::Workload;

/// The connections of each load.
const CONNECTIONS: usize = 16;

/// Fills a data folder and writes the tables.
///
/// # Errors
///
/// A server does not start, or a call fails.
pub fn run(
    binary: &Path,
    folder: &Path,
    (keys, secrets): (u64, u64),
    slices: Slices,
    out: Out<'_>,
) -> Result<(), Error> {
    let empty = with_fixtures(binary, &folder.join("empty"))?;
    let full = folder.join("full");
    let filled = with_fixtures(binary, &full)?;
    let begun = time::instant();
    fill(&filled, keys, secrets)?;
    let fill_time = begun.elapsed();
    table::head(out, &["What", "empty", &format!("with {keys} keys and {secrets} secrets")])?;
    table::row(out, &["Filling the store".to_owned(), String::new(), table::time(fill_time)])?;
    let (empty, empty_start) = empty.restarted(binary, &folder.join("empty"), || Ok(()))?;
    let (full, full_start) = filled.restarted(binary, &full, || Ok(()))?;
    let row = |label: &str, empty, full| [label.to_owned(), empty, full];
    let starts = row("Start to `Ready`, 3 regions", table::time(empty_start), table::time(full_start));
    table::row(out, &starts)?;
    table::row(out, &row("Resident memory after the start", resident(&empty)?, resident(&full)?))?;
    let mut full = full;
    let population = Population::read(&mut full, secrets)?;
    workloads(&empty, &full, &population, slices, out)?;
    table::head(out, &["What", "empty", "full"])?;
    table::row(out, &row("Resident memory after the loads", resident(&empty)?, resident(&full)?))?;
    list_pages::run(&mut full.client, out)?;
    table::head(out, &["What", "full"])?;
    table::row(out, &["Resident memory after the lists".to_owned(), resident(&full)?])
}

/// Each operation in three loads: on one key or secret of the empty store, on one of the full store, and on all of the full
/// store, which are more than its memory for decoded rows holds.
fn workloads(
    empty: &Subject,
    full: &Subject,
    population: &Population,
    slices: Slices,
    out: Out<'_>,
) -> Result<(), Error> {
    let title = format!("{CONNECTIONS} connections, `--data`");
    let mut head = vec![title.as_str()];
    for load in ["empty", "full, one hot", "full, all"] {
        head.extend([load, "p50", "p99", "CPU"]);
    }
    head.extend(["CPU full, one hot / empty", "CPU full, all / empty"]);
    table::head(out, &head)?;
    for workload in Workload::READS.into_iter().chain([Workload::CreateKey, Workload::PutSecretValue]) {
        let hot = |subject| Contender::of(subject, workload, Signer::Root);
        let mut contenders = vec![hot(empty)?, hot(full)?];
        if let Some(requests) = population.requests(&full.address, workload) {
            contenders.push(Contender::new(&full.address, requests, full.server.as_ref()));
        }
        let figures = compare(&contenders, CONNECTIONS, slices)?;
        let mut cells = vec![format!("`{workload:?}`")];
        for figures in &figures {
            cells.push(table::rate(figures));
            cells.extend([0.5, 0.99].map(|share| table::time(figures.quantile(share))));
            cells.push(table::time(figures.cpu_per_request()));
        }
        cells.resize(13, String::new());
        let cpu = |figures: &Figures| figures.cpu_per_request().as_secs_f64();
        if let Some((empty, full)) = figures.split_first() {
            cells.extend(full.iter().map(|full| table::ratio(cpu(full), cpu(empty))));
        }
        cells.resize(head.len(), String::new());
        table::row(out, &cells)?;
    }
    Ok(())
}

fn with_fixtures(binary: &Path, folder: &Path) -> Result<Subject, Error> {
    let subject = Subject::with_data(binary, folder)?;
    make_written_secrets(&subject)?;
    Ok(subject)
}

fn resident(subject: &Subject) -> Result<String, Error> {
    let server = subject.server.as_ref().ok_or_else(|| unexpected("a server of another process"))?;
    Ok(format!("{:.1} MiB", server.resident_mib()?))
}
