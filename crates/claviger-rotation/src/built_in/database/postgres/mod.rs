//! Secrets of PostgreSQL roles.
//!
//! Passwords leave this process as SCRAM-SHA-256 verifiers, so the server's log never has one. That takes PostgreSQL 10 or newer.

mod connection;
mod tls;

use super::login::Engine;
pub(crate) use connection::Postgres;

pub(crate) const ENGINE: Engine = Engine {
    names: &["postgres"],
    port: 5432,
    // PostgreSQL would cut a longer one.
    name_bytes_max: 63,
};
