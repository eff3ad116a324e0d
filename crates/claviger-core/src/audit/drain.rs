//! How far the records of committed changes have been moved from the store to the sink. `audit_log/drain.rs` moves them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_store::Key;

/// How far the records of committed changes have been moved.
pub(crate) struct Drain {
    /// Whether there may be rows.
    pending: AtomicBool,
    /// Whether the last attempt failed. Changes are refused meanwhile, so that rows do not pile up.
    stuck: AtomicBool,
    /// Held while rows are moved.
    progress: Mutex<DrainProgress>,
}

#[derive(Default)]
pub(crate) struct DrainProgress {
    /// Whether it is known which rows an earlier run of the region has written without dropping them.
    pub(crate) is_searched: bool,
    /// The last row that was written. It is not written again if dropping it fails.
    pub(crate) written: Option<Key>,
}

impl Drain {
    /// The rows of a store that has been opened: an earlier run may have left some.
    pub(crate) fn new() -> Drain {
        Drain { pending: AtomicBool::new(true), stuck: AtomicBool::new(false), progress: Mutex::default() }
    }

    /// Notes that a commit with records has ended.
    pub(crate) fn notify(&self) {
        self.pending.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::SeqCst)
    }

    /// The progress so far, if there may be rows. Other threads wait until it is dropped.
    pub(crate) fn begin(&self) -> Option<MutexGuard<'_, DrainProgress>> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        self.pending.swap(false, Ordering::SeqCst).then_some(progress)
    }

    /// Notes that no rows are left.
    pub(crate) fn succeeded(&self) {
        self.stuck.store(false, Ordering::SeqCst);
    }

    /// Notes a failure. Returns whether it is the first since the last success.
    pub(crate) fn failed(&self) -> bool {
        !self.stuck.swap(true, Ordering::SeqCst)
    }
}
