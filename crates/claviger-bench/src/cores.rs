//! Throughput on one core and on two. All processes, this one too, are moved with taskset.

use std::process::Command;

use crate::compare::{Contender, Figures, Slices};
use crate::error::{Error, machine, unexpected};
use crate::rig::Rig;
use crate::subject::Signer;
use crate::table::{self, Out};
use crate::workload::Workload;

/// Writes the table.
///
/// # Errors
///
/// There is no taskset, or a load fails.
pub fn run(rig: &mut Rig, connections: usize, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let (one, two) = match cores()?.as_slice() {
        [first, second, ..] => (first.to_string(), format!("{first},{second}")),
        _ => return out("\nSKIPPED: scaling from one core to two, because there is only one"),
    };
    let title = format!("`Decrypt`, {connections} connections; servers and client together on");
    table::head(out, &[&title, "one core", "two cores", "two / one"])?;
    let for_floor = rig.memory.requests_for_floor(Workload::Decrypt)?;
    let contenders = [
        ("floor", Contender::new(&rig.floor.address, for_floor, Some(&rig.floor))),
        (rig.memory.name, Contender::of(&rig.memory, Workload::Decrypt, Signer::Root)?),
        (rig.data.name, Contender::of(&rig.data, Workload::Decrypt, Signer::Root)?),
    ];
    let subjects = [rig.memory.server.as_ref(), rig.data.server.as_ref(), Some(&rig.floor)];
    let mut pids: Vec<u32> = subjects.into_iter().flatten().map(|server| server.pid()).collect();
    pids.push(std::process::id());
    let everywhere = allowed()?;
    for (name, contender) in &contenders {
        let (mut on_one, mut on_two) = (Figures::default(), Figures::default());
        for slice in 0..=slices.count {
            for (cores, figures) in [(&one, &mut on_one), (&two, &mut on_two)] {
                pids.iter().try_for_each(|pid| pin(*pid, cores))?;
                let measured = contender.measure(connections, slices.time)?;
                if slice > 0 {
                    figures.add(&measured);
                }
            }
        }
        let ratio = table::ratio(on_two.sample.rate(), on_one.sample.rate());
        table::row(out, &[(*name).to_owned(), table::rate(&on_one), table::rate(&on_two), ratio])?;
    }
    pids.iter().try_for_each(|pid| pin(*pid, &everywhere))
}

/// The cores that this process may use, as Linux writes them: `0-3,8`.
fn allowed() -> Result<String, Error> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(machine("/proc/self/status"))?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    Ok(list.ok_or_else(|| unexpected("no list of allowed cores"))?.trim().to_owned())
}

fn cores() -> Result<Vec<u32>, Error> {
    Ok(list(&allowed()?))
}

fn list(text: &str) -> Vec<u32> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        Some(first..=last)
    };
    text.split(',').filter_map(range).flatten().collect()
}

/// Moves all threads of a process.
fn pin(pid: u32, cores: &str) -> Result<(), Error> {
    let output = Command::new("taskset").args(["-a", "-p", "-c", cores, &pid.to_string()]).output();
    let output = output.map_err(machine("taskset"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(unexpected(format!("taskset: {}", String::from_utf8_lossy(&output.stderr))))
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_of_cores_are_read() {
        assert_eq!(super::list("0-2,8"), [0, 1, 2, 8]);
        assert_eq!(super::list("3"), [3]);
    }
}
