//! One direction of the stream to one peer: what is due next, numbering, repetition, acknowledgement.
//!
//! A link knows nothing of what it carries and touches no store. All that it remembers is volatile: after a crash the region
//! opens a new session, numbers what still lies in the outbox from 1, and the peer begins to count anew.

use std::collections::VecDeque;
use std::sync::Arc;

use claviger_store::Key;
use claviger_types::Timestamp;

use crate::frame::{Bytes, Frame};

/// The most changes that are numbered and not acknowledged.
pub(crate) const WINDOW: usize = 64;
/// How long to wait for an answer before asking again, at first; doubled each time up to [`RETRY_MS_MAX`].
const RETRY_MS: i64 = 500;
/// The longest wait: it bounds how long a healed partition goes unnoticed.
const RETRY_MS_MAX: i64 = 5_000;
/// A gap reported sooner than this after a sending is an answer to something older.
const GAP_MS_MIN: i64 = 100;
/// Sessions renewed without a restart are counted in the low bits of the session's number, restarts in the high ones.
const RENEWALS_BITS: u32 = 20;

/// See the head of this module.
#[derive(Debug, Clone)]
pub(crate) struct OutboundStream {
    session: u64,
    greeted: bool,
    greeted_at: Option<Timestamp>,
    window: VecDeque<InFlight>,
    next_sequence: u64,
    /// The outbox row after which the window continues.
    pub(crate) cursor: Option<Key>,
    /// How much of the window may be under way: one while the peer does not answer, else all.
    open: usize,
    retry_ms: i64,
    /// How often anything was sent in this session.
    sendings: u64,
    /// The value of `sendings` when the peer's position last moved.
    moved_at: u64,
}

#[derive(Debug, Clone)]
struct InFlight {
    sequence: u64,
    /// The outbox rows that it stands for.
    rows: Arc<[Key]>,
    payload: Bytes,
    sent: Option<Timestamp>,
}

/// What an acknowledgement means for the outbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// Of another session, or nothing new.
    Nothing,
    /// These rows are durable at the peer.
    Rows(Vec<Key>),
    /// The peer has forgotten what it had acknowledged: its store is an older one. All that is shared must be sent again.
    Lost,
}

/// What a welcome means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Welcomed {
    /// Not an answer to the present greeting.
    Nothing,
    /// The stream may begin.
    Begin,
    /// The stream may begin, and the peer lacks what was sent before (or has never heard of us).
    BeginAnew,
}

impl OutboundStream {
    /// The link of a region whose store has been opened `boots` times.
    pub(crate) fn new(boots: u64) -> OutboundStream {
        OutboundStream::of_session(boots << RENEWALS_BITS)
    }

    fn of_session(session: u64) -> OutboundStream {
        OutboundStream {
            session,
            greeted: false,
            greeted_at: None,
            window: VecDeque::new(),
            next_sequence: 1,
            cursor: None,
            open: WINDOW,
            retry_ms: RETRY_MS,
            sendings: 0,
            moved_at: 0,
        }
    }

    /// How many more changes the window takes; none before the peer has answered the greeting.
    pub(crate) fn room(&self) -> usize {
        if self.greeted { WINDOW.saturating_sub(self.window.len()) } else { 0 }
    }

    /// Whether nothing waits for the peer's answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.greeted && self.window.is_empty()
    }

    /// Whether the peer has not answered of late.
    pub(crate) fn is_silent(&self) -> bool {
        !self.greeted || self.open < WINDOW
    }

    /// Numbers a change that stands for these outbox rows.
    pub(crate) fn enqueue(&mut self, rows: Vec<Key>, payload: Bytes) {
        self.window.push_back(InFlight { sequence: self.next_sequence, rows: rows.into(), payload, sent: None });
        self.next_sequence += 1;
    }

    /// What is to be sent now, new or again.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Frame> {
        if !self.greeted {
            return self.greeting(now);
        }
        if self.window.front().and_then(|first| first.sent).is_some_and(|sent| elapsed(sent, now) >= self.retry_ms) {
            // Silence: one message probes the way, and the others follow when it is answered.
            self.open = 1;
            self.retry_ms = (self.retry_ms * 2).min(RETRY_MS_MAX);
            self.window.iter_mut().for_each(|entry| entry.sent = None);
        }
        let (session, open) = (self.session, self.open);
        let mut frames = Vec::new();
        for entry in self.window.iter_mut().take(open).filter(|entry| entry.sent.is_none()) {
            self.sendings += 1;
            entry.sent = Some(now);
            let payload = entry.payload.clone();
            frames.push(Frame::Data { session, sequence: entry.sequence, sending: self.sendings, payload });
        }
        frames
    }

    fn greeting(&mut self, now: Timestamp) -> Vec<Frame> {
        if self.greeted_at.is_some_and(|at| elapsed(at, now) < self.retry_ms) {
            return Vec::new();
        }
        if self.greeted_at.replace(now).is_some() {
            self.retry_ms = (self.retry_ms * 2).min(RETRY_MS_MAX);
        }
        vec![Frame::Hello { session: self.session }]
    }

    /// The peer's answer to the greeting: it has applied something of session `known` last.
    pub(crate) fn welcomed(&mut self, session: u64, known: u64) -> Welcomed {
        if self.greeted || session != self.session {
            return Welcomed::Nothing;
        }
        let anew = known == 0 || known >= self.session;
        if known >= self.session {
            // Our own store is an older one than the peer has heard of: numbers that it has seen must not come again.
            *self = OutboundStream::of_session(known.saturating_add(1));
        }
        self.greeted = true;
        self.retry_ms = RETRY_MS;
        if anew { Welcomed::BeginAnew } else { Welcomed::Begin }
    }

    /// The peer's answer to a change.
    pub(crate) fn acknowledged(&mut self, frame: &Frame, now: Timestamp) -> Acknowledged {
        let Frame::Ack { session, applied, sending, gap } = frame else { return Acknowledged::Nothing };
        if *session != self.session || *applied >= self.next_sequence {
            return Acknowledged::Nothing;
        }
        let base = self.window.front().map_or(self.next_sequence, |first| first.sequence);
        if applied.saturating_add(1) < base {
            // Old answers are overtaken; only one to a message sent since the position moved proves that it moved back.
            if *sending > self.moved_at && *sending <= self.sendings {
                *self = OutboundStream::of_session(self.session.saturating_add(1));
                return Acknowledged::Lost;
            }
            return Acknowledged::Nothing;
        }
        let mut rows = Vec::new();
        while let Some(first) = self.window.pop_front_if(|first| first.sequence <= *applied) {
            rows.extend(first.rows.iter().cloned());
        }
        if !rows.is_empty() {
            self.open = WINDOW;
            self.retry_ms = RETRY_MS;
            self.moved_at = self.sendings;
        } else if *gap && self.front_sent_before(now, GAP_MS_MIN) {
            self.window.iter_mut().for_each(|entry| entry.sent = None);
        }
        if rows.is_empty() { Acknowledged::Nothing } else { Acknowledged::Rows(rows) }
    }

    fn front_sent_before(&self, now: Timestamp, ms: i64) -> bool {
        self.window.front().and_then(|first| first.sent).is_some_and(|sent| elapsed(sent, now) >= ms)
    }
}

/// A clock that was set back must not silence a link.
pub(crate) fn elapsed(since: Timestamp, now: Timestamp) -> i64 {
    if now < since { i64::MAX } else { now.0.saturating_sub(since.0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::change::Payload;

    const SESSION: u64 = 3 << RENEWALS_BITS;

    fn open_link(changes: u8) -> OutboundStream {
        let mut link = OutboundStream::new(3);
        assert_eq!(link.due(Timestamp(0)), [Frame::Hello { session: SESSION }]);
        assert_eq!(link.room(), 0);
        assert_eq!(link.welcomed(SESSION, 1), Welcomed::Begin);
        (0..changes).for_each(|n| link.enqueue(vec![vec![n]], Bytes::of(&Payload::Nothing)));
        link
    }

    fn sequences(frames: &[Frame]) -> Vec<u64> {
        frames
            .iter()
            .filter_map(|f| if let Frame::Data { sequence, .. } = f { Some(*sequence) } else { None })
            .collect()
    }

    fn ack(applied: u64, sending: u64, gap: bool) -> Frame {
        Frame::Ack { session: SESSION, applied, sending, gap }
    }

    #[test]
    fn numbers_from_one_and_drops_what_is_acknowledged() {
        let mut link = open_link(3);
        assert_eq!(sequences(&link.due(Timestamp(0))), [1, 2, 3]);
        assert!(sequences(&link.due(Timestamp(1))).is_empty());
        assert_eq!(link.acknowledged(&ack(2, 2, false), Timestamp(5)), Acknowledged::Rows(vec![vec![0], vec![1]]));
        assert_eq!(link.acknowledged(&ack(2, 2, false), Timestamp(5)), Acknowledged::Nothing);
        assert_eq!(link.acknowledged(&ack(3, 3, false), Timestamp(5)), Acknowledged::Rows(vec![vec![2]]));
        assert!(link.is_idle());
    }

    #[test]
    fn silence_is_probed_with_one_message() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        assert_eq!(sequences(&link.due(Timestamp(RETRY_MS))), [1]);
        assert!(sequences(&link.due(Timestamp(RETRY_MS + RETRY_MS))).is_empty());
        assert_eq!(sequences(&link.due(Timestamp(3 * RETRY_MS))), [1]);
        assert_eq!(link.acknowledged(&ack(1, 5, false), Timestamp(3 * RETRY_MS)), Acknowledged::Rows(vec![vec![0]]));
        assert_eq!(sequences(&link.due(Timestamp(3 * RETRY_MS))), [2, 3]);
    }

    #[test]
    fn a_gap_goes_back_but_an_old_one_does_not() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        assert_eq!(link.acknowledged(&ack(0, 2, true), Timestamp(10)), Acknowledged::Nothing);
        assert!(sequences(&link.due(Timestamp(10))).is_empty());
        link.acknowledged(&ack(0, 2, true), Timestamp(GAP_MS_MIN));
        assert_eq!(sequences(&link.due(Timestamp(GAP_MS_MIN))), [1, 2, 3]);
    }

    #[test]
    fn a_peer_that_went_back_gets_a_new_session() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        link.acknowledged(&ack(2, 2, false), Timestamp(0));
        assert_eq!(link.acknowledged(&ack(1, 1, false), Timestamp(0)), Acknowledged::Nothing, "overtaken");
        link.due(Timestamp(RETRY_MS));
        assert_eq!(link.acknowledged(&ack(1, 4, true), Timestamp(RETRY_MS)), Acknowledged::Lost);
        assert_eq!(link.due(Timestamp(RETRY_MS)), [Frame::Hello { session: SESSION + 1 }]);
    }

    #[test]
    fn other_sessions_are_not_heard() {
        let mut link = open_link(1);
        link.due(Timestamp(0));
        let other = Frame::Ack { session: SESSION - 1, applied: 1, sending: 1, gap: false };
        assert_eq!(link.acknowledged(&other, Timestamp(0)), Acknowledged::Nothing);
        assert_eq!(link.acknowledged(&ack(2, 1, false), Timestamp(0)), Acknowledged::Nothing, "never sent");
        assert_eq!(link.welcomed(SESSION, 0), Welcomed::Nothing, "already greeted");
    }

    #[test]
    fn an_older_store_of_our_own_takes_a_session_above() {
        let mut link = OutboundStream::new(3);
        link.due(Timestamp(0));
        assert_eq!(link.welcomed(SESSION, SESSION + 5), Welcomed::BeginAnew);
        link.enqueue(vec![], Bytes::of(&Payload::Nothing));
        assert!(matches!(link.due(Timestamp(0))[..], [Frame::Data { session, .. }] if session == SESSION + 6));
    }

    #[test]
    fn a_clock_set_back_does_not_silence() {
        let mut link = OutboundStream::new(3);
        assert_eq!(link.due(Timestamp(1_000_000)).len(), 1);
        assert_eq!(link.due(Timestamp(0)).len(), 1);
        let mut link = open_link(1);
        link.due(Timestamp(1_000_000));
        assert_eq!(sequences(&link.due(Timestamp(0))), [1]);
    }
}
