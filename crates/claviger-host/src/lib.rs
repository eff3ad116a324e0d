//! The host process: opens regions, routes requests to them, carries messages between them, and runs their background threads.
//!
//! [`Cluster`] puts the regions of a process together: stores, root keys, audit files, threads, listeners. [`Router`] finds the
//! region that a request's credential scope names; the region answers. `link/` carries replication's messages. This crate reads
//! no clock but the one that it is handed; tokio's timers measure only how long things take.

mod audit_file;
mod cluster;
pub mod link;
mod region_slot;
mod root_file;
mod router;

pub use claviger_http::Cors;
pub use claviger_http::limits::Times;
pub use cluster::{Cluster, ClusterConfig, ClusterError, Listen};
pub use root_file::RootKeyError;
pub use router::{RegionTable, Router};
