//! One region's part in replication, one step at a time.

use std::collections::BTreeMap;

use claviger_crypto::PublicIdentity;
use claviger_store::Tx;
use claviger_store::tables::log;
use claviger_types::{Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::context::{Env, Error, PeerContext};
use crate::frame::{Frame, Message};
use crate::hooks::RegionHooks;
use crate::inbox::{self, Data, Handling};
use crate::notice::{Counters, Diagnostics, Dropped, Notice};
use crate::outbound::{Acknowledged, OutboundStream, Welcomed};
use crate::outbox;
use crate::resync::resync;

/// How many rows that a snapshot can take the place of may wait for a region that does not answer.
const OUTBOX_ROWS_MAX: usize = 10_000;

/// What a step is about.
#[derive(Debug, Clone)]
pub enum Event {
    /// Time has passed: messages without an answer are sent again.
    Tick,
    /// Something was committed: the outbox may hold something new.
    Committed,
    /// A message came in.
    Received(Message),
}

/// One region's part: who its peers are, and how far each of its streams is. Cloned before a step, so that one whose writes
/// conflict can be done again.
///
/// The streams' state is volatile. Make a new engine with a higher `boots` at each start.
#[derive(Debug, Clone)]
pub struct Engine {
    region: Region,
    iam_home: Region,
    peers: BTreeMap<Region, Peer>,
    diagnostics: Diagnostics,
    pub(crate) broken: BrokenRules,
    /// See [`OUTBOX_ROWS_MAX`]; the simulator has its own.
    pub(crate) outbox_rows_max: usize,
}

#[derive(Debug, Clone)]
struct Peer {
    identity: PublicIdentity,
    stream: OutboundStream,
    /// When its outbox was last looked at for its length.
    counted_at: Option<Timestamp>,
}

impl Engine {
    /// The engine of `region`, whose store has been opened `boots` times (committed before this call), with the pinned
    /// identities of all other regions of the partition.
    pub fn new(
        region: Region,
        boots: u64,
        iam_home: Region,
        peers: impl IntoIterator<Item = (Region, PublicIdentity)>,
    ) -> Engine {
        let peers = peers.into_iter().filter(|(peer, _)| *peer != region);
        let peers = peers
            .map(|(peer, identity)| (peer, Peer { identity, stream: OutboundStream::new(boots), counted_at: None }))
            .collect();
        let (diagnostics, broken) = (Diagnostics::default(), BrokenRules::default());
        Engine { region, iam_home, peers, diagnostics, broken, outbox_rows_max: OUTBOX_ROWS_MAX }
    }

    /// The same engine with rules broken, for the simulator.
    #[cfg(feature = "test-kit")]
    pub(crate) fn with_broken_rules(self, broken: BrokenRules) -> Engine {
        Engine { broken, ..self }
    }

    /// What has been dropped and why.
    pub fn counters(&self) -> Counters {
        self.diagnostics.counters
    }

    /// What has happened since this was last called that an operator should know of; of many things at once only the first.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.diagnostics.notices)
    }

    /// Whether nothing that was read from the outbox waits for an answer of any peer.
    pub fn is_idle(&self) -> bool {
        self.peers.values().all(|peer| peer.stream.is_idle())
    }

    /// One step over one transaction. What it answers is to be sent once the transaction's writes, if there are any, are
    /// durable, and thrown away with this engine if they are not.
    ///
    /// # Errors
    ///
    /// [`Error`] if the store fails. A malformed or unauthorized message is not an error of this call: it is dropped, and its
    /// counter in [`Counters`] is raised.
    pub fn step(
        &mut self,
        event: &Event,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        match event {
            Event::Tick | Event::Committed => self.send(tx, hooks, env),
            Event::Received(message) => self.receive(message, Handling::Apply, tx, hooks, env),
        }
    }

    /// [`Engine::step`] over a message that came upon a row which cannot be read.
    pub(crate) fn step_over(
        &mut self,
        message: &Message,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        self.receive(message, Handling::PassOver, tx, hooks, env)
    }

    /// Makes messages of what waits, and answers those that are due, new or again.
    fn send(&mut self, tx: &mut Tx<'_>, hooks: &dyn RegionHooks, env: &Env<'_>) -> Result<Vec<Message>, Error> {
        let Engine { region: here, iam_home, peers, diagnostics, broken, outbox_rows_max } = self;
        let (session, broken) = (0, *broken);
        let mut messages = Vec::new();
        for (peer, Peer { identity, stream, counted_at }) in peers {
            let mut cx = PeerContext { tx, hooks, env, here, peer, identity, iam_home, session, broken, diagnostics };
            outbox::keep_short(&mut cx, stream, counted_at, *outbox_rows_max)?;
            outbox::fill(&mut cx, stream)?;
            messages.extend(stream.due(env.now).iter().map(|frame| cx.sign(frame)));
        }
        Ok(messages)
    }

    fn receive(
        &mut self,
        message: &Message,
        handling: Handling,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        let Engine { region: here, iam_home, peers, diagnostics, broken, .. } = self;
        let (peer, session, broken) = (&message.from, 0, *broken);
        let Some(Peer { identity, stream, .. }) = peers.get_mut(peer).filter(|_| message.to == *here) else {
            diagnostics.dropped(peer, Dropped::Misaddressed);
            return Ok(Vec::new());
        };
        if !message.is_from(identity) {
            diagnostics.dropped(peer, Dropped::Forged);
            return Ok(Vec::new());
        }
        let Some(frame) = message.frame() else {
            diagnostics.dropped(peer, Dropped::Garbage);
            return Ok(Vec::new());
        };
        let mut cx = PeerContext { tx, hooks, env, here, peer, identity, iam_home, session, broken, diagnostics };
        let answer = answer(&mut cx, stream, frame, handling)?;
        Ok(answer.iter().map(|frame| cx.sign(frame)).collect())
    }
}

/// Handles a frame of the peer's, and answers it if it wants an answer.
fn answer(
    cx: &mut PeerContext<'_, '_>,
    stream: &mut OutboundStream,
    frame: Frame,
    handling: Handling,
) -> Result<Option<Frame>, Error> {
    match frame {
        Frame::Hello { session } => {
            return Ok(Some(Frame::Welcome { session, known: log::inbox(cx.tx, cx.peer)?.session }));
        }
        Frame::Welcome { session, known } => {
            if stream.welcomed(session, known) == Welcomed::BeginAnew {
                resync(cx.tx, cx.peer)?;
            }
        }
        Frame::Ack { .. } => match stream.acknowledged(&frame, cx.env.now) {
            Acknowledged::Nothing => {}
            Acknowledged::Rows(rows) => log::drop_outbox(cx.tx, rows)?,
            Acknowledged::Lost => resync(cx.tx, cx.peer)?,
        },
        Frame::Data { session, sequence, sending, payload } => {
            return inbox::receive(cx, &Data { session, sequence, sending, payload }, handling);
        }
    }
    Ok(None)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
