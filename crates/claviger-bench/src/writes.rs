//! Durable writes beside the rate at which the disk syncs.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::compare::{Contender, Figures, Slices};
use crate::error::{Error, machine, unexpected};
use crate::fill::make_written_secrets;
use crate::process::ServerProcess;
use crate::rig::Rig;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::time;
use crate::workload::Workload;

/// The bytes that are written before each sync of the raw rate.
const BLOCK: [u8; 4096] = [1; 4096];

/// Writes the tables.
///
/// # Errors
///
/// A load fails.
pub fn run(rig: &Rig, connections: &[usize], slices: Slices, out: Out<'_>) -> Result<(), Error> {
    make_written_secrets(&rig.data)?;
    table::head(
        out,
        &["Durable writes, `--data`", "per second", "of fdatasync", "p50", "p99", "p99.9", "CPU", "fdatasync"],
    )?;
    for workload in [Workload::CreateKey, Workload::PutSecretValue] {
        for &connections in connections {
            let (figures, raw) = measure(rig, workload, connections, slices)?;
            let mut cells = vec![format!("`{workload:?}`, {connections} at a time"), table::rate(&figures)];
            cells.push(table::ratio(figures.sample.rate(), raw));
            cells.extend([0.5, 0.99, 0.999].map(|share| table::time(figures.quantile(share))));
            cells.extend([table::time(figures.cpu_per_request()), table::per_second(raw)]);
            table::row(out, &cells)?;
        }
    }
    if !Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success()) {
        return out("\nSKIPPED: commits per sync are not counted, because strace is not installed");
    }
    table::head(out, &["`CreateKey`, `--data`, syncs counted by strace", "keys", "syncs", "keys per sync"])?;
    // A run without a load: the syncs of start, fixtures and stop.
    let (_, others) = syncs(&rig.binary, &rig.folder, 0, slices.time)?;
    for &connections in connections {
        let (keys, all) = syncs(&rig.binary, &rig.folder, connections, slices.time * slices.count)?;
        let syncs = all.saturating_sub(others);
        let ratio = table::ratio(keys as f64, syncs as f64);
        table::row(out, &[format!("{connections} at a time"), keys.to_string(), syncs.to_string(), ratio])?;
    }
    Ok(())
}

/// The figures of a write, and the raw rate of syncs in the same minutes.
fn measure(rig: &Rig, workload: Workload, connections: usize, slices: Slices) -> Result<(Figures, f64), Error> {
    let contender = Contender::of(&rig.data, workload, Signer::Root)?;
    let (mut figures, mut raw) = (Figures::default(), 0.0);
    for slice in 0..=slices.count {
        let measured = contender.measure(connections, slices.time)?;
        if slice > 0 {
            figures.add(&measured);
            raw += syncs_per_second(&rig.folder, slices.time / 2)? / f64::from(slices.count);
        }
    }
    Ok((figures, raw))
}

/// How often per second one thread can append a block to a file and have it on the disk.
fn syncs_per_second(folder: &Path, time_max: Duration) -> Result<f64, Error> {
    let path = folder.join("raw");
    let failed = || machine(path.display().to_string());
    let mut file = File::create(&path).map_err(failed())?;
    let begun = time::instant();
    let mut syncs = 0;
    while begun.elapsed() < time_max {
        file.write_all(&BLOCK).and_then(|()| file.sync_data()).map_err(failed())?;
        syncs += 1;
    }
    let rate = f64::from(syncs) / begun.elapsed().as_secs_f64();
    std::fs::remove_file(&path).map_err(failed())?;
    Ok(rate)
}

/// Keys that were made, and the syncs of the whole process from its start to its end. strace stops a
/// process only at the calls that it counts, so the others run at full speed.
fn syncs(binary: &Path, folder: &Path, connections: usize, time_max: Duration) -> Result<(u64, u64), Error> {
    let output = folder.join("syncs");
    let data = folder.join(format!("syncs-{connections}"));
    let (binary, data, file) = (binary.to_string_lossy(), data.to_string_lossy(), output.to_string_lossy());
    // With -D the process that was started is the server itself, and strace its grandchild.
    let mut line = vec!["strace", "-D", "-f", "--seccomp-bpf", "-c", "-e", "trace=fsync,fdatasync", "-o", &file];
    line.extend([&*binary, "dev", "--listen", "127.0.0.1:0", "--data", &data]);
    let mut subject = Subject::new("traced", ServerProcess::start(&line)?)?;
    let contender = Contender::of(&subject, Workload::CreateKey, Signer::Root)?;
    let keys = contender.measure(connections, time_max)?.sample.latency.count();
    drop(contender);
    if let Some(server) = subject.server.take() {
        server.stop()?;
    }
    let begun = time::instant();
    while begun.elapsed() < Duration::from_secs(10) {
        // The table is there some time after the end of the process.
        let table = std::fs::read_to_string(&output).unwrap_or_default();
        let total = table.lines().find(|line| line.ends_with(" total"));
        if let Some(syncs) = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok()) {
            return std::fs::remove_file(&output).map(|()| (keys, syncs)).map_err(machine("the table of strace"));
        }
        time::sleep(Duration::from_millis(20));
    }
    Err(unexpected("strace wrote no table; may this user trace processes?"))
}
