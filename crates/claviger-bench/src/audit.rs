//! The cost of the audit trail, beside the same server without one.

use std::path::Path;

use crate::compare::{Contender, Slices, compare};
use crate::error::Error;
use crate::process::ServerProcess;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::workload::Workload;

/// Few connections, and enough to keep both cores busy.
const CONNECTIONS: [usize; 2] = [16, 64];

/// Writes the table.
///
/// # Errors
///
/// A server does not start, or a load fails.
pub fn run(binary: &Path, folder: &Path, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let start = |name: &'static str, further: &[&str]| {
        let data = folder.join(name);
        let data = data.to_string_lossy();
        let arguments = [&["--data", &*data], further].concat();
        Subject::new(name, ServerProcess::claviger(binary, &arguments)?)
    };
    let (with, without) = (start("audited", &[])?, start("unaudited", &["--without-audit"])?);
    for connections in CONNECTIONS {
        let title = format!("{connections} connections, `--data`");
        table::head(out, &[&title, "with the audit trail", "CPU", "without", "CPU", "with / without"])?;
        for workload in [Workload::Decrypt, Workload::Encrypt, Workload::GetSecretValue, Workload::DescribeKey] {
            let contender = |subject| Contender::of(subject, workload, Signer::Root);
            let figures = compare(&[contender(&with)?, contender(&without)?], connections, slices)?;
            let mut cells = vec![format!("`{workload:?}`")];
            cells.extend(figures.iter().flat_map(|f| [table::rate(f), table::time(f.cpu_per_request())]));
            if let [with, without] = figures.as_slice() {
                cells.push(table::ratio(with.sample.rate(), without.sample.rate()));
            }
            table::row(out, &cells)?;
        }
    }
    Ok(())
}
