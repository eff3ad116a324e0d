//! Builds binaries of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Builds the binaries of some packages with a profile and returns their paths in the order of `packages`.
pub(crate) fn binaries(root: &Path, profile: &str, packages: &[&str]) -> Result<Vec<PathBuf>, String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--profile", profile, "--message-format", "json-render-diagnostics"]);
    cargo.args(packages.iter().flat_map(|package| ["--package", package]));
    let output = cargo.current_dir(root).stderr(Stdio::inherit()).output().map_err(|e| format!("cargo build: {e}"))?;
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages: Vec<serde_json::Value> =
        messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let path = |package: &&str| {
        let paths = messages.iter().filter_map(|message| message.get("executable")?.as_str()).map(PathBuf::from);
        let found = paths.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == *package));
        found.ok_or_else(|| format!("cargo build made no {package}"))
    };
    packages.iter().map(path).collect()
}
