//! A region's audit thread: moves the records of committed changes to the audit file, syncs it to the disk, signs and rotates
//! it, and notes its newest checkpoint in the store.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claviger_service::{AuditSink, Node};
use claviger_types::Clock;

use crate::audit_anchor::AnchorNotes;
use crate::audit_file::{AuditFile, Signer};

/// How long a record may wait in the store or in the operating system's memory before it is synced to the file's disk.
const INTERVAL: Duration = Duration::from_millis(100);

/// Runs until the other end of `stop` is dropped. It also goes on after a failure of the region: the last records are needed
/// then.
pub(super) fn run(node: &Node, audit: &AuditFile, clock: &dyn Clock, stop: &Receiver<()>) {
    let (mut is_reported, mut anchors) = (false, AnchorNotes::default());
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
        anchors.note(node, audit);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::mpsc::channel;

    use claviger_store::tables::audit_anchor_table;
    use claviger_types::{ManualClock, Region, Timestamp};

    use super::*;
    use crate::region_slot::RegionStorage;
    use crate::region_slot::tests::environment;

    #[test]
    fn each_checkpoint_is_noted_in_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let storage = RegionStorage::Folder(folder.path().join("data"));
        let open = storage.open(&Region::parse("eu-west-1").unwrap(), &environment()).unwrap();
        let (node, audit, clock) = (open.node.clone(), open.audit.clone().unwrap(), ManualClock::new(Timestamp(0)));
        let noted = || node.in_transaction(|tx| Ok(audit_anchor_table::anchor(tx)?)).unwrap();
        let (stop, stopped) = channel();
        std::thread::scope(|scope| {
            let (worker, file, time) = (&node, &audit, &clock);
            scope.spawn(move || run(worker, file, time, &stopped));
            for last in [2, 4] {
                audit.record_blocking(b"{}\n").unwrap();
                // Each look is a transaction, so that these take far longer than the thread needs.
                let is_noted = (0..1_000_000).any(|_| {
                    clock.advance_ms(30_000);
                    std::thread::yield_now();
                    noted().is_some_and(|anchor| anchor.seq == last)
                });
                assert!(is_noted, "line {last} is not noted");
            }
            drop(stop);
        });
        assert_eq!(noted().map(|anchor| anchor.seq), audit.anchor().map(|anchor| anchor.seq));
        open.close();
    }
}
