//! The assembly of the four services: their tables and jobs in one list, and the callbacks of replication.

pub mod convergence;
pub mod explain;
pub mod failover;
pub mod failover_check;
pub mod failover_permit;
pub mod fleet;
pub mod replica_lag;
mod replicator;
mod rotation;

use claviger_core::job_runner::JobEntry;
use claviger_core::service::ServiceDefinition;
use claviger_types::Timestamp;

pub use claviger_core::error::Error as OperationError;
pub use claviger_core::quotas::RequestQuotas;
pub use claviger_core::service::Services;
pub use claviger_core::{
    AuditSink, ClaimedRequest, DeniedPermission, NoAudit, Node, NodeConfig, NodeCounts, NodeError, Recording, Topology,
    refuse, scope, wire,
};
pub use claviger_iam::iam::root_access_key;
pub use claviger_kms::request_quotas::names as kms_request_quotas;
pub use claviger_replication::{Backlog, PeerStatus, ToldBacklog, WaitingChanges, survey_ms};
pub use replicator::{ReplicationDriver, pin_members};
pub use rotation::{RENEW_SECS, RotationSearch, RotationWork};

/// The services that this release serves. No other list names them.
pub static SERVICES: Services = Services(&[
    ServiceDefinition {
        model: &claviger_model::kms::SERVICE,
        table: claviger_kms::TABLE,
        window_secs: 300,
        presigned_secs: None,
        quota_of: Some(claviger_kms::request_quotas::quota_of),
    },
    ServiceDefinition {
        model: &claviger_model::secretsmanager::SERVICE,
        table: claviger_secrets::TABLE,
        window_secs: 300,
        presigned_secs: None,
        quota_of: None,
    },
    ServiceDefinition {
        model: &claviger_model::sts::SERVICE,
        table: claviger_iam::sts::TABLE,
        window_secs: 900,
        presigned_secs: Some(900),
        quota_of: None,
    },
    ServiceDefinition {
        model: &claviger_model::iam::SERVICE,
        table: claviger_iam::iam::TABLE,
        window_secs: 900,
        presigned_secs: None,
        quota_of: None,
    },
]);

/// The background jobs of every service.
const JOBS: [&[JobEntry]; 4] =
    [claviger_core::last_use_job::JOBS, claviger_core::key_uses_job::JOBS, claviger_kms::JOBS, claviger_secrets::JOBS];

/// Does the due background work of every service in a region. A thread of the region calls it about once a second.
pub fn run_jobs(node: &Node, now: Timestamp) {
    for jobs in JOBS {
        node.run_jobs(jobs, now);
    }
}

/// Writes the data that a region gathers in memory and must keep. Called when the region stops.
pub fn write_pending(node: &Node, now: Timestamp) {
    node.write_last_uses(now);
    node.write_key_uses(now);
}
