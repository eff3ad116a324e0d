//! `cargo xtask bench`: builds Claviger and the program of claviger-bench, and runs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build;

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A claviger that is built already; without it the release build is made first
    #[arg(long)]
    claviger: Option<PathBuf>,
    /// The profile of the builds
    #[arg(long, default_value = "release")]
    profile: String,
    /// Measure the disk of this folder, instead of that of the folder for temporary files
    #[arg(long)]
    disk: Option<PathBuf>,
    /// After the options above, those of crates/claviger-bench/src/main.rs: --short, --plot FILE and others
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    more: Vec<String>,
}

/// Measures and prints tables in Markdown.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let mut packages = vec!["claviger-bench"];
    packages.extend(arguments.claviger.is_none().then_some("claviger"));
    let mut built = build::binaries(root, &arguments.profile, &packages)?.into_iter();
    let bench = built.next().ok_or("no program was built")?;
    let claviger = arguments.claviger.clone().or_else(|| built.next()).ok_or("no claviger was built")?;
    let mut builder = tempfile::Builder::new();
    let folder = builder.prefix("claviger-bench");
    let folder = arguments.disk.as_ref().map_or_else(|| folder.tempdir(), |disk| folder.tempdir_in(disk));
    let folder = folder.map_err(|e| format!("a folder for the measurement: {e}"))?;
    let mut program = Command::new(bench);
    program.arg("--claviger").arg(claviger).arg("--folder").arg(folder.path());
    program.arg("--moto").arg(root.join(".venv/bin")).args(&arguments.more);
    let status = program.status().map_err(|e| format!("claviger-bench: {e}"))?;
    if status.success() { Ok(()) } else { Err("the measurement failed".to_owned()) }
}
