//! The `claviger` command: passes clock, randomness and options to the regions, and prints texts for people.

mod account;
mod audit;
mod bench;
mod cli;
mod config;
mod config_command;
mod demo;
mod dev;
mod drill;
mod environment;
mod export;
mod failover_answer;
mod failover_check_answer;
mod failure;
mod iam;
mod import;
mod init;
mod issuers;
mod lag_answer;
mod operator;
mod outbound_options;
mod output;
mod permission_answers;
mod region;
mod region_failover;
mod server;
mod status;
mod system;
mod transfer;

use std::process::ExitCode;

use clap::Parser;
use claviger_host::WorkerThreads;

use cli::{Cli, Command};
use failure::Failure;

/// In place of the C library's allocator, which took a sixth of the instructions of a request. Its use of huge pages is turned off:
/// it would double the memory of an idle server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let started = system::Stopwatch::start();
    let cli = Cli::parse();
    system::log_to_stderr();
    let outcome = match cli.command {
        Command::Dev(options) => {
            system::raise_descriptor_limit();
            run(dev::WORKER_THREADS, dev::run(*options, started))
        }
        Command::Init(options) => {
            system::protect_memory();
            run(dev::WORKER_THREADS, init::run(*options))
        }
        Command::Server(options) => {
            system::protect_memory();
            run(WorkerThreads::Machine, server::run(options, started))
        }
        Command::Region(options) => run(dev::WORKER_THREADS, region::run(options)),
        Command::Account(options) => run(dev::WORKER_THREADS, account::run(options)),
        Command::Iam(options) => run(dev::WORKER_THREADS, iam::run(options)),
        Command::Operator(command) => operator::run(&command),
        Command::Status(options) => run(dev::WORKER_THREADS, status::run(options)),
        Command::Config(command) => run(dev::WORKER_THREADS, config_command::run(command)),
        Command::Drill(options) => run(dev::WORKER_THREADS, drill::run(options)),
        Command::Audit(command) => run(dev::WORKER_THREADS, audit::run(command)),
        Command::Env(options) => environment::print(&options),
        Command::Import(options) => run(dev::WORKER_THREADS, import::run(options)),
        Command::Export(options) => run(dev::WORKER_THREADS, export::run(options)),
        Command::Bench(options) => bench::run(&options),
        Command::Demo => run(dev::WORKER_THREADS, demo::run()),
        Command::RotationGuard => {
            claviger_rotation::guard_process_group(std::io::stdin().lock());
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::error(&failure);
            failure.exit_code()
        }
    }
}

/// Runs a command that serves or calls.
fn run(threads: WorkerThreads, command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = threads.runtime().map_err(|error| {
        Failure::new("the process's threads do not start", error).then("check the limit of processes: ulimit -u")
    })?;
    runtime.block_on(command)
}
