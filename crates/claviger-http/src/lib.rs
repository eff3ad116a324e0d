//! The listener: connections in, requests to a [`Handler`], answers out.
//!
//! A connection's bytes pass the guard (`http1_guard/`: well-formed heads only, within limits) and become a raw request
//! (`exchange.rs`). The caller's [`Handler`] answers it. The listener knows no service: the handler also sets how large a body
//! may be, and shapes the answer to a request that the listener refuses. The only clock that this crate reads is the one that
//! its caller passes in. Tokio's timers measure durations only.

mod activity;
mod admission;
mod body;
mod cors;
mod exchange;
mod http1_guard;
pub mod limits;
mod metrics;
mod peer;
mod server;
pub mod tls;

pub use cors::Cors;
pub use exchange::Handler;
pub use metrics::ListenerMetrics;
pub use server::{Server, ServerSettings};
