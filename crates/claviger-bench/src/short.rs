//! The short form, for users and for a first impression: Claviger beside the floor, in less than a minute.

use crate::compare::{Contender, Slices, compare};
use crate::error::Error;
use crate::process::ServerProcess;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::workload::Workload;

/// The numbers of connections.
const CONNECTIONS: [usize; 2] = [1, 16];

/// Measures a server beside the floor, both of which are running, and writes a table.
///
/// # Errors
///
/// A load fails.
pub fn run(subject: &mut Subject, floor: &ServerProcess, out: Out<'_>) -> Result<(), Error> {
    out(&format!("Measured on {}.", table::machine()))?;
    let own = subject.server.is_some();
    for connections in CONNECTIONS {
        let title = format!("{connections} at a time");
        let mut head = vec![title.as_str(), "floor", subject.name, "of the floor", "p50", "p99", "p99.9"];
        head.extend(own.then_some("CPU"));
        table::head(out, &head)?;
        for workload in Workload::READS {
            let for_floor = subject.requests_for_floor(workload)?;
            let contenders = [
                Contender::new(&floor.address, for_floor, Some(floor)),
                Contender::of(subject, workload, Signer::Root)?,
            ];
            let figures = compare(&contenders, connections, Slices::SHORT)?;
            let [floor, measured] = figures.as_slice() else { continue };
            let mut cells = vec![format!("`{workload:?}`"), table::rate(floor), table::rate(measured)];
            cells.push(table::ratio(measured.sample.rate(), floor.sample.rate()));
            cells.extend([0.5, 0.99, 0.999].map(|share| table::time(measured.quantile(share))));
            cells.extend(own.then(|| table::time(measured.cpu_per_request())));
            table::row(out, &cells)?;
        }
    }
    Ok(())
}
