//! The threads on which a request's reads of the store run.

use std::sync::Arc;

use claviger_store::{Batch, Error as StoreError, Tx};
use claviger_types::panics;

use crate::error::Error;
use crate::node::Node;

/// The thread that a request's work runs on, which decides whether reads of the store may wait.
#[derive(Clone, Copy)]
enum Run {
    /// The runtime's thread that polls the request. Reads answer at once or are refused.
    Inline,
    /// A thread of the runtime's pool for blocking work. Reads may wait.
    Pool,
}

impl Node {
    /// Runs work on one snapshot, and returns its result with the batch of its writes, if there are any.
    ///
    /// The work runs on this thread. If the store cannot answer one of its reads without waiting, its writes are dropped and it
    /// runs once more, on a new snapshot and on a thread that may wait. So the work must have no effect but its result and its
    /// writes.
    pub(crate) async fn on_snapshot<T, W>(self: &Arc<Node>, work: W) -> Result<(T, Option<Batch>), Error>
    where
        T: Send + 'static,
        W: Fn(&Node, &mut Tx<'_>) -> T + Send + 'static,
    {
        match self.run(Run::Inline, &work) {
            Err(StoreError::WouldBlock) => {}
            done => return Ok(done?),
        }
        let node = Arc::clone(self);
        let pooled = tokio::task::spawn_blocking(move || panics::catch(|| node.run(Run::Pool, &work)));
        match pooled.await {
            Ok(Ok(done)) => Ok(done?),
            Ok(Err(report)) => Err(self.panicked(report)),
            // Only the end of the runtime cancels such work. The error's own text may quote a panic's.
            Err(_) => Err(Error::Internal("a request's work on the blocking pool was cancelled".to_owned())),
        }
    }

    fn run<T>(&self, run: Run, work: &impl Fn(&Node, &mut Tx<'_>) -> T) -> Result<(T, Option<Batch>), StoreError> {
        self.require_running()?;
        let (store, barrier, random) = (self.store(), self.barrier(), self.random());
        let tx = match run {
            Run::Inline => Tx::begin_nonblocking(store, barrier, random),
            Run::Pool => Tx::begin(store, barrier, random)?,
        };
        let mut tx = tx.with_cache(self.row_cache());
        let result = work(self, &mut tx);
        if tx.has_blocked() {
            return Err(StoreError::WouldBlock);
        }
        Ok((result, tx.has_writes().then(|| tx.into_batch())))
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
