//! The tasks of the project, as `cargo xtask NAME`. Developers and CI run the same ones.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to the terminal")]

mod bench;
mod build;
mod codegen;
mod compat;
mod instructions;
mod model;
mod policies;
mod rig;
mod signatures;
mod sim;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of the project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One variant and one module for each task.
#[derive(Subcommand)]
enum Task {
    /// Write the service models of crates/claviger-model from the pinned botocore
    Codegen(codegen::Arguments),
    /// Write docs/reference/compatibility.md from the tables of operations
    Compat(compat::Arguments),
    /// Check the code against ARCHITECTURE.md and the glossary
    Tidy,
    /// Measure ready time, memory, replication and latency beside moto_server's
    Bench(bench::Arguments),
    /// Count instructions, allocations and system calls of a request
    Instructions(instructions::Arguments),
    /// Run servers in network namespaces, cut their links and kill them
    Rig(rig::Arguments),
    /// Visit every state of the model of multi-Region keys
    Model(model::Arguments),
    /// Compare the evaluator of policies with its test oracle
    Policies(policies::Arguments),
    /// Simulate regions that replicate over a bad network
    Sim(sim::Arguments),
    /// Change signed requests and check that they verify just if they mean the same
    Signatures(signatures::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Codegen(arguments) => codegen::run(&arguments),
        Task::Compat(arguments) => compat::run(&workspace(), &arguments).map_err(Into::into),
        Task::Tidy => tidy::run(&workspace()).map_err(Into::into),
        Task::Bench(arguments) => bench::run(&workspace(), &arguments).map_err(Into::into),
        Task::Instructions(arguments) => instructions::run(&workspace(), &arguments).map_err(Into::into),
        Task::Rig(arguments) => rig::run(&workspace(), &arguments).map_err(Into::into),
        Task::Model(arguments) => model::run(&arguments),
        Task::Policies(arguments) => policies::run(&arguments),
        Task::Sim(arguments) => sim::run(&arguments),
        Task::Signatures(arguments) => signatures::run(&workspace(), &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn workspace() -> std::path::PathBuf {
    let mut folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}
