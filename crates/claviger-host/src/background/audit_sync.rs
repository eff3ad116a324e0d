//! A region's audit thread: moves the records of committed changes to the audit file, syncs it to the disk, signs and rotates
//! it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claviger_service::{AuditSink, Node};
use claviger_types::Clock;

use crate::audit_file::{AuditFile, Signer};

/// How long a record may wait in the store or in the operating system's memory before it is synced to the file's disk.
const INTERVAL: Duration = Duration::from_millis(100);

/// Runs until the other end of `stop` is dropped. It also goes on after a failure of the region: the last records are needed
/// then.
pub(super) fn run(node: &Node, audit: &AuditFile, clock: &dyn Clock, stop: &Receiver<()>) {
    let mut is_reported = false;
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        audit.probe();
        node.drain_audit();
        // Every sync fails after one that failed.
        if let Err(error) = audit.sync()
            && !std::mem::replace(&mut is_reported, true)
        {
            let region = node.region();
            tracing::error!(%error, %region, "calls are refused from now on");
        }
        let signer = Signer::of(node);
        audit.checkpoint_if_due(clock.now(), &signer);
        audit.rotate_if_due(clock.now(), Some(&signer));
    }
}
