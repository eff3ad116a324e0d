//! The thread of a region: its replication and its jobs.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use claviger_replication::{Event, Message};
use claviger_service::{Node, Replication};
use claviger_types::Clock;
use tokio::time::Instant;

use super::inbox::{Inbox, InboxEvent};
use super::network::Network;
use crate::audit_file::AuditFile;

/// How often the engine sees time pass: the grain of its repetitions.
const TICK: Duration = Duration::from_millis(100);

/// How often due deletions and rotations are looked for.
const JOBS: Duration = Duration::from_secs(1);

/// A region's thread. Dropping it without [`Replicator::stop`] ends the thread as well, without waiting.
pub(crate) struct Replicator {
    inbox: Arc<Inbox>,
    thread: Option<JoinHandle<()>>,
}

impl Replicator {
    /// Starts the thread of a node that has joined the network. It greets at once, so those who are to hear it join before.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(crate) fn start(
        replication: Replication,
        audit: Option<Arc<AuditFile>>,
        network: Arc<Network>,
        inbox: Arc<Inbox>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Replicator> {
        let node = replication.node().clone();
        let committed = inbox.clone();
        node.on_commit(Box::new(move || committed.notify()));
        let name = format!("region {}", node.region());
        let mut background = BackgroundLoop { node, replication, audit, network, clock, inbox: inbox.clone() };
        let thread = std::thread::Builder::new().name(name).spawn(move || background.run())?;
        Ok(Replicator { inbox, thread: Some(thread) })
    }

    /// Ends the thread and waits for it. Blocks for as long as a commit takes.
    pub(crate) fn stop(mut self) {
        self.inbox.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a region's thread ended badly");
        }
    }
}

impl Drop for Replicator {
    fn drop(&mut self) {
        self.inbox.stop();
    }
}

/// The thread's loop and what it works with.
struct BackgroundLoop {
    node: Arc<Node>,
    replication: Replication,
    audit: Option<Arc<AuditFile>>,
    network: Arc<Network>,
    clock: Arc<dyn Clock>,
    inbox: Arc<Inbox>,
}

impl BackgroundLoop {
    fn run(&mut self) {
        let mut ticked = Instant::now();
        let mut worked = ticked;
        self.step(Event::Tick);
        loop {
            match self.inbox.wait(TICK.saturating_sub(ticked.elapsed())) {
                InboxEvent::Stop => break,
                InboxEvent::Frame(frame) => self.receive(&frame),
                InboxEvent::Notified => self.step(Event::Committed),
                InboxEvent::TimedOut => {}
            }
            // However many frames come, time goes on.
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                // First, since a step may wait for a commit and records are to be on the disk within a tick.
                self.sync_audit();
                self.step(Event::Tick);
            }
            if worked.elapsed() >= JOBS {
                worked = Instant::now();
                claviger_service::run_jobs(&self.node, self.clock.now());
            }
        }
        claviger_service::write_pending(&self.node, self.clock.now());
        self.network.leave(self.node.region());
    }

    fn receive(&mut self, frame: &[u8]) {
        match Message::from_bytes(frame) {
            Ok(message) => self.step(Event::Received(message)),
            Err(error) => tracing::warn!(%error, "a frame from another region is dropped"),
        }
    }

    fn step(&mut self, event: Event) {
        for message in self.replication.step(&event) {
            self.network.send(self.node.region(), &message.to, message.to_bytes());
        }
    }

    fn sync_audit(&self) {
        if let Some(Err(error)) = self.audit.as_ref().map(|audit| audit.sync()) {
            tracing::error!(%error, region = %self.node.region(), "the audit file cannot be brought to the disk; calls are refused from now on");
        }
    }
}
