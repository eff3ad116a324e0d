//! One region: its store, and the streams to its peers.

use std::sync::Arc;

use crate::key::{Epoch, Key, MaterialNumber, Region};
use crate::messages::{Payload, Request, Row};

/// The most messages of a stream that wait for an acknowledgement: `outbound::WINDOW`.
const WINDOW: usize = 64;

/// The stream to a peer. The rows are durable, and all else is lost in a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Outbound {
    /// The rows of the outbox that are not acknowledged, oldest first.
    pub(crate) rows: Vec<Row>,
    /// The messages under way, each with the number of rows that it was made of. They are made of the first rows.
    pub(crate) window: Vec<(u8, Arc<Payload>)>,
    /// The sequence number before the first message of the window.
    pub(crate) acknowledged: u8,
}

impl Outbound {
    /// How many rows wait for a message.
    pub(crate) fn waiting(&self) -> usize {
        let made: usize = self.window.iter().map(|(rows, _)| usize::from(*rows)).sum();
        self.rows.len().saturating_sub(made)
    }

    /// Whether the next [`Outbound::fill`] makes a message.
    pub(crate) fn can_fill(&self) -> bool {
        self.waiting() > 0 && self.window.len() < WINDOW
    }

    /// Makes messages of waiting rows, as `outbox::fill` does. Equal rows that follow each other become one message. Returns the messages with
    /// their sequence numbers.
    pub(crate) fn fill(&mut self, make: impl Fn(&Row) -> Payload) -> Vec<(u8, Arc<Payload>)> {
        let mut made = Vec::new();
        let mut next = self.rows.len().saturating_sub(self.waiting());
        while self.window.len() < WINDOW {
            let Some(row) = self.rows.get(next) else { break };
            let equal = self.rows.iter().skip(next).take_while(|other| *other == row).count();
            let payload = Arc::new(make(row));
            next += equal;
            self.window.push((u8::try_from(equal).unwrap_or(u8::MAX), payload.clone()));
            made.push((self.acknowledged + u8::try_from(self.window.len()).unwrap_or(u8::MAX), payload));
        }
        made
    }

    /// Drops the rows of messages up to this sequence number.
    pub(crate) fn acknowledge(&mut self, applied: u8) {
        while self.acknowledged < applied && !self.window.is_empty() {
            let (rows, _) = self.window.remove(0);
            self.rows.drain(..usize::from(rows));
            self.acknowledged += 1;
        }
    }
}

/// The stream from a peer: `InboxRecord`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Inbound {
    pub(crate) session: u8,
    pub(crate) applied: u8,
}

/// A request for material that waits for its response: `ReceiveRecord`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Asked {
    pub(crate) public: u8,
    pub(crate) session: u8,
    pub(crate) held: Vec<MaterialNumber>,
}

/// What a region has for each of its peers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) outbound: Outbound,
    pub(crate) inbound: Inbound,
    pub(crate) asked: Option<Asked>,
}

/// A region.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Site {
    pub(crate) key: Option<Key>,
    /// The mark of a deleted key: `DeletedKeyRecord`.
    pub(crate) mark: Option<(Epoch, u8)>,
    /// How often the region was started. It is the session of its streams.
    pub(crate) boots: u8,
    /// By region. The region's own place is unused.
    pub(crate) peers: Vec<Peer>,
}

impl Site {
    /// A region that has exchanged no message about the key.
    pub(crate) fn new(regions: u8, key: Option<Key>) -> Site {
        let peer = Peer { inbound: Inbound { session: 1, applied: 0 }, ..Peer::default() };
        Site { key, mark: None, boots: 1, peers: vec![peer; usize::from(regions)] }
    }

    /// Puts a row into the outbox for a peer.
    pub(crate) fn push(&mut self, to: Region, row: Row) {
        self.peers[to.index()].outbound.rows.push(row);
    }

    /// `key_replication::announce`
    pub(crate) fn announce(&mut self, here: Region) {
        let Some(key) = &self.key else { return };
        let pending = key.pending.iter().map(|pending| pending.region);
        let to = pending.fold(key.members(), crate::key::Regions::with).without(here);
        to.iter().for_each(|region| self.push(region, Row::State));
    }

    /// A public key that is not in use on the stream to `peer`. A real one is random.
    pub(crate) fn unused_public(&self, peer: Region, elsewhere: &[u8]) -> u8 {
        let Peer { outbound, asked, .. } = &self.peers[peer.index()];
        let in_row = |public: u8| {
            outbound.rows.iter().any(|row| matches!(row, Row::Request(Request { public: used, .. }) if *used == public))
        };
        let free = |public: &u8| {
            asked.as_ref().is_none_or(|asked| asked.public != *public)
                && !in_row(*public)
                && !elsewhere.contains(public)
        };
        (0..u8::MAX).find(free).unwrap_or(u8::MAX)
    }

    /// Stops the region and starts it again: all that is not in the store is gone.
    pub(crate) fn restart(&mut self) {
        self.boots += 1;
        for peer in &mut self.peers {
            peer.outbound.window.clear();
            peer.outbound.acknowledged = 0;
        }
    }
}
