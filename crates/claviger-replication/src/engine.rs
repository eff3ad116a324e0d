//! One region's part in replication, one step at a time.

use std::collections::BTreeMap;

use claviger_crypto::{Identity, Keyring, PublicIdentity};
use claviger_store::tables::log::{self, InboxRecord};
use claviger_store::{Error as StoreError, Key, Tx, Value};
use claviger_types::{Random, Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::change::{Change, Payload};
use crate::frame::{Bytes, Frame, Message, PAYLOAD_BYTES_MAX};
use crate::notice::{Dropped, NOTICES_MAX, Notice};
use crate::outbound::{Acknowledged, OutboundStream, Welcomed, elapsed};
use crate::resync::Expanded;
use crate::{
    RegionHooks, compact, handover, iam_replication, key_apply, key_replication, last_use_replication, resync,
    secret_apply, secret_replication, secret_transfer, unreadable,
};

/// How many rows that a snapshot can take the place of may wait for a region that does not answer.
const OUTBOX_ROWS_MAX: usize = 10_000;
/// How often they are counted.
const COMPACT_EVERY_MS: i64 = 10_000;

/// What a step may use besides the transaction.
pub struct Env<'a> {
    /// The moment of the step.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub random: &'a dyn Random,
    /// The region's domain keys.
    pub keyring: &'a Keyring,
    /// What the region signs with.
    pub identity: &'a Identity,
}

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

/// Why a step could not be done. What a peer sends never brings one about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether one row is at fault and not the store.
    pub(crate) fn is_unreadable(&self) -> bool {
        let Error::Store(error) = self;
        matches!(error, StoreError::Corrupt { .. } | StoreError::Encoding(_))
    }
}

/// What has been dropped and why, since the engine was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Not from a peer, or not for this region.
    pub misaddressed: u64,
    /// Not signed by the region that it says it is from.
    pub forged: u64,
    /// Signed, and yet not readable.
    pub garbage: u64,
    /// Of an earlier session, or already applied.
    pub repeated: u64,
    /// Ahead of what can be applied.
    pub gaps: u64,
    /// Applied without effect: older than what is held.
    pub stale: u64,
    /// About something that the peer has no say in.
    pub forbidden: u64,
    /// Not applied because a row that they are about cannot be read.
    pub unreadable: u64,
    /// Not sent because they are too large or their row cannot be read.
    pub unsendable: u64,
}

/// What became of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Applied,
    Stale,
    Forbidden,
}

/// One region's part: who its peers are, and how far each of its streams is. Cloned before a step, so that one whose writes
/// conflict can be done again.
///
/// The links' state is volatile. Make a new engine with a higher `boots` at each start.
#[derive(Debug, Clone)]
pub struct Engine {
    region: Region,
    iam_home: Region,
    peers: BTreeMap<Region, Peer>,
    counters: Counters,
    notices: Vec<Notice>,
    pub(crate) broken: BrokenRules,
    /// See [`OUTBOX_ROWS_MAX`]; the simulator has its own.
    pub(crate) outbox_rows_max: usize,
}

#[derive(Debug, Clone)]
struct Peer {
    identity: PublicIdentity,
    link: OutboundStream,
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
            .map(|(peer, identity)| (peer, Peer { identity, link: OutboundStream::new(boots), counted_at: None }))
            .collect();
        let (counters, notices, broken) = (Counters::default(), Vec::new(), BrokenRules::default());
        Engine { region, iam_home, peers, counters, notices, broken, outbox_rows_max: OUTBOX_ROWS_MAX }
    }

    /// The same engine with rules broken, for the simulator.
    #[cfg(feature = "test-kit")]
    pub(crate) fn with_broken_rules(self, broken: BrokenRules) -> Engine {
        Engine { broken, ..self }
    }

    /// What has been dropped and why.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// What has happened since this was last called that somebody should know of; of many things at once only the first.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Whether nothing that was read from the outbox waits for an answer of any peer.
    pub fn is_idle(&self) -> bool {
        self.peers.values().all(|peer| peer.link.is_idle())
    }

    /// One step over one transaction. What it answers is to be sent once the transaction's writes, if there are any, are
    /// durable, and thrown away with this engine if they are not.
    ///
    /// # Errors
    ///
    /// [`Error`] if the store fails. Whatever a message holds is no error: it is applied, or dropped and counted.
    pub fn step(
        &mut self,
        event: &Event,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        match event {
            Event::Tick | Event::Committed => self.pump(tx, hooks, env),
            Event::Received(message) => self.receive(message, false, tx, hooks, env),
        }
    }

    /// [`Engine::step`] over a message that came upon a row which cannot be read: its number is used up and nothing of it
    /// is applied, or the stream would stand still for ever.
    pub(crate) fn step_over(
        &mut self,
        message: &Message,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        self.receive(message, true, tx, hooks, env)
    }

    fn dropped(&mut self, peer: &Region, why: Dropped) {
        let counter = match why {
            Dropped::Misaddressed => &mut self.counters.misaddressed,
            Dropped::Forged => &mut self.counters.forged,
            Dropped::Garbage => &mut self.counters.garbage,
            Dropped::Forbidden => &mut self.counters.forbidden,
            Dropped::Unreadable => &mut self.counters.unreadable,
            Dropped::Unsendable => &mut self.counters.unsendable,
        };
        *counter += 1;
        self.notice(Notice::Dropped { peer: peer.clone(), why });
    }

    fn notice(&mut self, notice: Notice) {
        if self.notices.len() < NOTICES_MAX {
            self.notices.push(notice);
        }
    }

    fn pump(&mut self, tx: &mut Tx<'_>, hooks: &dyn RegionHooks, env: &Env<'_>) -> Result<Vec<Message>, Error> {
        let regions: Vec<Region> = self.peers.keys().cloned().collect();
        let mut messages = Vec::new();
        for region in regions {
            self.compact(&region, tx, env)?;
            self.fill(&region, tx, hooks, env)?;
            let Some(peer) = self.peers.get_mut(&region) else { continue };
            let frames = peer.link.due(env.now);
            messages.extend(frames.iter().map(|frame| Message::signed(&self.region, &region, frame, env.identity)));
        }
        Ok(messages)
    }

    /// Keeps the outbox of a region that is away from growing without end.
    fn compact(&mut self, region: &Region, tx: &mut Tx<'_>, env: &Env<'_>) -> Result<(), Error> {
        let limit = self.outbox_rows_max;
        let Some(peer) = self.peers.get_mut(region).filter(|peer| peer.link.is_silent()) else { return Ok(()) };
        if peer.counted_at.is_some_and(|at| elapsed(at, env.now) < COMPACT_EVERY_MS) {
            return Ok(());
        }
        peer.counted_at = Some(env.now);
        match compact::compact(tx, region, peer.link.cursor.as_deref(), limit) {
            Ok(true) => self.notice(Notice::Compacted { peer: region.clone() }),
            // A damaged row is dealt with when its turn comes.
            Ok(false) | Err(StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The oldest rows of the outbox. One that does not open cannot be sent, and a snapshot makes up for what it named.
    fn waiting(
        &mut self,
        region: &Region,
        after: Option<&[u8]>,
        room: usize,
        tx: &mut Tx<'_>,
    ) -> Result<Vec<(Key, Value)>, Error> {
        let mut damaged = None;
        loop {
            match log::outbox(tx, region, after, room) {
                Err(StoreError::Corrupt { key }) if damaged.as_ref() != Some(&key) => {
                    if damaged.is_none() {
                        resync::resync(tx, region)?;
                    }
                    log::drop_outbox(tx, vec![key.clone()])?;
                    self.dropped(region, Dropped::Unsendable);
                    damaged = Some(key);
                }
                rows => return Ok(rows?),
            }
        }
    }

    /// Takes what waits in the outbox into the peer's window.
    fn fill(&mut self, region: &Region, tx: &mut Tx<'_>, hooks: &dyn RegionHooks, env: &Env<'_>) -> Result<(), Error> {
        let Some(peer) = self.peers.get(region) else { return Ok(()) };
        let rows = match peer.link.room() {
            0 => return Ok(()),
            room => {
                let cursor = peer.link.cursor.clone();
                self.waiting(region, cursor.as_deref(), room, tx)?
            }
        };
        let mut rows = rows.into_iter().peekable();
        while let Some((key, bytes)) = rows.next() {
            let change: Option<Change> = minicbor::decode(&bytes).ok();
            if let Some(Change::Resync(cursor)) = change {
                // The snapshot's next page takes this row's place at the end of the outbox; its rows come in a later step.
                if resync::expand(tx, &self.region, region, &self.iam_home, cursor)? == Expanded::Damaged {
                    self.dropped(region, Dropped::Unsendable);
                }
                log::drop_outbox(tx, vec![key.clone()])?;
                if let Some(peer) = self.peers.get_mut(region) {
                    peer.link.cursor = Some(key);
                }
                break;
            }
            // The same change several times in a row is one message: it carries the present state anyway.
            let mut keys: Vec<Key> = vec![key];
            while let Some((key, _)) = rows.next_if(|(_, next)| *next == bytes) {
                keys.push(key);
            }
            let payload = self.payload(region, change, tx, hooks, env)?;
            if let Some(peer) = self.peers.get_mut(region) {
                peer.link.cursor = keys.last().cloned();
                peer.link.enqueue(keys, payload);
            }
        }
        Ok(())
    }

    fn payload(
        &mut self,
        region: &Region,
        change: Option<Change>,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Bytes, Error> {
        let mut unsendable = change.is_none();
        let mut bytes = Bytes::of(&Payload::Nothing);
        if let (Some(change), Some(mut cx)) = (change, self.cx(region, 0, tx, hooks, env)) {
            // Whoever asked must hear that there is nothing, or the question would be open for ever.
            let instead = match &change {
                Change::SecretResponse(request) => secret_transfer::nothing(request),
                _ => Payload::Nothing,
            };
            let made = match outgoing(&mut cx, change) {
                Ok(payload) => Some(Bytes::of(&payload)),
                Err(error) if error.is_unreadable() => None,
                Err(error) => return Err(error),
            };
            let made = made.filter(|made| made.0.len() <= PAYLOAD_BYTES_MAX);
            unsendable = made.is_none();
            bytes = made.unwrap_or_else(|| Bytes::of(&instead));
        }
        if unsendable {
            self.dropped(region, Dropped::Unsendable);
        }
        Ok(bytes)
    }

    fn cx<'a, 's>(
        &'a self,
        peer: &Region,
        session: u64,
        tx: &'a mut Tx<'s>,
        hooks: &'a dyn RegionHooks,
        env: &'a Env<'a>,
    ) -> Option<PeerContext<'a, 's>> {
        let (peer, Peer { identity, .. }) = self.peers.get_key_value(peer)?;
        let (here, iam_home, broken) = (&self.region, &self.iam_home, self.broken);
        Some(PeerContext { tx, hooks, env, here, peer, identity, iam_home, session, broken })
    }

    fn receive(
        &mut self,
        message: &Message,
        over: bool,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        let Some(peer) = self.peers.get_mut(&message.from).filter(|_| message.to == self.region) else {
            self.dropped(&message.from, Dropped::Misaddressed);
            return Ok(Vec::new());
        };
        if !message.is_from(&peer.identity) {
            self.dropped(&message.from, Dropped::Forged);
            return Ok(Vec::new());
        }
        let Some(frame) = message.frame() else {
            self.dropped(&message.from, Dropped::Garbage);
            return Ok(Vec::new());
        };
        let from = &message.from;
        let answer = match frame {
            Frame::Hello { session } => Some(Frame::Welcome { session, known: log::inbox(tx, from)?.session }),
            Frame::Welcome { session, known } => {
                if peer.link.welcomed(session, known) == Welcomed::BeginAnew {
                    resync::resync(tx, from)?;
                }
                None
            }
            Frame::Ack { .. } => {
                match peer.link.acknowledged(&frame, env.now) {
                    Acknowledged::Nothing => {}
                    Acknowledged::Rows(rows) => log::drop_outbox(tx, rows)?,
                    Acknowledged::Lost => resync::resync(tx, from)?,
                }
                None
            }
            Frame::Data { session, sequence, sending, payload } => {
                let data = Data { session, sequence, sending, payload, over };
                self.receive_data(from, data, tx, hooks, env)?
            }
        };
        Ok(answer.iter().map(|frame| Message::signed(&self.region, from, frame, env.identity)).collect())
    }

    fn receive_data(
        &mut self,
        from: &Region,
        data: Data,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Option<Frame>, Error> {
        let Data { session, sequence, sending, payload, over } = data;
        let mut inbox = log::inbox(tx, from)?;
        if session != inbox.session && !self.broken.ignore_session() {
            if session < inbox.session {
                self.counters.repeated += 1;
                return Ok(None);
            }
            inbox = InboxRecord { session, applied: 0 };
        }
        let ack = |applied: u64, gap: bool| Some(Frame::Ack { session, applied, sending, gap });
        if sequence <= inbox.applied {
            self.counters.repeated += 1;
            return Ok(ack(inbox.applied, false));
        }
        if sequence != inbox.applied.saturating_add(1) && !self.broken.skip_gaps() {
            self.counters.gaps += 1;
            return Ok(ack(inbox.applied, true));
        }
        match over {
            true => self.pass_over(from, session, &payload, tx, hooks, env)?,
            false => self.apply(from, session, &payload, tx, hooks, env)?,
        }
        inbox = InboxRecord { session, applied: sequence };
        log::save_inbox(tx, from, &inbox)?;
        Ok(ack(sequence, false))
    }

    fn apply(
        &mut self,
        from: &Region,
        session: u64,
        payload: &Bytes,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<(), Error> {
        let Some(payload) = payload.read() else {
            self.dropped(from, Dropped::Garbage);
            return Ok(());
        };
        let declined = match &payload {
            Payload::OfferDeclined(declined) => Some((declined.name.id.clone(), declined.reason.clone())),
            _ => None,
        };
        let Some(mut cx) = self.cx(from, session, tx, hooks, env) else { return Ok(()) };
        match apply(&mut cx, payload)? {
            Verdict::Applied => {
                if let Some((key, reason)) = declined {
                    self.notice(Notice::HandoverDeclined { key, by: from.clone(), reason });
                }
            }
            Verdict::Stale => self.counters.stale += 1,
            Verdict::Forbidden => self.dropped(from, Dropped::Forbidden),
        }
        Ok(())
    }

    fn pass_over(
        &mut self,
        from: &Region,
        session: u64,
        payload: &Bytes,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<(), Error> {
        self.dropped(from, Dropped::Unreadable);
        match (payload.read(), self.cx(from, session, tx, hooks, env)) {
            (Some(payload), Some(mut cx)) => unreadable::answer(&mut cx, payload),
            _ => Ok(()),
        }
    }
}

struct Data {
    session: u64,
    sequence: u64,
    sending: u64,
    payload: Bytes,
    /// Whether it is only to be counted.
    over: bool,
}

/// What the parts of a step work with.
pub(crate) struct PeerContext<'a, 's> {
    pub(crate) tx: &'a mut Tx<'s>,
    pub(crate) hooks: &'a dyn RegionHooks,
    pub(crate) env: &'a Env<'a>,
    pub(crate) here: &'a Region,
    /// The region at the other end of this stream.
    pub(crate) peer: &'a Region,
    pub(crate) identity: &'a PublicIdentity,
    pub(crate) iam_home: &'a Region,
    /// The peer's session, while something of its stream is applied.
    pub(crate) session: u64,
    pub(crate) broken: BrokenRules,
}

impl PeerContext<'_, '_> {
    /// Puts a change into the outbox for the peer.
    pub(crate) fn push(&mut self, change: &Change) -> Result<(), Error> {
        Ok(change.push(self.tx, self.peer)?)
    }
}

/// What a change says at this moment.
fn outgoing(cx: &mut PeerContext<'_, '_>, change: Change) -> Result<Payload, Error> {
    let payload = match change {
        Change::Key(name) => key_replication::outgoing(cx, &name)?.map(Payload::Key),
        Change::KeyReport(name) => key_replication::report(cx, name)?.map(Payload::KeyReport),
        Change::ReplicaDeleted(gone) => Some(Payload::ReplicaDeleted(gone)),
        Change::MemberReport(told) => Some(Payload::MemberReport(told)),
        Change::OfferDeclined(declined) => Some(Payload::OfferDeclined(declined)),
        Change::Secret(arn) => secret_replication::shared(cx, &arn)?.map(|(_, shared)| Payload::Secret(shared)),
        Change::SecretRemoved(replica) => Some(Payload::SecretRemoved(replica)),
        Change::SecretDetached(replica) => Some(Payload::SecretDetached(replica)),
        Change::SecretReport(report) => Some(Payload::SecretReport(report)),
        Change::Iam(name) => iam_replication::outgoing(cx, name)?.map(Payload::Iam),
        Change::TokenKey(id) => iam_replication::outgoing_token_key(cx, &id)?.map(Payload::TokenKey),
        Change::SecretRequest(request) => Some(Payload::SecretRequest(request)),
        Change::SecretResponse(request) => {
            Some(Payload::SecretResponse(Box::new(secret_transfer::outgoing(cx, request)?)))
        }
        Change::LastUse(id) => last_use_replication::outgoing(cx, &id)?.map(Payload::LastUse),
        Change::Resync(_) => None,
    };
    Ok(payload.unwrap_or(Payload::Nothing))
}

/// Applies what a peer says, as far as the peer has a say in it.
fn apply(cx: &mut PeerContext<'_, '_>, payload: Payload) -> Result<Verdict, Error> {
    match payload {
        Payload::Nothing => Ok(Verdict::Applied),
        Payload::Key(shared) => key_apply::apply(cx, shared),
        Payload::KeyReport(report) => key_apply::on_report(cx, report),
        Payload::ReplicaDeleted(gone) => key_apply::on_gone(cx, gone),
        Payload::MemberReport(told) => handover::on_members(cx, told),
        Payload::OfferDeclined(declined) => handover::on_declined(cx, declined),
        Payload::Secret(shared) => secret_apply::apply(cx, shared),
        Payload::SecretRemoved(replica) => secret_apply::on_removed(cx, replica),
        Payload::SecretDetached(replica) => secret_replication::on_detached(cx, replica),
        Payload::SecretReport(report) => secret_replication::on_report(cx, report),
        Payload::Iam(state) => iam_replication::apply(cx, state),
        Payload::TokenKey(record) => iam_replication::apply_token_key(cx, record),
        Payload::SecretRequest(request) => secret_transfer::on_request(cx, request),
        Payload::SecretResponse(response) => secret_transfer::on_response(cx, *response),
        Payload::LastUse(record) => last_use_replication::apply(cx, record),
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
