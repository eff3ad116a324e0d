//! The operations and the one path that they all take.
//!
//! A [`Node`] is one region: its store, its root key, its identity. [`Node::handle`] takes a raw request through the pipeline
//! (see `pipeline.rs`, one function, numbered steps) to a raw answer. What an operation is, is said in [`operation`]; each one
//! lies in a file of its own under `kms/`, `secrets/`, `sts/` and `iam/`, and each of those folders has one table of what exists.
//!
//! Operations are synchronous functions over one transaction. This crate knows neither sockets nor threads.

mod answer;
pub mod audit;
mod authenticate;
pub mod authorize;
pub mod binding;
mod commit;
pub mod error;
pub mod iam;
pub mod jobs;
pub mod kms;
pub mod operation;
mod paging;
mod pipeline;
mod policies;
mod principal_text;
mod region;
mod replicator;
pub mod secrets;
pub mod services;
pub mod sts;
pub mod wire;

pub use answer::refuse;
pub use audit::{AuditSink, NoAudit};
pub use authenticate::scope;
pub use region::{Node, NodeConfig, NodeError, Topology};
