//! A region's audit thread: syncs audit records to the disk.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claviger_types::Region;

use crate::audit_file::AuditFile;

/// How long a record may wait in the operating system's memory before it is synced to the disk.
const INTERVAL: Duration = Duration::from_millis(100);

/// Runs until the other end of `stop` is dropped. It also goes on after a failure of the region: the last records are needed
/// then.
pub(super) fn run(region: &Region, audit: &AuditFile, stop: &Receiver<()>) {
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = audit.sync() {
            tracing::error!(%error, %region, "the audit file cannot be synced to the disk; calls are refused from now on");
        }
    }
}
