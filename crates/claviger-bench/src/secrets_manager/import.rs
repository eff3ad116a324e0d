//! The time of `claviger import json` into a server with a data folder.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use crate::error::{Error, machine, unexpected};
use crate::process::ServerProcess;
use crate::table::{self, Out};
use crate::time;
use crate::workload::REGION;

/// Imports so many secrets, and writes the table.
///
/// # Errors
///
/// The server or the import does not start, or the import fails.
pub(super) fn run(binary: &Path, folder: &Path, count: u64, out: Out<'_>) -> Result<(), Error> {
    let shown = folder.display().to_string();
    let secrets: Map<String, Value> =
        (0..count).map(|n| (format!("imported/{n:08}"), format!("value number {n}").into())).collect();
    let file = folder.join("secrets.json");
    std::fs::write(&file, Value::from(secrets).to_string()).map_err(machine(&shown))?;
    let server = ServerProcess::claviger(binary, &["--data", &folder.join("data").to_string_lossy()])?;
    let begun = time::instant();
    let status = Command::new(binary)
        .args(["import", "json"])
        .arg(&file)
        .args(["--endpoint", &format!("http://{}", server.address), "--region", REGION, "--progress", "none"])
        .arg("--state")
        .arg(folder.join("state"))
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(machine("claviger import"))?;
    let took = begun.elapsed();
    if !status.success() {
        return Err(unexpected(format!("claviger import ended with {status}")));
    }
    table::head(out, &["`claviger import json`", "time", "a second", "the server's processor time of a secret"])?;
    let each = server.cpu()?.div_f64(count.max(1) as f64);
    let rate = table::per_second(count as f64 / took.as_secs_f64().max(1e-9));
    table::row(out, &[format!("{count} secrets, `--data`"), table::time(took), rate, table::time(each)])
}
