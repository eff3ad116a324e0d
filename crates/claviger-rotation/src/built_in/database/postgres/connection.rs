//! Connections to a PostgreSQL server, and the statements that change roles.

use std::error::Error as _;
use std::io;

use claviger_types::{RotationFailure, Sensitive};
use postgres_protocol::password::scram_sha_256;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error};

use super::super::super::failed;
use super::super::login::{Engine, Login, TlsUse};
use super::super::{Connector, Database, Session, TIME};
use super::ENGINE;
use super::tls::Tls;

/// The database of a value that names none.
const DATABASE: &str = "postgres";

/// PostgreSQL.
pub(crate) struct Postgres<'a>(pub(crate) Connector<'a>);

/// A role's connection.
pub(crate) struct PostgresSession<'a> {
    connector: Connector<'a>,
    client: Client,
}

impl<'a> Database for Postgres<'a> {
    type Session = PostgresSession<'a>;

    fn engine(&self) -> &'static Engine {
        &ENGINE
    }

    fn log_in(&self, login: &Login) -> Result<Option<PostgresSession<'a>>, RotationFailure> {
        let tls = Tls::new(self.0.roots).map_err(failed)?;
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
            Ok(client) => Ok(Some(PostgresSession { connector: self.0, client })),
            Err(error) if is_refusal(&error) => Ok(None),
            Err(error) => Err(failed(format!("no connection to the database: {}", reason(&error)))),
        }
    }
}

impl Postgres<'_> {
    fn connect(&self, login: &Login, tls: Tls, mode: SslMode) -> Result<Result<Client, Error>, RotationFailure> {
        let mut config = Config::new();
        config
            .host(&login.host)
            .port(login.port)
            .dbname(login.dbname.as_deref().unwrap_or(DATABASE))
            .user(&login.username);
        config.password(login.password.expose()).ssl_mode(mode).connect_timeout(TIME);
        config.application_name("claviger-rotation");
        let connected = self.0.in_time(config.connect(tls));
        let connected = connected.ok_or_else(|| failed("no connection to the database in time"))?;
        Ok(connected.map(|(client, connection)| {
            // It ends when the client is dropped, or with the runtime.
            self.0.runtime.spawn(connection);
            client
        }))
    }
}

impl Session for PostgresSession<'_> {
    fn check(&mut self) -> Result<(), RotationFailure> {
        self.execute("SELECT 1")
    }

    /// A role may do that for itself.
    fn set_own_password(&mut self, login: &Login) -> Result<(), RotationFailure> {
        let (role, password) = (identifier(&login.username), verifier(&login.password));
        self.execute(&format!("ALTER ROLE {role} PASSWORD {password}"))
    }

    /// A new role is a member of the current one, and has its permissions in that way.
    fn admit(&mut self, _like: &mut Self, current: &Login, next: &Login) -> Result<(), RotationFailure> {
        let (role, password) = (identifier(&next.username), verifier(&next.password));
        if self.role_exists(&next.username)? {
            return self.execute(&format!("ALTER ROLE {role} WITH LOGIN PASSWORD {password}"));
        }
        let of = identifier(&current.username);
        // Both statements are one transaction.
        self.execute(&format!("CREATE ROLE {role} WITH LOGIN INHERIT PASSWORD {password}; GRANT {of} TO {role}"))
    }
}

impl PostgresSession<'_> {
    fn role_exists(&self, name: &str) -> Result<bool, RotationFailure> {
        let rows = self.in_time(self.client.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", &[&name]))?;
        Ok(!rows.is_empty())
    }

    fn execute(&self, sql: &str) -> Result<(), RotationFailure> {
        self.in_time(self.client.batch_execute(sql))
    }

    fn in_time<T>(&self, statement: impl Future<Output = Result<T, Error>>) -> Result<T, RotationFailure> {
        match self.connector.in_time(statement) {
            Some(Ok(done)) => Ok(done),
            Some(Err(error)) => Err(failed(format!("the database refuses a statement: {}", reason(&error)))),
            None => Err(failed("the database does not answer in time")),
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
