//! Counts of a listener's connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The counts of a listener. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct ListenerMetrics(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    open: AtomicUsize,
    evicted: AtomicU64,
    refused_by_peer: AtomicU64,
    handshakes_failed: AtomicU64,
}

impl ListenerMetrics {
    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Connections that were closed in favour of newer ones.
    pub fn connections_evicted(&self) -> u64 {
        self.0.evicted.load(Ordering::Relaxed)
    }

    /// Connections that were closed at once, because their peer had as many as it may have.
    pub fn connections_refused(&self) -> u64 {
        self.0.refused_by_peer.load(Ordering::Relaxed)
    }

    /// TLS handshakes that failed or took too long.
    pub fn handshakes_failed(&self) -> u64 {
        self.0.handshakes_failed.load(Ordering::Relaxed)
    }

    pub(crate) fn set_open(&self, open: usize) {
        self.0.open.store(open, Ordering::Relaxed);
    }

    pub(crate) fn evicted(&self) {
        self.0.evicted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused_by_peer(&self) {
        self.0.refused_by_peer.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn handshake_failed(&self) {
        self.0.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    }
}
