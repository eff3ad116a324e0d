//! A MariaDB server of a test's own.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use tempfile::TempDir;

use crate::databases::{certificates, say_skipped};

/// The password of the user `admin`, who may do everything.
pub(crate) const ADMIN_PASSWORD: &str = "admin-password";

/// Finds the server, and brings Debian's packages where it is not installed.
const FINDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients/support/mariadb.py");

/// A server on a port of this machine. It ends with the value.
pub(crate) struct MySqlServer {
    folder: TempDir,
    process: Child,
    pub(crate) port: u16,
}

impl MySqlServer {
    /// None, and a line on the error output, if there is no MariaDB and it cannot be brought.
    pub(crate) fn start(with_tls: bool) -> Option<MySqlServer> {
        let programs = Programs::find()?;
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        programs.make_data(&data);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let mut server = programs.server(&data);
        server.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--general-log=1"]);
        server.arg(format!("--port={port}")).arg(format!("--socket={}", file("socket")));
        server.arg(format!("--pid-file={}", file("pid"))).arg(format!("--general-log-file={}", file("statements")));
        if with_tls {
            server.arg(format!("--ssl-cert={}", file("server.pem"))).arg(format!("--ssl-key={}", file("server.key")));
        }
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let process = server.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = MySqlServer { folder, process, port };
        let ready = || {
            std::thread::yield_now();
            server.sql_as("admin", ADMIN_PASSWORD, "SELECT 1").is_ok()
        };
        assert!((0..100_000).any(|_| ready()), "the server does not start: {}", server.log("log"));
        Some(server)
    }

    /// Runs a statement as a user, and gives the first column of its rows.
    pub(crate) fn sql_as(&self, user: &str, password: &str, sql: &str) -> Result<Vec<String>, String> {
        let options = OptsBuilder::default().ip_or_hostname("127.0.0.1").tcp_port(self.port).prefer_socket(false);
        let options = options.user(Some(user)).pass(Some(password));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(async {
            let mut conn = Conn::new(options).await?;
            let rows = conn.query::<String, _>(sql).await;
            conn.disconnect().await?;
            rows
        });
        answer.map_err(|error| error.to_string())
    }

    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        self.sql_as("admin", ADMIN_PASSWORD, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// What the server has written into a file. All statements are in `statements`.
    pub(crate) fn log(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join(name)).unwrap()).into_owned()
    }

    /// The file of the authority that signed the server's certificate, whose name is `localhost`.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

impl Drop for MySqlServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the server and its files are.
struct Programs {
    root: PathBuf,
    libraries: String,
}

impl Programs {
    fn find() -> Option<Programs> {
        let output = Command::new("python3").arg(FINDER).output().unwrap();
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            say_skipped(&format!("there is no MariaDB, so its rotation is NOT tested: {}", why.trim()));
            return None;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let (root, libraries) = text.trim_end_matches('\n').split_once('\n').unwrap_or((text.trim(), ""));
        Some(Programs { root: root.into(), libraries: libraries.to_owned() })
    }

    fn server(&self, data: &Path) -> Command {
        let share = self.root.join("usr/share/mysql");
        let mut server = Command::new(self.root.join("usr/sbin/mariadbd"));
        server.args(["--no-defaults", "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M"]);
        server.arg("--innodb-flush-log-at-trx-commit=0");
        // A server that starts removes the temporary tables of other servers in the same folder.
        server.arg(format!("--tmpdir={}", data.parent().unwrap().display()));
        server.arg(format!("--basedir={}", self.root.join("usr").display()));
        server.arg(format!("--lc-messages-dir={}", share.display())).arg(format!("--datadir={}", data.display()));
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            // The server refuses to run as root by accident.
            server.arg("--user=root");
        }
        if !self.libraries.is_empty() {
            server.env("LD_LIBRARY_PATH", &self.libraries);
        }
        server
    }

    fn make_data(&self, data: &Path) {
        let mut sql = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n".to_owned();
        for name in ["mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"] {
            sql.push_str(&fs::read_to_string(self.root.join("usr/share/mysql").join(name)).unwrap());
        }
        sql.push_str(&format!(
            "FLUSH PRIVILEGES;\nCREATE USER admin@'%' IDENTIFIED BY '{ADMIN_PASSWORD}';\n\
             GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;\n"
        ));
        let mut bootstrap = self.server(data);
        bootstrap.arg("--bootstrap").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = bootstrap.spawn().unwrap();
        process.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
