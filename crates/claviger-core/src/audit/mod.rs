//! The data that a request gathers for its audit record, and the sink that records go to. `audit_log` writes them.

mod context;
mod drain;
mod sink;

pub use context::{AuditContext, ServiceCall};
pub(crate) use context::{RecordedServiceCall, Refusal, ResourceAccess, UsedKey};
pub(crate) use drain::{Drain, DrainProgress};
pub use sink::{AuditSink, NoAudit, Recording};
