//! The data that a request gathers for its audit record, and the sink that records go to. `audit_log` writes them.

mod context;

pub use context::{AuditContext, ServiceCall};
pub(crate) use context::{RecordedServiceCall, Refusal, Resource, ResourceAccess, kind};

/// Where a region's audit records go. An error refuses the call that was to be recorded.
pub trait AuditSink: Send + Sync {
    /// Takes one record, a JSON object without line breaks.
    fn record(&self, line: &[u8]) -> Result<(), String>;

    /// Whether it takes records.
    fn healthy(&self) -> bool {
        true
    }
}

/// Keeps no records: for a region in memory.
pub struct NoAudit;

impl AuditSink for NoAudit {
    fn record(&self, _line: &[u8]) -> Result<(), String> {
        Ok(())
    }
}
