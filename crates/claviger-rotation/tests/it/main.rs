//! The functions against real programs and servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod command;
mod databases;
mod guard;
mod http;
mod http_server;
mod kit;
mod mysql;
mod mysql_imitation;
mod mysql_server;
mod postgres;
mod postgres_server;
mod random_password;
mod secrets;
#[path = "../../src/test_kit.rs"]
mod test_kit;
