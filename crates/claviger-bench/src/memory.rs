//! Resident memory over many requests.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, unexpected};
use crate::fill::fill;
use crate::load::{Load, Requests};
use crate::population::Population;
use crate::subject::Subject;
use crate::table::{self, Out};
use crate::workload::Workload;

/// The connections of the load.
const CONNECTIONS: usize = 16;
/// The keys and the secrets that the requests go over. Their decoded rows fit in memory, so that what grows is not a cache.
const ITEMS: u64 = 1000;
/// The requests, in turn.
const MIX: [Workload; 3] = [Workload::Decrypt, Workload::GetSecretValue, Workload::Encrypt];
/// How often the memory is read.
const STEPS: u64 = 20;
/// A step that takes longer is at fault: its signatures are not valid any more.
const STEP_TIME_MAX: Duration = Duration::from_secs(240);

/// Sends so many requests to a server with a data folder, and writes a table.
///
/// # Errors
///
/// The server does not start, or a call fails.
pub fn run(binary: &Path, folder: &Path, requests: u64, out: Out<'_>) -> Result<(), Error> {
    let mut subject = Subject::with_data(binary, &folder.join("memory"))?;
    fill(&subject, ITEMS, ITEMS)?;
    let population = Population::read(&mut subject, ITEMS)?;
    let names = MIX.map(|operation| format!("`{operation:?}`")).join(", ");
    out(&format!("Measured on {}: {names} in turn over {ITEMS} keys and secrets.", table::machine()))?;
    table::head(out, &["Requests, `--data`", "resident", "since the first step", "rate"])?;
    table::row(out, &row(0, resident(&subject)?, None, String::new()))?;
    let (step, mut sent, mut first) = (requests.div_ceil(STEPS).max(1), 0, None);
    while sent < requests {
        let mix = mixed(&population, &subject.address)?;
        let load = Load::lasting(&subject.address, CONNECTIONS, mix, STEP_TIME_MAX);
        let sample = Load { count_max: step.min(requests - sent), ..load }.run()?;
        if sample.latency.count() == 0 {
            return Err(unexpected("a step without an answer"));
        }
        sent += sample.latency.count();
        let now = resident(&subject)?;
        let since = now - *first.get_or_insert(now);
        table::row(out, &row(sent, now, Some(since), table::per_second(sample.rate())))?;
    }
    Ok(())
}

fn row(sent: u64, resident: f64, since: Option<f64>, rate: String) -> [String; 4] {
    let since = since.map_or_else(String::new, |since| format!("{since:+.1} MiB"));
    [sent.to_string(), format!("{resident:.1} MiB"), since, rate]
}

/// Requests of each operation in turn. They are signed now, for this step.
fn mixed(population: &Population, address: &str) -> Result<Requests, Error> {
    let of = |operation| population.requests(address, operation);
    let mix: Vec<Requests> =
        MIX.into_iter().map(of).collect::<Option<_>>().ok_or_else(|| unexpected("an operation without items"))?;
    let nothing: Arc<[u8]> = Arc::from([]);
    Ok(Arc::new(move |connection, n| {
        let turn = usize::try_from(n).unwrap_or_default() % MIX.len();
        mix.get(turn).map_or_else(|| nothing.clone(), |requests| requests(connection, n))
    }))
}

fn resident(subject: &Subject) -> Result<f64, Error> {
    subject.server.as_ref().ok_or_else(|| unexpected("a server of another process"))?.resident_mib()
}
