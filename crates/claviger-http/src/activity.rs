//! The activity of a connection, shared by all of its parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use crate::limits::STREAMS_MAX;

/// Counts a connection's requests under way and remembers when that number changed last.
pub(crate) struct Activity {
    busy: AtomicUsize,
    start: Instant,
    changed_ms: AtomicU64,
    handlers: Arc<Semaphore>,
    /// The connection's permit among `CONNECTIONS_MAX`. It is released once the last request
    /// of the connection has ended too, so that a client that opens and drops connections has no more requests handled at a
    /// time than others.
    _place: OwnedSemaphorePermit,
}

impl Activity {
    pub(crate) fn new(place: OwnedSemaphorePermit) -> Arc<Activity> {
        Arc::new(Activity {
            busy: AtomicUsize::new(0),
            start: Instant::now(),
            changed_ms: AtomicU64::new(0),
            handlers: Arc::new(Semaphore::new(STREAMS_MAX as usize)),
            _place: place,
        })
    }

    /// Waits until the connection may have one more request handled. A stream that its client has reset frees its HTTP/2 slot
    /// at once, while its request is still being handled. Without this wait, resets would lift the limit.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed, so this is always some.
        self.handlers.clone().acquire_owned().await.ok()
    }

    /// A request begins. It ends when the guard is dropped, after its answer was handed to the connection.
    pub(crate) fn begin(self: &Arc<Activity>) -> Busy {
        self.busy.fetch_add(1, Ordering::SeqCst);
        self.changed();
        Busy(self.clone())
    }

    /// Whether no request is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0
    }

    /// Waits until no request has begun or ended for this long: `idle` if none is under way, else `busy`.
    pub(crate) async fn unchanged_for(&self, idle: Duration, busy: Duration) {
        loop {
            let limit = if self.is_idle() { idle } else { busy };
            let left = limit.saturating_sub(self.quiet_for());
            if left.is_zero() {
                return;
            }
            // A request may begin or end meanwhile, after which the shorter limit holds.
            sleep(left.min(idle).min(busy)).await;
        }
    }

    /// The time since a request began or ended. At first, the time since the connection was made.
    fn quiet_for(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.changed_ms.load(Ordering::SeqCst)))
    }

    fn changed(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.changed_ms.store(now, Ordering::SeqCst);
    }
}

/// A request under way.
pub(crate) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.changed();
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}
