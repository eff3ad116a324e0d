//! The host process: opens regions, routes requests to them, carries messages between them, and runs their background threads.
//!
//! [`Cluster`] assembles the regions of a process: stores, root keys, audit files, threads, listeners. [`Router`] finds the
//! region that a request's credential scope names; the region answers. `link/` carries replication's messages. The only clock
//! that this crate reads is the one that its caller passes in. Tokio's timers measure durations only.

mod audit_anchor;
mod audit_file;
mod background;
mod cluster;
mod cluster_config;
mod error;
mod fleet;
pub mod fleet_commands;
pub mod fleet_failover;
mod fleet_link;
pub mod health;
pub mod link;
mod listener_settings;
mod local_admin;
mod plain_answer;
mod region_slot;
mod root_file;
mod root_seal;
mod router;
mod worker_threads;

pub use audit_file::AuditRotation;
pub use claviger_crypto::{
    AttestationRoots, Authorization, FailoverStatement, OperatorKey, OperatorPublicKey, OperatorTextError, Operators,
    Passphrase, PassphraseCost,
};
pub use claviger_http::limits::{Limits, LiveLimits, Times};
pub use claviger_http::{Cors, Handler, ListenerMetrics, Server, tls};
pub use claviger_link::fingerprint;
pub use claviger_service::{
    DeniedPermission, Node, RequestQuotas, SERVICES, explain, kms_request_quotas, root_access_key,
};
pub use cluster::Cluster;
pub use cluster_config::{ClusterConfig, Listen};
pub use error::{ClusterError, FleetCommandError};
pub use fleet_link::{FleetLink, LinkConfig};
pub use listener_settings::{BodyLimits, ListenerSettings};
pub use local_admin::{LocalAdmin, LocalAdminCall};
pub use root_file::RootKeyError;
pub use root_seal::{RootSeal, RootSeals};
pub use router::{RegionTable, Router};
pub use worker_threads::WorkerThreads;
