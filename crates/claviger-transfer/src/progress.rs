//! How far a transfer is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The parts of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferPhase {
    /// Secrets are read from the source.
    Read,
    /// Secrets that the destination has are compared.
    Compare,
    /// Secrets are written.
    Write,
}

/// One secret has been handled.
#[derive(Debug)]
pub struct Step<'a> {
    /// The part.
    pub phase: TransferPhase,
    /// How many secrets of the part have been handled.
    pub done: usize,
    /// How many it has.
    pub total: usize,
    /// The secret's name.
    pub name: &'a str,
    /// Why it failed, if it did. Never a value.
    pub failure: Option<&'a str>,
}

/// Is told of every step.
pub trait Progress: Send + Sync {
    /// A step is done.
    fn step(&self, step: &Step<'_>);
}

/// Counts the steps of a part.
pub(crate) struct Tally {
    phase: TransferPhase,
    total: usize,
    done: AtomicUsize,
    progress: Arc<dyn Progress>,
}

impl Tally {
    pub(crate) fn new(phase: TransferPhase, total: usize, progress: &Arc<dyn Progress>) -> Tally {
        Tally { phase, total, done: AtomicUsize::new(0), progress: Arc::clone(progress) }
    }

    pub(crate) fn count(&self, name: &str, failure: Option<&str>) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.progress.step(&Step { phase: self.phase, done, total: self.total, name, failure });
    }
}
