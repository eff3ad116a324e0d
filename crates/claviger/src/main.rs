//! The `claviger` command: wires clock, randomness and regions together, and talks to people.

mod cli;
mod demo;
mod dev;
mod environment;
mod failure;
mod output;
mod system;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::Failure;

fn main() -> ExitCode {
    let started = system::Stopwatch::start();
    let cli = Cli::parse();
    system::log_to_stderr();
    let outcome = match cli.command {
        Command::Dev(options) => run(dev::run(options, started)),
        Command::Env(options) => environment::print(&options),
        Command::Demo => run(demo::run()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::error(&failure);
            failure.exit_code()
        }
    }
}

/// Runs a command that serves or calls. Two threads are enough for what one process is asked, and memory is counted.
fn run(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new("the process's threads do not start", error).then("check the limit of processes: ulimit -u")
    })?;
    runtime.block_on(command)
}
