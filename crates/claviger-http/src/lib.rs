//! The listener: connections in, requests to a [`Handler`], answers out.
//!
//! A connection's bytes pass the guard (`http1_guard/`: well-formed heads only, within limits) and become a raw request
//! (`exchange.rs`). The caller's [`Handler`] answers it. The listener knows no service: the handler also says how large a body
//! may be and shapes the answer to a request that the listener refuses. This crate reads no clock but the one that it is
//! handed; tokio's timers measure only how long things take.

mod activity;
mod body;
mod cors;
mod exchange;
mod http1_guard;
pub mod limits;
mod server;

pub use cors::Cors;
pub use exchange::Handler;
pub use server::Server;
