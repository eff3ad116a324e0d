//! The way in and the way between: the listener, the choice of region, and the transport between regions.
//!
//! What comes in passes the gate (`gate/`, well-formed heads only, within limits), becomes a raw request (`exchange.rs`), and
//! goes through the one door to the region that its credential scope names (`route.rs`). What operations mean,
//! and what their protocols look like, is not known here: a refusal is shaped by the service that the request is for.
//!
//! [`Cluster`] puts the regions of a process together: stores, root keys, threads, listeners. This crate reads no clock but
//! the one that it is handed; tokio's timers measure only how long things take.

mod activity;
mod audit_file;
mod body;
mod cluster;
mod cors;
mod exchange;
mod gate;
pub mod limits;
pub mod link;
mod root_file;
mod route;
mod seat;
mod server;

pub use cluster::{Cluster, ClusterConfig, ClusterError, Listen};
pub use cors::Cors;
pub use exchange::Handler;
pub use root_file::RootKeyError;
pub use route::{Directory, Front};
pub use server::Server;
