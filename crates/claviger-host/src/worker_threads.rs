//! The number of threads that answer requests.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

/// The worker threads of the runtime on which a process answers requests. Operations run on them, so they limit how many
/// operations run at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerThreads {
    /// This many, at least one.
    Exactly(usize),
    /// As many as the machine runs in parallel, for a server that has the machine to itself.
    Machine,
}

impl WorkerThreads {
    /// Their number on this machine.
    pub fn count(self) -> usize {
        match self {
            WorkerThreads::Exactly(count) => count.max(1),
            WorkerThreads::Machine => available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// A runtime with these threads.
    ///
    /// # Errors
    ///
    /// If the system has no more threads.
    pub fn runtime(self) -> io::Result<Runtime> {
        Builder::new_multi_thread().worker_threads(self.count()).enable_all().build()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_have_the_threads_that_are_asked_for() {
        let workers = |threads: WorkerThreads| threads.runtime().unwrap().metrics().num_workers();
        assert_eq!(workers(WorkerThreads::Exactly(3)), 3);
        assert_eq!(workers(WorkerThreads::Exactly(0)), 1);
        assert_eq!(workers(WorkerThreads::Machine), available_parallelism().unwrap().get());
    }
}
