//! The tables of reads: throughput, latency and processor time beside the floor and moto_server.

use crate::compare::{Contender, Figures, Slices, compare};
use crate::error::Error;
use crate::rig::{Compared, Rig};
use crate::subject::Signer;
use crate::table::{self, Out};
use crate::workload::Workload;

/// Writes a table for each number of connections.
///
/// # Errors
///
/// A load fails.
pub fn run(rig: &mut Rig, connections: &[usize], slices: Slices, out: Out<'_>) -> Result<(), Error> {
    for &connections in connections {
        let title = match connections {
            1 => "1 connection".to_owned(),
            many => format!("{many} connections"),
        };
        let claviger = ["of the floor", "p50", "p99", "p99.9", "CPU"];
        let mut head = vec![title.as_str(), "floor", "CPU", "in memory"];
        head.extend(claviger);
        head.push("`--data`");
        head.extend(claviger);
        if rig.has_moto() {
            head.extend(["moto_server", "p50"]);
        }
        table::head(out, &head)?;
        for workload in Workload::READS {
            let compared = rig.compare(workload, connections, slices)?;
            table::row(out, &cells(workload, &compared))?;
        }
    }
    Ok(())
}

fn cells(workload: Workload, compared: &Compared) -> Vec<String> {
    let floor = &compared.floor;
    let mut cells = vec![format!("`{workload:?}`"), table::rate(floor), table::time(floor.cpu_per_request())];
    for figures in [&compared.memory, &compared.data] {
        cells.extend([table::rate(figures), table::ratio(figures.sample.rate(), floor.sample.rate())]);
        cells.extend([0.5, 0.99, 0.999].map(|share| table::time(figures.quantile(share))));
        cells.push(table::time(figures.cpu_per_request()));
    }
    if let Some(moto) = &compared.moto {
        cells.extend([table::rate(moto), table::time(moto.quantile(0.5))]);
    }
    cells
}

/// Writes what an IAM user with ten managed policies costs beside the root.
///
/// # Errors
///
/// A load fails.
pub fn users(rig: &Rig, connections: usize, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let title = format!("{connections} connections");
    table::head(out, &[&title, "root", "CPU", "user with ten managed policies", "CPU", "CPU of the user / root"])?;
    for workload in [Workload::Decrypt, Workload::GetSecretValue] {
        for subject in [&rig.memory, &rig.data] {
            let contender = |signer| Contender::of(subject, workload, signer);
            let both = [contender(Signer::Root)?, contender(Signer::User)?];
            let figures = compare(&both, connections, slices)?;
            let cpu = |figures: &Figures| figures.cpu_per_request().as_secs_f64();
            let mut cells = vec![format!("`{workload:?}`, {}", subject.name)];
            cells.extend(figures.iter().flat_map(|f| [table::rate(f), table::time(f.cpu_per_request())]));
            if let [root, user] = figures.as_slice() {
                cells.push(table::ratio(cpu(user), cpu(root)));
            }
            table::row(out, &cells)?;
        }
    }
    Ok(())
}
