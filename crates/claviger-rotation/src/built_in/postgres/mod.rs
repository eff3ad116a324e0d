//! Secrets of PostgreSQL roles.
//!
//! Passwords leave this process as SCRAM-SHA-256 verifiers, so the server's log never has one. That takes PostgreSQL 10 or newer.

mod alternating_users;
mod connection;
mod login;
mod single_user;
mod tls;

pub(crate) use alternating_users::AlternatingUsers;
pub(crate) use connection::Server;
pub(crate) use single_user::SingleUser;
