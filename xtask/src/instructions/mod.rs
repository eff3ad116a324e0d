//! `cargo xtask instructions`: instructions, allocations and system calls of one request. Times depend on the machine and on its
//! other work. Instructions do not, so continuous integration compares them with committed figures.

mod baseline;
mod callgrind;
mod strace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use claviger_bench::{Signer, Workload};

use crate::build;
use baseline::{Baseline, Figures};
use callgrind::{Count, Counted};
use strace::Traced;

/// The committed figures.
const FILE: &str = "bench/instructions.json";

/// The rows in memory. With `--data`, the two that reach every part of the store are enough.
const IN_MEMORY: [(&str, Workload, Signer); 9] = [
    ("Decrypt", Workload::Decrypt, Signer::Root),
    ("Decrypt as an IAM user with ten policies", Workload::Decrypt, Signer::User),
    ("Encrypt", Workload::Encrypt, Signer::Root),
    ("GenerateDataKey", Workload::GenerateDataKey, Signer::Root),
    ("GetSecretValue", Workload::GetSecretValue, Signer::Root),
    ("DescribeKey", Workload::DescribeKey, Signer::Root),
    ("ListAliases", Workload::ListAliases, Signer::Root),
    ("DescribeSecret", Workload::DescribeSecret, Signer::Root),
    ("GetCallerIdentity", Workload::GetCallerIdentity, Signer::Root),
];
const WITH_DATA: [(&str, Workload, Signer); 2] = [
    ("Decrypt with --data", Workload::Decrypt, Signer::Root),
    ("GetSecretValue with --data", Workload::GetSecretValue, Signer::Root),
];

/// The options of `cargo xtask instructions`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail if a figure is more than 5 % above bench/instructions.json
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Write bench/instructions.json
    #[arg(long)]
    write: bool,
    /// A claviger that is built already; without it `--profile counting` is built first: a release with symbols
    #[arg(long)]
    claviger: Option<PathBuf>,
}

/// Counts and prints a table in Markdown.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let Some(valgrind) = callgrind::version() else {
        let skipped = "SKIPPED: instructions are not counted, because valgrind is not installed";
        println!("{skipped}");
        // A check that continuous integration cannot make is no failure. A baseline that was asked for is.
        return if arguments.write { Err(skipped.to_owned()) } else { Ok(()) };
    };
    let binary = match &arguments.claviger {
        Some(path) => path.clone(),
        None => build::binaries(root, "counting", &["claviger"])?.remove(0),
    };
    let new = Baseline { valgrind, rows: count(&binary)? };
    let path = root.join(FILE);
    if arguments.write {
        return new.write(&path);
    }
    if !arguments.check {
        return Ok(());
    }
    let old = Baseline::read(&path)?;
    if old.valgrind != new.valgrind {
        println!("NOTE: {FILE} was counted by {}, and this is {}", old.valgrind, new.valgrind);
    }
    let alarms = old.alarms(&new);
    if alarms.is_empty() {
        return Ok(());
    }
    let next = "If the growth is worth it, say why in bench/NOTES.md and run `cargo xtask instructions --write`.";
    Err(format!("{}\n{next}", alarms.join("\n")))
}

fn count(binary: &Path) -> Result<BTreeMap<String, Figures>, String> {
    let traces = strace::is_installed();
    if !traces {
        println!("SKIPPED: system calls are not counted, because strace is not installed");
    }
    println!("| One request | Instructions | Allocations | System calls |\n| --- | --- | --- | --- |");
    let mut rows = BTreeMap::new();
    count_kind(binary, &IN_MEMORY, false, traces, &mut rows)?;
    count_kind(binary, &WITH_DATA, true, traces, &mut rows)?;
    Ok(rows)
}

/// Counts operations of one kind of storage. The two servers, one under valgrind and one for strace, serve all of them.
fn count_kind(
    binary: &Path,
    operations: &[(&str, Workload, Signer)],
    data: bool,
    traces: bool,
    rows: &mut BTreeMap<String, Figures>,
) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let stored = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (counted, traced) = (stored("counted"), stored("traced"));
    let arguments = |stored| if data { vec!["--data", stored] } else { Vec::new() };
    let mut counted = Counted::start(binary, folder.path(), &arguments(&counted))?;
    let mut traced = if traces { Some(Traced::start(binary, &arguments(&traced))?) } else { None };
    for (name, operation, caller) in operations {
        let Count { instructions, allocations } = counted.count(*operation, *caller)?;
        let system_calls = traced.as_mut().map(|t| t.count(*operation, *caller, folder.path())).transpose()?;
        let shown = system_calls.map_or("-".to_owned(), |calls| format!("{calls:.1}"));
        println!("| {name} | {instructions} | {allocations} | {shown} |");
        rows.insert((*name).to_owned(), Figures { instructions, allocations, system_calls });
    }
    Ok(())
}
