//! A PostgreSQL server of a test's own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::databases::{certificates, say_skipped};

/// The password of the role `admin`, which may do everything.
pub(crate) const ADMIN_PASSWORD: &str = "admin-password";

/// Whether the server takes connections with TLS, without, or with either.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepts {
    Tls,
    Plain,
    Both,
}

/// A server on a port of this machine. It ends with the value.
pub(crate) struct PostgresServer {
    folder: TempDir,
    programs: PathBuf,
    process: Child,
    pub(crate) port: u16,
}

impl PostgresServer {
    /// None, and a line on the error output, if PostgreSQL is not installed.
    pub(crate) fn start(accepts: Accepts) -> Option<PostgresServer> {
        let Some(programs) = programs() else {
            say_skipped("there is no PostgreSQL under /usr/lib/postgresql, so its rotation is NOT tested");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), ADMIN_PASSWORD).unwrap();
        certificates(folder.path());
        give_away(folder.path());
        let data = folder.path().join("data");
        let mut initdb = as_server(&programs.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "admin", "-A", "scram-sha-256", "--no-sync", "--no-locale"]);
        initdb.arg("--pwfile").arg(folder.path().join("password"));
        let output = initdb.current_dir("/").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let kind = match accepts {
            Accepts::Tls => "hostssl",
            Accepts::Plain => "hostnossl",
            Accepts::Both => "host",
        };
        fs::write(data.join("pg_hba.conf"), format!("{kind} all all 127.0.0.1/32 scram-sha-256\n")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = as_server(&programs.join("postgres"));
        server.arg("-D").arg(&data).current_dir("/");
        let tls = if accepts == Accepts::Plain { "off" } else { "on" };
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("ssl={tls}"),
            format!("ssl_cert_file={}", folder.path().join("server.pem").display()),
            format!("ssl_key_file={}", folder.path().join("server.key").display()),
            format!("unix_socket_directories={}", folder.path().display()),
            "fsync=off".to_owned(),
            "log_statement=all".to_owned(),
            "log_min_error_statement=debug1".to_owned(),
        ] {
            server.arg("-c").arg(setting);
        }
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let process = server.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = PostgresServer { folder, programs, process, port };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        let ready = || {
            let mut asks = Command::new(self.programs.join("pg_isready"));
            asks.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status().unwrap().success()
        };
        // Each question takes some milliseconds.
        assert!((0..5000).any(|_| ready()), "the server does not start: {}", self.log());
    }

    /// Runs statements as a role, and gives what they print. The error names the SQLSTATE.
    pub(crate) fn sql_as(&self, user: &str, password: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-d", "postgres"]);
        psql.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", user, "-c", sql]);
        psql.env("PGPASSWORD", password);
        let output = psql.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    pub(crate) fn sql(&self, sql: &str) -> String {
        self.sql_as("admin", ADMIN_PASSWORD, sql).unwrap()
    }

    /// What the server has logged. All statements are.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The file of the authority that signed the server's certificate, whose name is `localhost`.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

/// The folder of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").exists());
    folders.sort();
    folders.pop()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A program as an ordinary user: the server refuses to run as root.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn give_away(folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg("-R").arg("postgres:postgres").arg(folder).status().unwrap();
        assert!(given.success());
    }
}
