//! The data that a request gathers for its audit record, and the sink that records go to. `audit_log` writes them.

mod context;
mod drain;
mod service_event;
mod sink;

pub(crate) use context::{Asked, RecordedCall, Refusal, ResourceAccess, UsedKey};
pub use context::{AuditContext, PartialCall, ServiceCall};
pub(crate) use drain::{Drain, DrainProgress};
pub use service_event::ServiceEvent;
pub use sink::{AuditSink, NoAudit, Recording};
