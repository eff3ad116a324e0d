//! Where a region's audit records go.

use std::pin::Pin;

use claviger_types::Timestamp;

use crate::error::Error;

/// Takes a region's audit records. An error refuses the call that was to be recorded.
///
/// `lines` are one record or more: JSON objects without line breaks, each followed by a line feed.
pub trait AuditSink: Send + Sync {
    /// Whether records are kept. If not, none is made.
    fn keeps_records(&self) -> bool {
        true
    }

    /// Takes the records of a request, before its answer leaves. Called on threads of the runtime.
    fn record(&self, lines: &[u8]) -> Recording;

    /// The same for background threads, which may wait.
    fn record_blocking(&self, lines: &[u8]) -> Result<(), String>;

    /// Returns when all records that were taken are on the disk. After an error it may only succeed once it has brought them
    /// there itself: the rows of the records are dropped then, and written to the sink no more.
    fn sync(&self) -> Result<(), String> {
        Ok(())
    }

    /// How many of the records with these event ids, from the first on, it has taken already, in an earlier run of the region
    /// too, and has brought to the disk. None of them is older than `since`.
    fn recorded(&self, _event_ids: &[&str], _since: Timestamp) -> usize {
        0
    }

    /// Whether it takes records.
    fn healthy(&self) -> bool {
        true
    }
}

/// The outcome of [`AuditSink::record`].
pub enum Recording {
    /// The records were taken, or refused for this reason.
    Done(Result<(), String>),
    /// Another request is writing. The future ends when the records have been taken or refused.
    Waiting(Pin<Box<dyn Future<Output = Result<(), String>> + Send>>),
}

impl Recording {
    /// Waits until the records have been taken.
    pub(crate) async fn outcome(self) -> Result<(), Error> {
        let outcome = match self {
            Recording::Done(outcome) => outcome,
            Recording::Waiting(outcome) => outcome.await,
        };
        outcome.map_err(Error::Internal)
    }
}

/// Keeps no records: for a region in memory.
pub struct NoAudit;

impl AuditSink for NoAudit {
    fn keeps_records(&self) -> bool {
        false
    }

    fn record(&self, _lines: &[u8]) -> Recording {
        Recording::Done(Ok(()))
    }

    fn record_blocking(&self, _lines: &[u8]) -> Result<(), String> {
        Ok(())
    }
}
