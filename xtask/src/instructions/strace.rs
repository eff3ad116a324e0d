//! System calls of a server, counted by strace.

use std::path::Path;
use std::process::{Command, Stdio};

use claviger_bench::{REGION, ServerProcess, Signer, Subject, Workload};

const WARM_UP: usize = 40;
const COUNTED: usize = 200;

/// A server whose system calls can be counted.
pub(super) struct Traced(Subject);

impl Traced {
    /// Starts the server and gives it its fixtures.
    pub(super) fn start(binary: &Path, more: &[&str]) -> Result<Traced, String> {
        let arguments: Vec<&str> = ["--region", REGION].iter().chain(more).copied().collect();
        let server = ServerProcess::claviger(binary, &arguments).map_err(|e| e.text())?;
        Subject::new("traced", server).and_then(Subject::with_user).map(Traced).map_err(|e| e.text())
    }

    /// System calls of one request of an operation.
    pub(super) fn count(&mut self, operation: Workload, caller: Signer, folder: &Path) -> Result<f64, String> {
        self.call(operation, caller, WARM_UP)?;
        let pid = self.0.server.as_ref().map(ServerProcess::pid).unwrap_or_default().to_string();
        let output = folder.join("strace.out");
        let mut tracer = Command::new("strace")
            .args(["-f", "-c", "-p", &pid, "-o"])
            .arg(&output)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("strace: {e}"))?;
        self.attached(&pid)?;
        let called = self.call(operation, caller, COUNTED);
        let interrupted = Command::new("kill").args(["-INT", &tracer.id().to_string()]).status();
        interrupted.and_then(|_| tracer.wait()).map_err(|e| format!("strace: {e}"))?;
        called?;
        let table = std::fs::read_to_string(&output).map_err(|e| format!("{}: {e}", output.display()))?;
        let total = total(&table).ok_or("strace gave no total; may this user trace processes?")?;
        Ok((total as f64 / COUNTED as f64 * 10.0).round() / 10.0)
    }

    /// Waits until every thread of the process is traced, by calling it in between.
    fn attached(&mut self, pid: &str) -> Result<(), String> {
        for _ in 0..10_000 {
            let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).map_err(|e| format!("/proc/{pid}/task: {e}"))?;
            let traced = |path: &Path| {
                let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
                !status.contains("TracerPid:\t0\n")
            };
            if tasks.filter_map(Result::ok).all(|task| traced(&task.path())) {
                return Ok(());
            }
            self.call(Workload::GetCallerIdentity, Signer::Root, 1)?;
        }
        Err("strace does not attach to the server's threads".to_owned())
    }

    fn call(&mut self, operation: Workload, caller: Signer, requests: usize) -> Result<(), String> {
        for _ in 0..requests {
            let request = self.0.request(operation, caller).map_err(|e| e.text())?;
            self.0.client.exchange(&request).map_err(|e| e.text())?;
        }
        Ok(())
    }
}

/// Whether strace is installed.
pub(super) fn is_installed() -> bool {
    Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success())
}

/// The calls in the last line of strace's table: `100.00 0.001 5 1234 10 total`, where the column of errors may be empty.
fn total(table: &str) -> Option<u64> {
    let line = table.lines().find(|line| line.ends_with(" total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_total_is_found() {
        let table =
            "% time seconds usecs/call calls errors syscall\n 60.00 0.1 5 900 futex\n100.00 0.2 4 1234 7 total\n";
        assert_eq!(super::total(table), Some(1234));
        assert_eq!(super::total("100.00 0.2 4 1234 total\n"), Some(1234));
        assert_eq!(super::total(""), None);
    }
}
