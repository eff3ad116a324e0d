//! The servers that are measured, each a process of its own on a free port.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; it is killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts Claviger with its default three regions. Returns when it has printed `Ready`.
    pub(crate) fn claviger(binary: &Path, more: &[&str]) -> Result<Server, String> {
        let mut child = Command::new(binary)
            .args(["dev", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", binary.display()))?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut address = None;
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|e| e.to_string())?;
            if let Some((_, rest)) = line.split_once("http://") {
                address.get_or_insert_with(|| rest.split(['/', ' ']).next().unwrap_or_default().to_owned());
            }
            if line.starts_with("Ready") {
                let address = address.ok_or("the banner names no endpoint")?;
                return Ok(Server { child, address });
            }
        }
        Err("claviger ended before it was ready".to_owned())
    }

    /// moto_server, if it is installed.
    pub(crate) fn moto(root: &Path) -> Result<Option<Server>, String> {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?.port();
        let local = root.join(".venv/bin/moto_server");
        let program = if local.is_file() { local } else { PathBuf::from("moto_server") };
        let spawned = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = spawned else { return Ok(None) };
        let server = Server { child, address: format!("127.0.0.1:{port}") };
        let begun = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("moto_server did not listen within 60 s".to_owned());
            }
            std::thread::yield_now();
        }
        Ok(Some(server))
    }

    /// Resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64, String> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().map_err(|_| "VmRSS is not a number")?;
        Ok(kib / 1024.0)
    }
}

/// Builds the release binary and returns its path.
pub(crate) fn build_release(root: &Path) -> Result<PathBuf, String> {
    let output = Command::new("cargo")
        .args(["build", "--release", "--package", "claviger", "--message-format", "json-render-diagnostics"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo build: {e}"))?;
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut executables = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let path = executables.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    path.ok_or_else(|| "cargo build gave no executable".to_owned())
}
