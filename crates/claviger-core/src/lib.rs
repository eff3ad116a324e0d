//! The parts that every service shares: the operation and the one path that all of them take, authentication, authorization,
//! audit, errors, pages of lists, background jobs, and the region that they run in.
//!
//! A [`Node`] is one region: its store, its root key, its identity. [`Node::handle`] takes a raw request through the pipeline
//! (`pipeline.rs`, numbered steps) to a raw answer. [`operation::Operation`] is the trait of all operations. This crate knows no
//! service: each hands in its table of operations and its jobs. It knows neither sockets nor threads.

mod accept;
mod answer;
pub mod audit;
mod audit_log;
mod authenticate;
pub mod authorization_message;
pub mod authorize;
pub mod aws_managed_policies;
pub mod binding;
mod call;
pub mod caller_policies;
mod commit;
mod condition_keys;
pub mod context;
pub mod denial;
mod denials;
pub mod entry;
pub mod error;
pub mod explanation;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
pub mod grant_token;
pub mod granted;
mod in_flight;
mod issuer_keys;
pub mod job_runner;
pub mod jobs;
mod key_uses;
pub mod key_uses_job;
mod last_use;
pub mod last_use_job;
mod node;
mod on_behalf;
pub mod operation;
pub mod outbound_calls;
pub mod paging;
pub mod permission;
mod pipeline;
mod policy_cache;
pub mod presented_token;
mod principal_text;
pub mod quotas;
pub mod region;
mod request_counts;
mod resolved;
pub mod rotations;
mod run;
pub mod service;
pub mod session_token;
pub mod slow;
pub mod tags;
#[cfg(test)]
mod testing;
mod transaction;
mod uses;
mod uses_job;
mod web_identity;

pub use answer::refuse;
pub use audit::{AuditSink, NoAudit, Recording, ServiceEvent};
pub use authenticate::{ClaimedRequest, scope};
pub use claviger_types::wire;
pub use denials::DeniedPermission;
pub use node::{Node, NodeConfig, NodeError};
pub use region::Topology;
pub use request_counts::{NodeCounts, OperationCount};
