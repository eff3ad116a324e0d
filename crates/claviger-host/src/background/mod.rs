//! A region's background threads: replication, jobs, rotation, and audit. They do not wait for each other.

mod audit_sync;
mod jobs;
mod replication;
mod rotation;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use claviger_service::{Node, ReplicationDriver};
use claviger_types::{Clock, panics};

use crate::audit_file::AuditFile;
use crate::link::{Inbox, Network};
use replication::BackgroundLoop;

/// The threads of one region. Dropping them without [`BackgroundThreads::stop`] ends them as well, without waiting.
pub(crate) struct BackgroundThreads {
    inbox: Arc<Inbox>,
    /// The threads that act at intervals end when these are dropped.
    intervals: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl BackgroundThreads {
    /// Starts the threads of a region that has joined the network. Its replication sends a greeting at once, so the other
    /// regions must join before.
    ///
    /// # Errors
    ///
    /// If the system has no more threads. The threads that were started before are ended.
    pub(crate) fn start(
        replication: ReplicationDriver,
        audit: Option<Arc<AuditFile>>,
        network: Arc<Network>,
        inbox: Arc<Inbox>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<BackgroundThreads> {
        let node = replication.node().clone();
        let committed = inbox.clone();
        node.on_commit(Box::new(move || committed.notify()));
        let mut started = BackgroundThreads { inbox: inbox.clone(), intervals: Vec::new(), threads: Vec::new() };
        if let Some(audit) = audit {
            let (worker, clock, stop) = (node.clone(), clock.clone(), started.interval());
            started.spawn(&node, "audit", "the audit thread panicked", move || {
                audit_sync::run(&worker, &audit, &*clock, &stop);
            })?;
        }
        let (worker, stop) = (node.clone(), started.interval());
        started.spawn(&node, "jobs", "the jobs thread panicked", move || jobs::run(&worker, &*clock, &stop))?;
        let (worker, stop) = (node.clone(), started.interval());
        started.spawn(&node, "rotation", "the rotation thread panicked", move || rotation::run(&worker, &stop))?;
        let mut background = BackgroundLoop::new(replication, network.clone(), inbox);
        let left = node.region().clone();
        started.spawn(&node, "replication", "the replication thread panicked", move || {
            let _leave = Leave { network, region: left };
            background.run();
        })?;
        Ok(started)
    }

    /// Ends the threads and waits for them. Blocks for as long as a round of jobs or some commits of replication take.
    pub(crate) fn stop(mut self) {
        self.end();
        for thread in std::mem::take(&mut self.threads) {
            // A panic has been caught and logged within the thread.
            drop(thread.join());
        }
    }

    fn end(&mut self) {
        self.inbox.stop();
        self.intervals.clear();
    }

    fn interval(&mut self) -> std::sync::mpsc::Receiver<()> {
        let (sender, receiver) = channel();
        self.intervals.push(sender);
        receiver
    }

    /// Starts a thread. A panic on it stops the region for the given reason, and no other region.
    fn spawn(
        &mut self,
        node: &Arc<Node>,
        name: &'static str,
        reason: &'static str,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let node = node.clone();
        let thread = std::thread::Builder::new().name(format!("{name} {}", node.region()));
        let thread = thread.spawn(move || {
            if let Err(report) = panics::catch(work) {
                node.fail(reason);
                tracing::error!(region = %node.region(), thread = name, panic = %report, "a background thread panicked; the region has stopped");
            }
        })?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for BackgroundThreads {
    fn drop(&mut self) {
        self.end();
    }
}

/// Takes a region off the network when its replication ends for any reason. Otherwise its inbox would fill up.
struct Leave {
    network: Arc<Network>,
    region: claviger_types::Region,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.network.leave(&self.region);
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
