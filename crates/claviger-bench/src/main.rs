//! The program of `cargo xtask bench`: measures a built Claviger and writes tables in Markdown to standard output.
//!
//! It is a program of its own so that the load and the floor are optimised code, whatever the profile of xtask.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the tables are this program's output")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;
use claviger_bench::replication;
use claviger_bench::secrets_manager::Amounts;
use claviger_bench::{
    Error, Rig, Slices, audit, cores, grants, isolation, memory, plot, reads, scale, secrets_manager, short, signing,
    start, writes,
};

/// The secrets of a full store.
const SECRETS: u64 = 100_000;

#[derive(Parser)]
#[command(name = "claviger-bench", about = "Measures Claviger beside a floor and moto_server")]
struct Arguments {
    /// The claviger to measure
    #[arg(long)]
    claviger: PathBuf,
    /// An empty folder on the disk to measure
    #[arg(long)]
    folder: PathBuf,
    /// The folder of moto_server, if it is not on PATH
    #[arg(long, default_value = ".")]
    moto: PathBuf,
    /// Write latency against throughput to this file, as SVG
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Only Claviger in memory beside the floor, in less than a minute
    #[arg(long)]
    short: bool,
    /// Only a full store beside an empty one
    #[arg(long)]
    scale: bool,
    /// Only the latency of Decrypt at half load while the process is busy with something else
    #[arg(long)]
    isolation: bool,
    /// Only the cost of signatures beside the library's own
    #[arg(long)]
    signing: bool,
    /// Only the cost of a request with a key that has 50,000 grants
    #[arg(long)]
    grants: bool,
    /// Only the cost of the audit trail, beside the same server without one
    #[arg(long)]
    audit: bool,
    /// Only Secrets Manager: reads beside Decrypt, a batch beside single reads, pages of 1,000 secrets beside those of a million, an import.
    /// With --short of 10,000. A folder that an earlier run has filled is used again
    #[arg(long)]
    secrets_manager: bool,
    /// Only replication between two servers: lag, hand-over, failover, catch-up, rebuilding, in about four minutes. With --full the sizes of the goals
    #[arg(long)]
    replication: bool,
    /// With --replication: all sizes of the goals, in about an hour
    #[arg(long)]
    full: bool,
    /// With --replication: only this part
    #[arg(long, value_name = "PART", value_parser = claviger_bench::replication::PARTS)]
    part: Option<String>,
    /// Only resident memory over so many requests
    #[arg(long, value_name = "REQUESTS", num_args = 0..=1, default_missing_value = "10000000")]
    memory: Option<u64>,
    /// The keys of the full store
    #[arg(long, default_value_t = 100_000)]
    keys: u64,
    /// The secrets of the full store; without it 100,000, and of the long list a million
    #[arg(long)]
    secrets: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The server's own code without sockets, which only the server's program can call.
fn threads_of_one_process(binary: &Path) -> Result<(), Error> {
    let status = Command::new(binary).args(["bench", "--threads"]).status();
    let status = status.map_err(|error| Error::Machine(binary.display().to_string(), error))?;
    if status.success() { Ok(()) } else { Err(Error::Unexpected("claviger bench --threads failed".to_owned())) }
}

fn print(text: &str) -> Result<(), Error> {
    println!("{text}");
    Ok(())
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let (binary, folder) = (&arguments.claviger, &arguments.folder);
    // The floor is in the same binary, so it has the allocator and the build settings of the server beside it.
    let program = binary.to_string_lossy();
    let floor = [&*program, "bench", "--serve-floor"];
    if arguments.secrets_manager {
        let amounts = if arguments.short { Amounts::SHORT } else { Amounts::FULL };
        let amounts = Amounts { secrets: arguments.secrets.unwrap_or(amounts.secrets), ..amounts };
        return secrets_manager::run(binary, folder, amounts, &mut print);
    }
    if arguments.replication {
        let amounts = if arguments.full { replication::Amounts::FULL } else { replication::Amounts::SHORT };
        return replication::run(binary, folder, &amounts, arguments.part.as_deref(), &mut print);
    }
    if arguments.short {
        let floor = claviger_bench::ServerProcess::start(&floor)?;
        return short::run(&mut claviger_bench::Subject::in_memory(binary)?, &floor, &mut print);
    }
    if arguments.scale {
        return scale::run(
            binary,
            folder,
            (arguments.keys, arguments.secrets.unwrap_or(SECRETS)),
            Slices::FULL,
            &mut print,
        );
    }
    if let Some(requests) = arguments.memory {
        return memory::run(binary, folder, requests, &mut print);
    }
    if arguments.signing {
        return signing::run(binary, Slices::FULL, &mut print);
    }
    if arguments.grants {
        return grants::run(binary, Slices::FULL, &mut print);
    }
    if arguments.audit {
        return audit::run(binary, folder, Slices::FULL, &mut print);
    }
    if arguments.isolation {
        return isolation::run(binary, folder, Slices::FULL, &mut print);
    }
    start::run(binary, folder, &mut print)?;
    let mut rig = Rig::start(binary, folder, &floor, Some(&arguments.moto))?;
    if !rig.has_moto() {
        print(
            "\nSKIPPED the peer: moto_server is neither in .venv/bin nor on PATH. After `./test` has made .venv: \
             .venv/bin/pip install -r tests/clients/bench-requirements.txt",
        )?;
    }
    reads::run(&mut rig, &[1, 16, 64], Slices::FULL, &mut print)?;
    reads::users(&rig, 16, Slices::FULL, &mut print)?;
    cores::run(&mut rig, 16, Slices::FULL, &mut print)?;
    threads_of_one_process(binary)?;
    writes::run(&rig, &[1, 16, 64], Slices::FULL, &mut print)?;
    if let Some(path) = &arguments.plot {
        let svg = plot::run(&mut rig, Slices::FULL)?;
        std::fs::write(path, svg).map_err(|error| Error::Machine(path.display().to_string(), error))?;
    }
    Ok(())
}
