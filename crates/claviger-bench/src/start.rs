//! Start, memory, and the time of a replication.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::histogram::Histogram;
use crate::process::ServerProcess;
use crate::table::{self, Out};
use crate::time;
use crate::workload::{OTHER_REGION, REGION};

/// How many starts the ready time is taken from.
const STARTS: usize = 20;
/// How many replications are timed.
const REPLICAS: usize = 50;

/// Writes the table. `folder` is on the disk that is measured.
///
/// # Errors
///
/// A server does not start, or a call fails.
pub fn run(binary: &Path, folder: &Path, out: Out<'_>) -> Result<(), Error> {
    table::head(out, &["What", "Figure"])?;
    let mut starts = Histogram::default();
    for _ in 0..STARTS {
        let begun = time::instant();
        drop(ServerProcess::claviger(binary, &[])?);
        starts.record(begun.elapsed());
    }
    let label = format!("Process start to `Ready`, 3 regions, in memory, {STARTS} starts");
    table::row(out, &[label, p50_and_max(&starts)])?;
    let begun = time::instant();
    drop(ServerProcess::claviger(binary, &["--data", &folder.join("start").to_string_lossy()])?);
    table::row(out, &["The same with a new `--data` folder, once".to_owned(), table::time(begun.elapsed())])?;
    let server = ServerProcess::claviger(binary, &[])?;
    let memory = format!("{:.1} MiB resident", server.resident_mib()?);
    table::row(out, &["Idle memory, 3 regions, in memory".to_owned(), memory])?;
    let label = format!("`ReplicateKey` until the replica is `Enabled`, {REPLICAS} times");
    table::row(out, &[label, p50_and_max(&replications(&server)?)])
}

fn p50_and_max(times: &Histogram) -> String {
    format!("p50 {}, max {}", table::time(times.quantile(0.5)), table::time(times.quantile(1.0)))
}

fn replications(server: &ServerProcess) -> Result<Histogram, Error> {
    let mut home = Client::connect(&server.address, REGION)?;
    let mut away = Client::connect(&server.address, OTHER_REGION)?;
    let mut times = Histogram::default();
    for _ in 0..REPLICAS {
        let key = home.call(&Call::kms("CreateKey", &json!({"MultiRegion": true})))?;
        let id = key.pointer("/KeyMetadata/KeyId").cloned().unwrap_or_default();
        let begun = time::instant();
        home.call(&Call::kms("ReplicateKey", &json!({"KeyId": id, "ReplicaRegion": OTHER_REGION})))?;
        let describe = Call::kms("DescribeKey", &json!({"KeyId": id}));
        let enabled = |key: &serde_json::Value| key.pointer("/KeyMetadata/KeyState").is_some_and(|s| s == "Enabled");
        while !away.call(&describe).is_ok_and(|key| enabled(&key)) {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(unexpected("a replica was not enabled within 10 s"));
            }
        }
        times.record(begun.elapsed());
    }
    Ok(times)
}
