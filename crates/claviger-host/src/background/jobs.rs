//! A region's jobs thread: deletions and rotations that are due.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claviger_service::Node;
use claviger_store::CommitCounts;
use claviger_types::Clock;

/// The interval between two checks for due work.
const INTERVAL: Duration = Duration::from_secs(1);

/// Runs until the other end of `stop` is dropped or the region has failed.
pub(super) fn run(node: &Node, clock: &dyn Clock, stop: &Receiver<()>) {
    let mut counted = CommitCounts::default();
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) && node.failure().is_none() {
        if node.serves() {
            claviger_service::run_jobs(node, clock.now());
        }
        counted = log_commits(node, counted);
    }
    if node.failure().is_none() {
        claviger_service::write_pending(node, clock.now());
    }
}

/// Writes the counts of commits to the log if they have changed.
fn log_commits(node: &Node, before: CommitCounts) -> CommitCounts {
    let counts = node.store().commit_counts();
    if counts != before {
        let CommitCounts { commits, groups, conflicts } = counts;
        tracing::debug!(region = %node.region(), commits, groups, conflicts, "commits since the store was opened");
    }
    counts
}
