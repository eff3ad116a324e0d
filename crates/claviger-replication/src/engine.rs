//! One region's part in replication, one step at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use claviger_crypto::{Operators, PublicIdentity};
use claviger_store::Tx;
use claviger_store::tables::log::AckedRecord;
use claviger_store::tables::run_table::SignedPoint;
use claviger_store::tables::{fleet_table, log, region_table, run_table};
use claviger_types::{Region, Timestamp};

use crate::backlog::{Moments, survey_ms};
use crate::broken_rules::BrokenRules;
use crate::claim_pass::ClaimPass;
use crate::context::{Env, Error, PeerContext};
use crate::departures;
use crate::frame::{FRAMES_MAX, Frame, Message, by_message};
use crate::hooks::RegionHooks;
use crate::inbox::{self, Data, Handling};
use crate::notice::{Counters, Diagnostics, Dropped, Notice};
use crate::outbound::{Acknowledged, OutboundStream, Welcomed, elapsed};
use crate::outbox;
use crate::peer::{Peer, PeerStatus};
use crate::rebuild;
use crate::rebuild_state;
use crate::replica_pass::ReplicaPass;
use crate::resync::resync;
use crate::rotation_pass::RotationPass;
use crate::rotation_rule::{AWAY_MS, RotationRule};

/// The most rows that may wait for an unreachable region, of those that a snapshot can replace.
const OUTBOX_ROWS_MAX: usize = 10_000;

/// The most time that one tick adds to the silence of a peer. A clock that jumps, or a process that was suspended, does not make all
/// others look as if they were away.
const TICK_MS_MAX: i64 = 5_000;

/// A difference between two ticks from which on the clock counts as having been set.
const CLOCK_SET_MS: i64 = 600_000;

/// The event that causes a step.
#[derive(Debug, Clone)]
pub enum Event {
    /// Time has passed. Messages without an answer are sent again.
    Tick,
    /// A transaction was committed. The outbox may hold new rows.
    Committed,
    /// A message came in.
    Received(Message),
    /// Messages came in together. One commit applies all of them.
    ReceivedTogether(Vec<Message>),
    /// The frame of a message with this index is to be handled alone: one of the message has met a row that cannot be read.
    ReceivedFrame(Message, usize),
}

/// The replication state of one region: its peers, and the position of each of its streams. The caller clones it before a
/// step, so that a step whose writes conflict can run again.
///
/// The state of the streams is volatile. Make a new engine with a higher `boots` at each start.
#[derive(Debug, Clone)]
pub struct Engine {
    region: Region,
    boots: u64,
    iam_home: Region,
    peers: BTreeMap<Region, Peer>,
    diagnostics: Diagnostics,
    pub(crate) broken: BrokenRules,
    /// When the last tick was.
    ticked: Option<Timestamp>,
    /// Which replicas a rotation waits for.
    rule: RotationRule,
    /// Whose signatures a forced promotion needs.
    operators: Arc<Operators>,
    /// See [`AWAY_MS`]. The simulator sets a shorter time.
    pub(crate) away_ms: i64,
    /// The rotations that the rule completes without a message.
    rotations: RotationPass,
    /// The claims of other regions that were refused.
    claims: ClaimPass,
    /// See [`OUTBOX_ROWS_MAX`]. The simulator sets a lower one.
    pub(crate) outbox_rows_max: usize,
    /// See [`FRAMES_MAX`]. The simulator sets a lower one.
    pub(crate) frames_max: usize,
    /// Whether the backlogs are counted and told to the peers.
    tells: bool,
    /// The recent positions of the store.
    moments: Moments,
    /// The count of the replicas, if the backlogs are counted.
    replicas: ReplicaPass,
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
        let (diagnostics, broken) = (Diagnostics::default(), BrokenRules::default());
        let peers_of = BTreeMap::new();
        let (rule, rotations) = (RotationRule::default(), RotationPass::default());
        let operators = Arc::default();
        let (ticked, away_ms, outbox_rows_max) = (None, AWAY_MS, OUTBOX_ROWS_MAX);
        let mut engine = Engine {
            region,
            boots,
            iam_home,
            peers: peers_of,
            diagnostics,
            broken,
            ticked,
            rule,
            operators,
            away_ms,
            rotations,
            claims: ClaimPass::default(),
            outbox_rows_max,
            frames_max: FRAMES_MAX,
            tells: false,
            moments: Moments::default(),
            replicas: ReplicaPass::default(),
        };
        engine.set_peers(peers);
        engine
    }

    /// The same engine, in which new material of a key becomes current once so many of its replicas hold it. `None`: all whose regions are
    /// reachable, and at least one.
    pub fn requiring_replicas(mut self, required: Option<u32>) -> Engine {
        self.rule.required = required;
        self
    }

    /// The same engine, which counts what waits for each peer about once a second, and tells the peer.
    pub fn telling_peers(self) -> Engine {
        Engine { tells: true, ..self }
    }

    /// Changes whose signatures a forced promotion needs.
    pub fn set_operators(&mut self, operators: Arc<Operators>) {
        if self.operators != operators {
            // What the former ones had not signed, these may have.
            self.claims = ClaimPass::default();
        }
        self.operators = operators;
    }

    /// Changes the other regions. A region with another identity than before has another store, and its stream begins anew.
    pub fn set_peers(&mut self, peers: impl IntoIterator<Item = (Region, PublicIdentity)>) {
        let mut before = std::mem::take(&mut self.peers);
        for (region, identity) in peers.into_iter().filter(|(peer, _)| *peer != self.region) {
            let same = before.remove(&region).filter(|peer| peer.identity == identity);
            self.peers.insert(region, same.unwrap_or_else(|| Peer::new(identity, self.boots)));
        }
        self.rule.members = self.peers.keys().cloned().collect();
        self.note_away();
    }

    /// The region where IAM is written, as of the last step.
    pub fn iam_home(&self) -> &Region {
        &self.iam_home
    }

    /// The state of the stream to each other region.
    pub fn peer_statuses(&self) -> Vec<PeerStatus> {
        let unsent = |region: &Region| self.diagnostics.unsent.get(region).copied().unwrap_or_default();
        let counted = |region: &Region| {
            let (at, counts) = self.replicas.counted()?;
            Some((*at, counts.get(region).copied().unwrap_or_default()))
        };
        let status = |(region, peer): (&Region, &Peer)| {
            let replicas = counted(region);
            PeerStatus { replicas, unsent: unsent(region), ..peer.status(region, self.is_away(peer)) }
        };
        self.peers.iter().map(status).collect()
    }

    /// The same engine with rules broken, for the simulator.
    #[cfg(feature = "test-kit")]
    pub(crate) fn with_broken_rules(self, broken: BrokenRules) -> Engine {
        Engine { broken, ..self }
    }

    /// The number of dropped messages and changes for each reason.
    pub fn counters(&self) -> Counters {
        self.diagnostics.counters
    }

    /// The notices for the operator since the last call. If there are more than fit, only the oldest are kept.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.diagnostics.notices)
    }

    /// Whether steps since the last call have changed the members of the fleet in the store.
    pub fn take_fleet_change(&mut self) -> bool {
        std::mem::take(&mut self.diagnostics.fleet_changed)
    }

    /// Whether no outbox row that was read waits for the answer of a peer.
    pub fn is_idle(&self) -> bool {
        self.peers.values().all(|peer| peer.stream.is_idle())
    }

    /// One step over one transaction. The caller sends the returned messages once the writes of the transaction, if it has
    /// any, are durable. If they do not become durable, the caller drops the messages and this engine.
    ///
    /// # Errors
    ///
    /// [`Error`] if the store fails. A malformed or unauthorized message is not an error of this call. The message is
    /// dropped, and its counter in [`Counters`] is raised.
    pub fn step(
        &mut self,
        event: &Event,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        self.follow_home(tx)?;
        if rebuild_state::is_held(tx)? {
            return Ok(Vec::new());
        }
        rebuild::finish_some(tx, &self.region, env.now, self.broken)?;
        match event {
            Event::Tick => {
                departures::settle_some(tx, &self.region, env.now)?;
                let elapsed_ms = self.tick(env.now);
                if fleet_table::rebuild(tx)?.is_none() {
                    let Engine { region, rule, rotations, claims, .. } = self;
                    rotations.complete_some(tx, region, rule, elapsed_ms, env.now)?;
                    claims.ask_some(tx, region, rule, elapsed_ms, env.now)?;
                }
                let mut messages = self.send(tx, hooks, env)?;
                messages.extend(self.survey(tx, env)?);
                if self.tells {
                    self.replicas.count_some(tx, &self.region, elapsed_ms, env.now)?;
                }
                Ok(messages)
            }
            Event::Committed => self.send(tx, hooks, env),
            Event::Received(message) => self.receive([message], Only::All, tx, hooks, env),
            Event::ReceivedTogether(messages) => self.receive(messages, Only::All, tx, hooks, env),
            Event::ReceivedFrame(message, index) => {
                self.receive([message], Only::Frame(*index, Handling::Apply), tx, hooks, env)
            }
        }
    }

    /// Reads the home of IAM in the step's own transaction: an operator may have moved it.
    fn follow_home(&mut self, tx: &Tx<'_>) -> Result<(), Error> {
        if let Some(record) = region_table::region(tx)?
            && record.iam_home != self.iam_home
        {
            self.iam_home = record.iam_home;
        }
        Ok(())
    }

    /// Counts the silence of the peers. Returns the time since the last tick.
    fn tick(&mut self, now: Timestamp) -> i64 {
        let passed_ms = self.ticked.replace(now).map_or(0, |before| elapsed(before, now));
        if passed_ms.abs() > CLOCK_SET_MS {
            // By another clock, the statements of operators may be of another time.
            self.claims = ClaimPass::default();
        }
        let elapsed_ms = passed_ms.clamp(0, TICK_MS_MAX);
        for peer in self.peers.values_mut() {
            // An idle peer has nothing to say.
            peer.silence_ms = if peer.stream.is_idle() { 0 } else { peer.silence_ms.saturating_add(elapsed_ms) };
        }
        self.note_away();
        elapsed_ms
    }

    /// Counts what waits for the peers whose turn it is. Returns what they are told.
    fn survey(&mut self, tx: &Tx<'_>, env: &Env<'_>) -> Result<Vec<Message>, Error> {
        let mut messages = Vec::new();
        if !self.tells {
            return Ok(messages);
        }
        self.moments.note(tx.position(), env.now);
        let every_ms = survey_ms(self.peers.len());
        for (region, peer) in &mut self.peers {
            let unsent = self.diagnostics.unsent.get(region).copied().unwrap_or_default();
            let status = peer.survey(tx, (self.boots, region, unsent), &self.moments, every_ms, env.now)?;
            messages.extend(status.map(|status| Message::signed(&self.region, region, &[status], env.identity)));
        }
        Ok(messages)
    }

    /// The other regions that are away.
    pub(crate) fn away(&self) -> &BTreeSet<Region> {
        &self.rule.away
    }

    fn is_away(&self, peer: &Peer) -> bool {
        peer.silence_ms >= self.away_ms
    }

    fn note_away(&mut self) {
        let away = self.peers.iter().filter(|(_, peer)| self.is_away(peer));
        self.rule.away = away.map(|(region, _)| region.clone()).collect();
    }

    /// Whether a step has changed the members of the fleet, and [`Engine::take_fleet_change`] has not been called since.
    pub(crate) fn fleet_has_changed(&self) -> bool {
        self.diagnostics.fleet_changed
    }

    /// [`Engine::step`] for a frame whose first attempt met a row that cannot be read.
    pub(crate) fn step_over(
        &mut self,
        message: &Message,
        index: usize,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        self.follow_home(tx)?;
        if rebuild_state::is_held(tx)? {
            return Ok(Vec::new());
        }
        self.receive([message], Only::Frame(index, Handling::PassOver), tx, hooks, env)
    }

    /// Makes messages of the waiting outbox rows, and returns the messages that are due, new or repeated.
    fn send(&mut self, tx: &mut Tx<'_>, hooks: &dyn RegionHooks, env: &Env<'_>) -> Result<Vec<Message>, Error> {
        let Engine {
            region: here,
            boots,
            iam_home,
            peers,
            diagnostics,
            broken,
            rule,
            operators,
            outbox_rows_max,
            frames_max,
            ..
        } = self;
        let (session, broken) = (0, *broken);
        let mut messages = Vec::new();
        let mut point = None;
        for (peer, Peer { identity, stream, counted_at, .. }) in peers {
            let boots = *boots;
            let mut cx = PeerContext {
                tx,
                hooks,
                env,
                here,
                boots,
                peer,
                identity,
                iam_home,
                session,
                rule,
                operators,
                broken,
                diagnostics,
            };
            outbox::keep_short(&mut cx, stream, counted_at, *outbox_rows_max)?;
            let is_whole = outbox::fill(&mut cx, stream)?;
            let last = is_whole.then(|| stream.last_sequence());
            if is_whole {
                stream.note_whole();
            }
            let due = stream.due(env.now);
            if point.is_none() && due.iter().any(|frame| matches!(frame, Frame::Data { .. })) {
                point = run_table::now(cx.tx, boots)?.map(|now| SignedPoint::sign(now, env.identity));
            }
            let greets = due.iter().any(|frame| matches!(frame, Frame::Hello { .. }));
            let inbox = greets.then(|| log::inbox(cx.tx, cx.peer)).transpose()?.unwrap_or_default();
            let due = due.into_iter().map(|frame| frame.at(point, last).with_applied(&inbox)).collect();
            messages.extend(by_message(due, *frames_max).iter().map(|frames| cx.sign(frames)));
        }
        Ok(messages)
    }

    /// Handles messages in their order, and returns the answers. An acknowledgement stands for those before it of the same peer.
    fn receive<'m>(
        &mut self,
        messages: impl IntoIterator<Item = &'m Message>,
        only: Only,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Vec<Message>, Error> {
        let mut answers: Vec<(&Region, Frame)> = Vec::new();
        let fleet_changed = self.diagnostics.fleet_changed;
        'all: for message in messages {
            for (index, frame) in self.open(message, env).into_iter().enumerate() {
                let Some(handling) = only.handling(index) else { continue };
                // The frame before may have moved the home of IAM, had this region held, or changed the fleet. The last is followed
                // between steps. The peers repeat what is dropped here.
                if region_table::has_written_region(tx) {
                    self.follow_home(tx)?;
                }
                let is_held = run_table::has_written_held(tx) && rebuild_state::is_held(tx)?;
                if self.diagnostics.fleet_changed != fleet_changed || is_held {
                    break 'all;
                }
                let answer = self.receive_frame(&message.from, frame, handling, tx, hooks, env)?;
                let Some(answer) = answer else { continue };
                match answers.iter_mut().rev().find(|(peer, _)| *peer == &message.from) {
                    Some((_, before)) if answer.supersedes(before) => *before = answer,
                    _ => answers.push((&message.from, answer)),
                }
            }
        }
        let sign = |(peer, frame): (&Region, Frame)| Message::signed(&self.region, peer, &[frame], env.identity);
        Ok(answers.into_iter().map(sign).collect())
    }

    /// How many frames a message has. None of a message that is not a peer's is decoded.
    pub(crate) fn count_frames(&self, message: &Message) -> usize {
        let peer = self.peers.get(&message.from).filter(|peer| message.is_from(&peer.identity));
        peer.and_then(|_| message.frames()).map_or(0, |frames| frames.len())
    }

    /// The frames of a message, if it is a peer's message to this region. Otherwise it is counted.
    fn open(&mut self, message: &Message, env: &Env<'_>) -> Vec<Frame> {
        let Engine { region: here, peers, diagnostics, .. } = self;
        let peer = &message.from;
        let Some(state) = peers.get_mut(peer).filter(|_| message.to == *here) else {
            diagnostics.dropped(peer, Dropped::Misaddressed);
            return Vec::new();
        };
        if !message.is_from(&state.identity) {
            diagnostics.dropped(peer, Dropped::Forged);
            return Vec::new();
        }
        state.heard = Some(env.now);
        message.frames().unwrap_or_else(|| {
            diagnostics.dropped(peer, Dropped::Garbage);
            Vec::new()
        })
    }

    fn receive_frame(
        &mut self,
        peer: &Region,
        frame: Frame,
        handling: Handling,
        tx: &mut Tx<'_>,
        hooks: &dyn RegionHooks,
        env: &Env<'_>,
    ) -> Result<Option<Frame>, Error> {
        let Engine { region: here, boots, iam_home, peers, diagnostics, broken, rule, operators, .. } = self;
        let (boots, session, broken) = (*boots, 0, *broken);
        let Some(state) = peers.get_mut(peer) else { return Ok(None) };
        if let Frame::Status { session, number, backlog, snapshot } = frame {
            state.keep((session, number), backlog, env.now);
            if let Some(snapshot) = snapshot {
                inbox::note_snapshot(tx, peer, session, snapshot)?;
            }
            return Ok(None);
        }
        let Peer { identity, stream, silence_ms, .. } = state;
        // Only an answer shows that the peer handles what this region sends. One whose store is full goes on sending.
        if matches!(frame, Frame::Ack { .. } | Frame::Welcome { .. }) {
            *silence_ms = 0;
            rule.away.remove(peer);
        }
        let mut cx = PeerContext {
            tx,
            hooks,
            env,
            here,
            boots,
            peer,
            identity,
            iam_home,
            session,
            rule,
            operators,
            broken,
            diagnostics,
        };
        answer(&mut cx, stream, frame, handling)
    }
}

/// Which frames of a message are handled.
#[derive(Debug, Clone, Copy)]
enum Only {
    All,
    /// The one with this index.
    Frame(usize, Handling),
}

impl Only {
    fn handling(self, index: usize) -> Option<Handling> {
        match self {
            Only::All => Some(Handling::Apply),
            Only::Frame(only, handling) => (only == index).then_some(handling),
        }
    }
}

/// Handles a frame of the peer, and returns the answer if the frame needs one.
fn answer(
    cx: &mut PeerContext<'_, '_>,
    stream: &mut OutboundStream,
    frame: Frame,
    handling: Handling,
) -> Result<Option<Frame>, Error> {
    match frame {
        Frame::Hello { session, applied } => {
            let inbox = log::inbox(cx.tx, cx.peer)?;
            let mut known = AckedRecord { session: inbox.session, applied: inbox.applied };
            if applied < log::acked(cx.tx, cx.peer)? {
                // The peer's store no longer has what it had acknowledged, and need not know of that. Each sends the other a snapshot: this
                // region's answers to the peer's changes are gone too.
                resync(cx.tx, cx.peer)?;
                // A session that is not above the known one begins anew as it is.
                if known.session < session {
                    known = AckedRecord::default();
                }
            }
            return Ok(Some(Frame::Welcome { session, known, seen: inbox.seen }));
        }
        Frame::Welcome { session, known, seen } => {
            if stream.awaits_welcome(session) && rebuild_state::is_restored(cx, seen)? {
                return Ok(None);
            }
            // A peer whose store was restored may have lost the end of the session before this one. What it had acknowledged is no longer in the
            // outbox.
            let is_behind = stream.awaits_welcome(session) && known < log::acked(cx.tx, cx.peer)?;
            if stream.welcomed(session, known.session) == Welcomed::BeginAnew || is_behind {
                resync(cx.tx, cx.peer)?;
            }
        }
        Frame::Ack { .. } => match stream.acknowledged(&frame, cx.env.now) {
            Acknowledged::Nothing => {}
            Acknowledged::Rows(rows) => {
                log::drop_outbox(cx.tx, rows)?;
                log::save_acked(cx.tx, cx.peer, stream.acked())?;
            }
            Acknowledged::Lost => resync(cx.tx, cx.peer)?,
        },
        // `receive_frame` keeps it: it is no part of the stream.
        Frame::Status { .. } => {}
        Frame::Data { session, sequence, sending, payload, point, whole } => {
            return inbox::receive(cx, &Data { session, sequence, sending, payload, point, whole }, handling);
        }
    }
    Ok(None)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "engine_together_tests.rs"]
mod together_tests;
