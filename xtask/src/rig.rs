//! `cargo xtask rig`: servers in network namespaces, whose links are cut and whose processes are killed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build;

/// The program, which has the clients of the tests.
const NETWORK: &str = "tests/clients/rig/network.py";

/// The options of `cargo xtask rig`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    rig: Rig,
}

#[derive(clap::Subcommand)]
enum Rig {
    /// Three servers, whose links are cut and whose primary is killed, while a client uses the replica region. Needs root
    Network {
        /// How long
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Repeats the faults of an earlier run, which printed it
        #[arg(long)]
        seed: Option<u32>,
        /// A claviger that is built already; without it, that of the profile dev is built
        #[arg(long)]
        claviger: Option<PathBuf>,
        /// A Python with tests/clients/requirements.txt
        #[arg(long, default_value = "python3")]
        python: PathBuf,
    },
}

/// Runs the rig.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let Rig::Network { seconds, seed, claviger, python } = &arguments.rig;
    let claviger = match claviger {
        // The servers run in other folders.
        Some(claviger) => std::path::absolute(claviger).map_err(|e| format!("{}: {e}", claviger.display()))?,
        None => build::binaries(root, "dev", &["claviger"])?.pop().ok_or("no claviger was built")?,
    };
    let mut program = Command::new(python);
    program.current_dir(root).env("CLAVIGER_BIN", claviger).arg(NETWORK).arg("--seconds").arg(seconds.to_string());
    if let Some(seed) = seed {
        program.arg("--seed").arg(seed.to_string());
    }
    let status = program.status().map_err(|e| format!("{}: {e}", python.display()))?;
    if status.success() { Ok(()) } else { Err(format!("{NETWORK} failed")) }
}
