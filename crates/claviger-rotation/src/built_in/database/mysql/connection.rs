//! Connections to a MySQL or MariaDB server.

use std::io;

use claviger_types::RotationFailure;
use mysql_async::{Conn, DriverError, Error, IoError, OptsBuilder, SslOpts};

use super::super::super::failed;
use super::super::login::{Engine, Login, TlsUse};
use super::super::{Connector, Database, TIME};
use super::ENGINE;
use super::session::MySqlSession;

/// In literals only `'` has a meaning, in names only the grave accent, and characters are what this process means.
const SETTINGS: [&str; 2] = ["SET NAMES utf8mb4", "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'"];

/// Access denied, access denied without a password, and the account is locked, of MySQL and of MariaDB.
const REFUSALS: [u16; 4] = [1045, 1698, 3118, 4151];

/// MySQL or MariaDB.
pub(crate) struct MySql<'a>(pub(crate) Connector<'a>);

impl<'a> Database for MySql<'a> {
    type Session = MySqlSession<'a>;

    fn engine(&self) -> &'static Engine {
        &ENGINE
    }

    fn log_in(&self, login: &Login) -> Result<Option<MySqlSession<'a>>, RotationFailure> {
        let mut outcome = self.connect(login, login.tls != TlsUse::None)?;
        if login.tls == TlsUse::Preferred && outcome.as_ref().is_err_and(is_tls) {
            outcome = self.connect(login, false)?;
        }
        match outcome {
            Ok(conn) => Ok(Some(MySqlSession::new(self.0, conn))),
            Err(Error::Server(error)) if REFUSALS.contains(&error.code) => Ok(None),
            Err(error) => Err(failed(format!("no connection to the database: {}", reason(&error)))),
        }
    }
}

impl MySql<'_> {
    fn connect(&self, login: &Login, with_tls: bool) -> Result<Result<Conn, Error>, RotationFailure> {
        let tls = with_tls.then(|| match self.0.roots {
            Some(pem) => {
                SslOpts::default().with_disable_built_in_roots(true).with_root_certs(vec![pem.to_vec().into()])
            }
            None => SslOpts::default(),
        });
        let options = OptsBuilder::default()
            .ip_or_hostname(login.host.as_str())
            .tcp_port(login.port)
            .user(Some(login.username.as_str()))
            .pass(Some(login.password.expose().as_str()))
            .db_name(login.dbname.as_deref())
            .ssl_opts(tls)
            .prefer_socket(false)
            .stmt_cache_size(0)
            .init(SETTINGS.to_vec())
            // Not asked for: a rotation sends short statements, and ends soon.
            .max_allowed_packet(Some(1 << 24))
            .wait_timeout(usize::try_from(TIME.as_secs()).ok());
        self.0.in_time(Conn::new(options)).ok_or_else(|| failed("no connection to the database in time"))
    }
}

/// Whether the server's certificate or its TLS is the reason.
fn is_tls(error: &Error) -> bool {
    match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) | Error::Io(IoError::Tls(_)) => true,
        Error::Io(IoError::Io(error)) => error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()),
        _ => false,
    }
}

/// A text without values: the server's own texts may quote some.
pub(crate) fn reason(error: &Error) -> String {
    match error {
        Error::Server(error) => format!("error {} ({})", error.code, error.state),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => "the server does not support TLS".to_owned(),
        Error::Driver(DriverError::UnknownAuthPlugin { .. }) => "the user logs in by another plugin".to_owned(),
        Error::Io(IoError::Tls(error)) => error.to_string(),
        Error::Io(IoError::Io(error)) => inner(error),
        _ => "the server's answer is not understood".to_owned(),
    }
}

fn inner(error: &io::Error) -> String {
    error.get_ref().map_or_else(|| error.to_string(), ToString::to_string)
}
