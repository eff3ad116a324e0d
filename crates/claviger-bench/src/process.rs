//! The servers that are measured. Each is a process of its own on a free port.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::error::{Error, machine, unexpected};
use crate::time;

/// The unit of processor time in `/proc/PID/stat`. Linux fixes it to 1/100 s for all processors that Claviger is built for.
const TICK: Duration = Duration::from_millis(10);

/// A running server. It is killed when dropped.
pub struct ServerProcess {
    child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl ServerProcess {
    /// Runs a command line that prints its address as a URL and then a line that begins with `Ready`. Returns when it has.
    ///
    /// # Errors
    ///
    /// The program does not start, or ends before it is ready.
    pub fn start(line: &[&str]) -> Result<ServerProcess, Error> {
        ServerProcess::start_logging(line, Stdio::null())
    }

    /// [`ServerProcess::start`], with the program's standard error.
    pub(crate) fn start_logging(line: &[&str], log: Stdio) -> Result<ServerProcess, Error> {
        let (program, arguments) = line.split_first().ok_or_else(|| unexpected("an empty command line"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(machine(*program))?;
        let output = child.stdout.take().ok_or_else(|| unexpected("a server without output"))?;
        let mut server = ServerProcess { child, address: String::new() };
        for line in BufReader::new(output).lines() {
            let line = line.map_err(machine(*program))?;
            if let Some((_, rest)) = line.split_once("http://")
                && server.address.is_empty()
            {
                server.address = rest.split(['/', ' ']).next().unwrap_or_default().to_owned();
            }
            if line.starts_with("Ready") {
                return Ok(server);
            }
        }
        Err(unexpected(format!("{} ended before it was ready", line.join(" "))))
    }

    /// Runs `claviger dev` with its default regions, and more arguments.
    ///
    /// # Errors
    ///
    /// As [`ServerProcess::start`].
    pub fn claviger(binary: &Path, more: &[&str]) -> Result<ServerProcess, Error> {
        let binary = binary.to_string_lossy();
        let mut line = vec![&*binary, "dev", "--listen", "127.0.0.1:0"];
        line.extend(more);
        ServerProcess::start(&line)
    }

    /// Runs moto_server, from a folder or from PATH. None: it is not installed.
    ///
    /// # Errors
    ///
    /// It does not listen in time.
    pub fn moto(folder: &Path) -> Result<Option<ServerProcess>, Error> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(machine("a free port"))?.port();
        let local = folder.join("moto_server");
        let program = if local.is_file() { local } else { PathBuf::from("moto_server") };
        let spawned = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = spawned else { return Ok(None) };
        let server = ServerProcess { child, address: format!("127.0.0.1:{port}") };
        let begun = time::instant();
        while TcpStream::connect(&server.address).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(unexpected("moto_server did not listen within 60 s"));
            }
            time::sleep(Duration::from_millis(20));
        }
        Ok(Some(server))
    }

    /// The id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks the process to end, with SIGTERM, and waits for its end.
    ///
    /// # Errors
    ///
    /// There is no program `kill`.
    pub fn stop(mut self) -> Result<(), Error> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().map_err(machine("kill"))?;
        self.child.wait().map_err(machine("waiting for a server"))?;
        Ok(())
    }

    /// The processor time that the process has used, in user and kernel mode.
    ///
    /// # Errors
    ///
    /// The process is gone, or this is not Linux.
    pub fn cpu(&self) -> Result<Duration, Error> {
        cpu_of(self.pid())
    }

    /// Resident memory in MiB.
    ///
    /// # Errors
    ///
    /// The process is gone, or this is not Linux.
    pub fn resident_mib(&self) -> Result<f64, Error> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        Ok(kib.ok_or_else(|| unexpected("no VmRSS"))? / 1024.0)
    }

    fn proc(&self, file: &str) -> Result<String, Error> {
        proc(self.pid(), file)
    }
}

/// The processor time that a process has used.
pub(crate) fn cpu_of(pid: u32) -> Result<Duration, Error> {
    let stat = proc(pid, "stat")?;
    // The second field is the name in parentheses, which may hold spaces. User and system time are the 14th and 15th.
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u32 = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}

fn proc(pid: u32, file: &str) -> Result<String, Error> {
    let path = format!("/proc/{pid}/{file}");
    std::fs::read_to_string(&path).map_err(machine(path))
}
