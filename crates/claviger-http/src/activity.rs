//! The activity of a connection, shared by all of its parts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use crate::admission::Admitted;
use crate::limits::STREAMS_MAX;

/// Counts a connection's requests under way and remembers when that number changed last.
pub(crate) struct Activity {
    handlers: Arc<Semaphore>,
    /// The connection's admission. It is released once the last request of the connection has ended too, so that a client that opens
    /// and drops connections has no more requests handled at a time than others.
    admitted: Admitted,
}

impl Activity {
    pub(crate) fn new(admitted: Admitted) -> Arc<Activity> {
        Arc::new(Activity { handlers: Arc::new(Semaphore::new(STREAMS_MAX as usize)), admitted })
    }

    /// Waits until the connection may have one more request handled. A stream that its client has reset frees its HTTP/2 slot
    /// at once, while its request is still being handled. Without this wait, resets would lift the limit.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed, so this is always some.
        self.handlers.clone().acquire_owned().await.ok()
    }

    /// A request begins: its head is complete. It ends when the guard is dropped, after its answer was handed to the connection.
    pub(crate) fn begin(self: &Arc<Activity>) -> Busy {
        self.admitted.begun();
        Busy(self.clone())
    }

    /// Whether no request is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.admitted.state().is_idle()
    }

    /// Waits until the connection is to be closed in favour of another one.
    pub(crate) async fn evicted(&self) {
        self.admitted.evicted().await;
    }

    /// Waits until no request has begun or ended for this long: `idle` if none is under way, else `busy`.
    pub(crate) async fn unchanged_for(&self, idle: Duration, busy: Duration) {
        loop {
            let limit = if self.is_idle() { idle } else { busy };
            let left = limit.saturating_sub(self.admitted.state().quiet_for());
            if left.is_zero() {
                return;
            }
            // A request may begin or end meanwhile, after which the shorter limit holds.
            sleep(left.min(idle).min(busy)).await;
        }
    }
}

/// A request under way.
pub(crate) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.admitted.state().ended();
    }
}
