//! Connections to a PostgreSQL server, and the statements that change roles.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use claviger_types::{RotationFailure, Sensitive};
use postgres_protocol::password::scram_sha_256;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error};

use super::super::failed;
use super::login::{Login, TlsUse};
use super::tls::Tls;

/// The time to connect and log in, and the time for a statement.
const TIME: Duration = Duration::from_secs(20);

/// What connections to servers need.
pub(crate) struct Server<'a> {
    pub(crate) runtime: &'a Runtime,
    /// Certificates, as PEM. None: Mozilla's list.
    pub(crate) roots: Option<&'a [u8]>,
}

/// A role's connection.
pub(crate) struct Session<'a> {
    runtime: &'a Runtime,
    client: Client,
}

impl<'a> Server<'a> {
    /// Logs in. None if the server refuses the name or the password.
    pub(crate) fn log_in(&self, login: &Login) -> Result<Option<Session<'a>>, RotationFailure> {
        let tls = Tls::new(self.roots).map_err(failed)?;
        let mode = match login.tls {
            TlsUse::Preferred => SslMode::Prefer,
            TlsUse::Required => SslMode::Require,
            TlsUse::None => SslMode::Disable,
        };
        let mut outcome = self.connect(login, tls.clone(), mode)?;
        if login.tls == TlsUse::Preferred && outcome.as_ref().is_err_and(is_tls) {
            outcome = self.connect(login, tls, SslMode::Disable)?;
        }
        match outcome {
            Ok(client) => Ok(Some(Session { runtime: self.runtime, client })),
            Err(error) if is_refusal(&error) => Ok(None),
            Err(error) => Err(failed(format!("no connection to the database: {}", reason(&error)))),
        }
    }

    fn connect(&self, login: &Login, tls: Tls, mode: SslMode) -> Result<Result<Client, Error>, RotationFailure> {
        let mut config = Config::new();
        config.host(&login.host).port(login.port).dbname(&login.dbname).user(&login.username);
        config.password(login.password.expose()).ssl_mode(mode).connect_timeout(TIME);
        config.application_name("claviger-rotation");
        self.runtime.block_on(async {
            let connected = timeout(TIME, config.connect(tls)).await;
            let connected = connected.map_err(|_| failed("no connection to the database in time"))?;
            Ok(connected.map(|(client, connection)| {
                // It ends when the client is dropped, or with the runtime.
                tokio::spawn(connection);
                client
            }))
        })
    }
}

impl Session<'_> {
    /// Whether the session can be used.
    pub(crate) fn check(&self) -> Result<(), RotationFailure> {
        self.execute("SELECT 1")
    }

    pub(crate) fn role_exists(&self, name: &str) -> Result<bool, RotationFailure> {
        let rows = self.in_time(self.client.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", &[&name]))?;
        Ok(!rows.is_empty())
    }

    /// Changes a password. A role may do that for itself.
    pub(crate) fn set_password(&self, role: &str, password: &Sensitive<String>) -> Result<(), RotationFailure> {
        self.execute(&format!("ALTER ROLE {} PASSWORD {}", identifier(role), verifier(password)))
    }

    /// Changes the password of another role, which may log in afterwards.
    pub(crate) fn admit(&self, role: &str, password: &Sensitive<String>) -> Result<(), RotationFailure> {
        self.execute(&format!("ALTER ROLE {} WITH LOGIN PASSWORD {}", identifier(role), verifier(password)))
    }

    /// Makes a role that is a member of another and has its permissions. Both statements are one transaction.
    pub(crate) fn clone_role(&self, of: &str, role: &str, password: &Sensitive<String>) -> Result<(), RotationFailure> {
        let (of, role) = (identifier(of), identifier(role));
        let password = verifier(password);
        self.execute(&format!("CREATE ROLE {role} WITH LOGIN INHERIT PASSWORD {password}; GRANT {of} TO {role}"))
    }

    fn execute(&self, sql: &str) -> Result<(), RotationFailure> {
        self.in_time(self.client.batch_execute(sql))
    }

    fn in_time<T>(&self, statement: impl Future<Output = Result<T, Error>>) -> Result<T, RotationFailure> {
        match self.runtime.block_on(async { timeout(TIME, statement).await }) {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(failed(format!("the database refuses a statement: {}", reason(&error)))),
            Err(_) => Err(failed("the database does not answer in time")),
        }
    }
}

/// A quoted identifier.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A literal with the SCRAM-SHA-256 verifier of a password: letters, digits and `$+/:=`.
fn verifier(password: &Sensitive<String>) -> String {
    format!("'{}'", scram_sha_256(password.expose().as_bytes()).replace('\'', "''"))
}

fn is_refusal(error: &Error) -> bool {
    let refusals = [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION];
    error.code().is_some_and(|code| refusals.contains(code))
}

/// Whether the server's certificate or its TLS is the reason.
fn is_tls(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<rustls::Error>())
}

/// A text without values: the server's own texts may quote some.
fn reason(error: &Error) -> String {
    match (error.code(), error.source()) {
        (Some(code), _) => format!("SQLSTATE {}", code.code()),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_verifiers_cannot_end_their_quotes() {
        assert_eq!(identifier("a\"; DROP ROLE b; --"), "\"a\"\"; DROP ROLE b; --\"");
        let literal = verifier(&Sensitive::new("a'b\\c\" €".to_owned()));
        let inner = literal.strip_prefix("'SCRAM-SHA-256$4096:").and_then(|rest| rest.strip_suffix('\'')).unwrap();
        assert!(inner.chars().all(|c| c.is_ascii_alphanumeric() || "$+/:=".contains(c)), "{inner}");
    }
}
