//! A region's replication thread.

use std::sync::Arc;
use std::time::Duration;

use claviger_replication::{Event, Message};
use claviger_service::{Node, ReplicationDriver};
use tokio::time::Instant;

use crate::link::{Inbox, InboxEvent, Network};

/// The interval of the engine's ticks. Repetitions are timed to this precision.
const TICK: Duration = Duration::from_millis(100);

/// The most frames that one commit applies. More would keep ticks and local commits waiting.
const FRAMES_TOGETHER_MAX: usize = 128;
/// The most bytes of the frames behind the first one.
const BYTES_TOGETHER_MAX: usize = 4 << 20;

/// Runs a region's replication steps: one for the frames that wait in the inbox, for each local commit, and for each tick.
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
            // The next part of a long snapshot does not wait, but events of the inbox come first.
            let patience = if self.unfinished { Duration::ZERO } else { TICK.saturating_sub(ticked.elapsed()) };
            match self.inbox.wait(patience) {
                InboxEvent::Stop => break,
                InboxEvent::Frame(frame) => self.receive(frame),
                InboxEvent::Notified => self.step(&Event::Committed),
                InboxEvent::TimedOut if self.unfinished => self.step(&Event::Committed),
                InboxEvent::TimedOut => {}
            }
            // Frames without a pause must not keep the ticks away.
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                self.step(&Event::Tick);
            }
        }
    }

    /// Handles a frame and those that are there already. One commit, with its fsync, applies all of them.
    fn receive(&mut self, first: Vec<u8>) {
        let frames = std::iter::once(first).chain(self.inbox.more(FRAMES_TOGETHER_MAX - 1, BYTES_TOGETHER_MAX));
        let mut messages = Vec::new();
        for frame in frames {
            match Message::from_bytes(&frame) {
                Ok(message) => messages.push(message),
                Err(error) => tracing::warn!(%error, "a frame from another region is dropped"),
            }
        }
        if !messages.is_empty() {
            self.step(&Event::ReceivedTogether(messages));
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
