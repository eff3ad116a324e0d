//! Instructions and allocations of a server, counted by valgrind's callgrind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use claviger_bench::{REGION, ServerProcess, Signer, Subject, Workload};

/// Requests before those that count: they fill caches and let valgrind translate the code.
const WARM_UP: usize = 40;
/// The requests that count.
const COUNTED: usize = 100;

/// The functions that allocate: of the C library, and of allocators that replace it.
const ALLOCATING: [&str; 12] = [
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
    "memalign",
    "mi_malloc",
    "mi_malloc_aligned",
    "mi_zalloc",
    "mi_zalloc_aligned",
    "mi_realloc",
    "mi_realloc_aligned",
];

/// The figures of one request.
pub(super) struct Count {
    pub(super) instructions: u64,
    pub(super) allocations: u64,
}

/// A server that runs under callgrind.
pub(super) struct Counted {
    subject: Subject,
    output: PathBuf,
    dumps: usize,
}

impl Counted {
    /// Starts the server, without counting, and gives it its fixtures.
    pub(super) fn start(binary: &Path, folder: &Path, more: &[&str]) -> Result<Counted, String> {
        let output = folder.join("callgrind.out");
        let option = format!("--callgrind-out-file={}", output.display());
        let binary = binary.to_string_lossy();
        let mut line = vec!["valgrind", "--tool=callgrind", "--instr-atstart=no", &option, &binary];
        line.extend(["dev", "--listen", "127.0.0.1:0", "--region", REGION]);
        line.extend(more);
        let server = ServerProcess::start(&line).map_err(|e| e.text())?;
        let subject = Subject::new("counted", server).and_then(Subject::with_user).map_err(|e| e.text())?;
        let counted = Counted { subject, output, dumps: 0 };
        counted.control(&["instrumentation", "on"])?;
        Ok(counted)
    }

    /// The figures of one operation.
    pub(super) fn count(&mut self, operation: Workload, caller: Signer) -> Result<Count, String> {
        self.call(operation, caller, WARM_UP)?;
        self.control(&["zero"])?;
        self.call(operation, caller, COUNTED)?;
        self.control(&["dump"])?;
        self.dumps += 1;
        let path = format!("{}.{}", self.output.display(), self.dumps);
        let dump = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let (instructions, allocations) = read(&dump).ok_or_else(|| format!("{path} has no total"))?;
        Ok(Count { instructions: instructions / COUNTED as u64, allocations: allocations / COUNTED as u64 })
    }

    /// Signs each request anew: under valgrind, a server may take longer than a signature is valid.
    fn call(&mut self, operation: Workload, caller: Signer, requests: usize) -> Result<(), String> {
        for _ in 0..requests {
            let request = self.subject.request(operation, caller).map_err(|e| e.text())?;
            self.subject.client.exchange(&request).map_err(|e| e.text())?;
        }
        Ok(())
    }

    fn control(&self, command: &[&str]) -> Result<(), String> {
        let pid = self.subject.server.as_ref().map(ServerProcess::pid).unwrap_or_default();
        let output = Command::new("vgdb").arg(format!("--pid={pid}")).args(command).output();
        let output = output.map_err(|e| format!("vgdb: {e}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("vgdb {}: {text}", command.join(" "))) }
    }
}

/// The version of valgrind. None: it is not installed.
pub(super) fn version() -> Option<String> {
    let output = Command::new("valgrind").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The total of instructions, and the number of calls of allocating functions, of a dump in callgrind's format.
/// Source: <https://valgrind.org/docs/manual/cl-format.html>.
fn read(dump: &str) -> Option<(u64, u64)> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut total, mut allocations, mut allocates) = (None, 0, false);
    for line in dump.lines() {
        if let Some(name) = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn=")) {
            // A name is written once, after its number, and then only the number.
            let (number, name) = name.split_once(' ').unwrap_or((name, ""));
            let name = if name.is_empty() { names.get(number).copied().unwrap_or_default() } else { name };
            names.insert(number, name);
            // Recursion and several threads add a suffix.
            allocates = ALLOCATING.contains(&name.split('\'').next().unwrap_or_default());
        } else if let Some(calls) = line.strip_prefix("calls=") {
            let calls = calls.split(' ').next().and_then(|calls| calls.parse::<u64>().ok()).unwrap_or(0);
            allocations += if allocates { calls } else { 0 };
        } else if let Some(sum) = line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")) {
            total = sum.trim().parse().ok();
        }
    }
    total.map(|total| (total, allocations))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_dump_is_read() {
        let dump = "events: Ir\nfn=(1) main\n1 5\ncfn=(2) malloc\ncalls=3 0\n1 90\ncfn=(3) free\ncalls=3 0\n1 9\n\
                    fn=(4) other\ncfn=(2)\ncalls=4 0\n2 80\ntotals: 1234\n";
        assert_eq!(super::read(dump), Some((1234, 7)));
        assert_eq!(super::read("events: Ir\n"), None);
    }
}
