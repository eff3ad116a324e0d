//! A region's replication thread.

use std::sync::Arc;
use std::time::Duration;

use claviger_replication::{Event, Message};
use claviger_service::{Node, ReplicationDriver};
use tokio::time::Instant;

use crate::link::{Inbox, InboxEvent, Network};

/// How often the engine sees time pass: the grain of its repetitions.
const TICK: Duration = Duration::from_millis(100);

/// Drives a region's replication by what its inbox delivers and by time.
pub(super) struct BackgroundLoop {
    node: Arc<Node>,
    replication: ReplicationDriver,
    network: Arc<Network>,
    inbox: Arc<Inbox>,
    /// Whether the last step left rows of the outbox for the next one.
    unfinished: bool,
}

impl BackgroundLoop {
    pub(super) fn new(replication: ReplicationDriver, network: Arc<Network>, inbox: Arc<Inbox>) -> BackgroundLoop {
        BackgroundLoop { node: replication.node().clone(), replication, network, inbox, unfinished: false }
    }

    /// Runs until the inbox is stopped or the region has failed.
    pub(super) fn run(&mut self) {
        let mut ticked = Instant::now();
        self.step(&Event::Tick);
        while self.node.failure().is_none() {
            // A long snapshot goes on at once, but what waits in the inbox comes first.
            let patience = if self.unfinished { Duration::ZERO } else { TICK.saturating_sub(ticked.elapsed()) };
            match self.inbox.wait(patience) {
                InboxEvent::Stop => break,
                InboxEvent::Frame(frame) => self.receive(&frame),
                InboxEvent::Notified => self.step(&Event::Committed),
                InboxEvent::TimedOut if self.unfinished => self.step(&Event::Committed),
                InboxEvent::TimedOut => {}
            }
            // However many frames come, time goes on.
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                self.step(&Event::Tick);
            }
        }
    }

    fn receive(&mut self, frame: &[u8]) {
        match Message::from_bytes(frame) {
            Ok(message) => self.step(&Event::Received(message)),
            Err(error) => tracing::warn!(%error, "a frame from another region is dropped"),
        }
    }

    fn step(&mut self, event: &Event) {
        let driven = self.replication.step(event);
        self.unfinished = driven.more;
        for message in driven.messages {
            self.network.send(self.node.region(), &message.to, message.to_bytes());
        }
    }
}
