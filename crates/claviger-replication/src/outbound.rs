//! One direction of the stream to one peer: what is due next, numbering, repetition, acknowledgement.
//!
//! A stream does not interpret its payloads and does not access the store. Its whole state is volatile. After a crash the
//! region opens a new session and numbers the rows that are still in the outbox from 1, and the peer counts from 1 again.

use std::collections::VecDeque;
use std::sync::Arc;

use claviger_store::Key;
use claviger_store::tables::log::AckedRecord;
use claviger_types::Timestamp;

use crate::frame::{Bytes, Frame};

/// The most changes that are numbered and not yet acknowledged. With a round trip of 80 ms, 6,400 changes a second.
pub(crate) const WINDOW: usize = 512;
/// From so many bytes of payloads on, no more changes are taken into the window. The link drops what exceeds its queue.
const WINDOW_BYTES: usize = 8 * 1024 * 1024;
/// The first wait for an answer before a message is repeated. It doubles each time, up to [`RETRY_MS_MAX`].
const RETRY_MS: i64 = 500;
/// The longest wait. It bounds the time until the end of a network partition is noticed.
const RETRY_MS_MAX: i64 = 5_000;
/// A gap that is reported within this time after a sending answers an earlier message.
const GAP_MS_MIN: i64 = 100;
/// The low bits of a session's number count renewals without a restart, the high bits count restarts.
const RENEWALS_BITS: u32 = 20;

/// See the module's documentation.
#[derive(Debug, Clone)]
pub(crate) struct OutboundStream {
    session: u64,
    greeted: bool,
    greeted_at: Option<Timestamp>,
    window: VecDeque<InFlight>,
    /// The bytes of the window's payloads.
    window_bytes: usize,
    /// When the peer last acknowledged something new. A peer that works its way through the window is not silent.
    moved_on: Option<Timestamp>,
    next_sequence: u64,
    /// The outbox row after which the window continues.
    pub(crate) cursor: Option<Key>,
    /// How many changes of the window may be in flight: one while the peer does not answer, else all.
    open: usize,
    retry_ms: i64,
    /// The number before the first change of the snapshot that is being written into the outbox.
    snapshot_begun: Option<u64>,
    /// As `snapshot_begun`, with the number of the last change, of the last snapshot of this session that is no longer being written.
    snapshot: Option<(u64, u64)>,
    /// The number of sendings in this session.
    sendings: u64,
    /// The value of `sendings` when the peer's position last moved.
    moved_at: u64,
}

#[derive(Debug, Clone)]
struct InFlight {
    sequence: u64,
    /// The outbox rows for which the message was made.
    rows: Arc<[Key]>,
    payload: Bytes,
    sent: Option<Timestamp>,
}

/// The effect of an acknowledgement on the outbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// None: it belongs to another session, or acknowledges nothing new.
    Nothing,
    /// These rows are durable at the peer.
    Rows(Vec<Key>),
    /// The peer no longer has changes that it had acknowledged, because its store was restored from an older copy. Everything
    /// that is shared must be sent again.
    Lost,
}

/// The effect of a welcome.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Welcomed {
    /// None: it does not answer the present greeting.
    Nothing,
    /// The stream may begin.
    Begin,
    /// The stream may begin, and a snapshot must follow: the peer has never applied anything of this region, or lacks changes
    /// that were sent before.
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
            window_bytes: 0,
            moved_on: None,
            next_sequence: 1,
            cursor: None,
            open: WINDOW,
            retry_ms: RETRY_MS,
            snapshot_begun: None,
            snapshot: None,
            sendings: 0,
            moved_at: 0,
        }
    }

    /// How many more changes fit into the window; none before the peer has answered the greeting.
    pub(crate) fn room(&self) -> usize {
        if self.greeted && self.window_bytes < WINDOW_BYTES { WINDOW.saturating_sub(self.window.len()) } else { 0 }
    }

    /// Whether no message waits for the peer's answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.greeted && self.window.is_empty()
    }

    /// How many changes are numbered and not yet acknowledged.
    pub(crate) fn in_flight(&self) -> usize {
        self.window.len()
    }

    /// How far the peer has acknowledged the changes of this session.
    pub(crate) fn acked(&self) -> AckedRecord {
        let next = self.window.front().map_or(self.next_sequence, |first| first.sequence);
        AckedRecord { session: self.session, applied: next.saturating_sub(1) }
    }

    /// The number of this session, and that of the last change in it.
    pub(crate) fn position(&self) -> (u64, u64) {
        (self.session, self.last_sequence())
    }

    /// Whether the peer has answered the greeting of this session. Before that it may be a region that lacks what its outbox no longer holds.
    pub(crate) fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// Whether the peer has stopped answering.
    pub(crate) fn is_silent(&self) -> bool {
        !self.greeted || self.open < WINDOW
    }

    /// The number of the last change.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.next_sequence.saturating_sub(1)
    }

    /// Notes that a snapshot begins behind the last change. One that begins while another one is written changes nothing: both have ended
    /// when no row waits.
    pub(crate) fn begin_snapshot(&mut self) {
        self.snapshot_begun = self.snapshot_begun.or(Some(self.last_sequence()));
    }

    /// Notes that no row of the outbox waits behind the last change, so no snapshot is being written.
    pub(crate) fn note_whole(&mut self) {
        if let Some(begun) = self.snapshot_begun.take() {
            self.snapshot = Some((begun, self.last_sequence()));
        }
    }

    /// The last snapshot of this session that was written completely: the number before its first change, and that of the last change.
    pub(crate) fn snapshot(&self) -> Option<(u64, u64)> {
        self.snapshot
    }

    /// Numbers a change that was made of these outbox rows.
    pub(crate) fn enqueue(&mut self, rows: Vec<Key>, payload: Bytes) {
        self.window_bytes += payload.0.len();
        self.window.push_back(InFlight { sequence: self.next_sequence, rows: rows.into(), payload, sent: None });
        self.next_sequence += 1;
    }

    /// The frames that are due now, new or repeated.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Frame> {
        if !self.greeted {
            return self.greeting(now);
        }
        let front_sent = self.window.front().and_then(|first| first.sent);
        if front_sent.is_some_and(|sent| elapsed(self.moved_on.map_or(sent, |on| on.max(sent)), now) >= self.retry_ms) {
            // The peer is silent. One message probes the connection, and the others follow when it is answered.
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
            let (sequence, sending) = (entry.sequence, self.sendings);
            frames.push(Frame::Data { session, sequence, sending, payload, point: None, whole: false });
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
        vec![Frame::Hello { session: self.session, applied: AckedRecord::default() }]
    }

    /// Whether a welcome of this session answers the present greeting.
    pub(crate) fn awaits_welcome(&self, session: u64) -> bool {
        !self.greeted && session == self.session
    }

    /// Handles the peer's answer to the greeting. `known` is the session from which the peer has applied a change last.
    pub(crate) fn welcomed(&mut self, session: u64, known: u64) -> Welcomed {
        if self.greeted || session != self.session {
            return Welcomed::Nothing;
        }
        let anew = known == 0 || known >= self.session;
        if known >= self.session {
            // The peer knows a higher session, so this region's store was restored from an older copy. The sequence numbers
            // that the peer has seen must not be used again.
            *self = OutboundStream::of_session(known.saturating_add(1));
        }
        self.greeted = true;
        self.retry_ms = RETRY_MS;
        if anew { Welcomed::BeginAnew } else { Welcomed::Begin }
    }

    /// Handles the peer's answer to a change.
    pub(crate) fn acknowledged(&mut self, frame: &Frame, now: Timestamp) -> Acknowledged {
        let Frame::Ack { session, applied, sending, gap } = frame else { return Acknowledged::Nothing };
        if *session != self.session || *applied >= self.next_sequence {
            return Acknowledged::Nothing;
        }
        let base = self.window.front().map_or(self.next_sequence, |first| first.sequence);
        if applied.saturating_add(1) < base {
            // A late answer to an earlier message may report a lower position. Only an answer to a message that was sent
            // after the position last moved proves that the peer's store went back.
            if *sending > self.moved_at && *sending <= self.sendings {
                *self = OutboundStream::of_session(self.session.saturating_add(1));
                return Acknowledged::Lost;
            }
            return Acknowledged::Nothing;
        }
        let mut rows = Vec::new();
        while let Some(first) = self.window.pop_front_if(|first| first.sequence <= *applied) {
            self.window_bytes -= first.payload.0.len();
            rows.extend(first.rows.iter().cloned());
        }
        if !rows.is_empty() {
            self.open = WINDOW;
            self.retry_ms = RETRY_MS;
            self.moved_on = Some(now);
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

/// The milliseconds since `since`. If the clock was set back, the result is the maximum, so that a link does not stop
/// sending.
pub(crate) fn elapsed(since: Timestamp, now: Timestamp) -> i64 {
    if now < since { i64::MAX } else { now.0.saturating_sub(since.0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const SESSION: u64 = 3 << RENEWALS_BITS;

    fn open_link(changes: u8) -> OutboundStream {
        let mut link = OutboundStream::new(3);
        assert_eq!(link.due(Timestamp(0)), [Frame::Hello { session: SESSION, applied: AckedRecord::default() }]);
        assert_eq!(link.room(), 0);
        assert_eq!(link.welcomed(SESSION, 1), Welcomed::Begin);
        (0..changes).for_each(|n| link.enqueue(vec![vec![n]], Bytes::of(&None)));
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
    fn numbers_from_one_and_drops_acknowledged_changes() {
        let mut link = open_link(3);
        assert_eq!(sequences(&link.due(Timestamp(0))), [1, 2, 3]);
        assert!(sequences(&link.due(Timestamp(1))).is_empty());
        assert_eq!(link.acknowledged(&ack(2, 2, false), Timestamp(5)), Acknowledged::Rows(vec![vec![0], vec![1]]));
        assert_eq!(link.acknowledged(&ack(2, 2, false), Timestamp(5)), Acknowledged::Nothing);
        assert_eq!(link.acknowledged(&ack(3, 3, false), Timestamp(5)), Acknowledged::Rows(vec![vec![2]]));
        assert!(link.is_idle());
    }

    #[test]
    fn a_silent_peer_is_probed_with_one_message() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        assert_eq!(sequences(&link.due(Timestamp(RETRY_MS))), [1]);
        assert!(sequences(&link.due(Timestamp(RETRY_MS + RETRY_MS))).is_empty());
        assert_eq!(sequences(&link.due(Timestamp(3 * RETRY_MS))), [1]);
        assert_eq!(link.acknowledged(&ack(1, 5, false), Timestamp(3 * RETRY_MS)), Acknowledged::Rows(vec![vec![0]]));
        assert_eq!(sequences(&link.due(Timestamp(3 * RETRY_MS))), [2, 3]);
    }

    #[test]
    fn a_peer_that_works_its_way_through_the_window_is_not_silent() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        link.acknowledged(&ack(1, 1, false), Timestamp(RETRY_MS - 1));
        assert!(sequences(&link.due(Timestamp(RETRY_MS))).is_empty());
        assert_eq!(sequences(&link.due(Timestamp(2 * RETRY_MS - 1))), [2]);
    }

    #[test]
    fn the_window_is_full_by_number_or_by_bytes() {
        let mut link = open_link(0);
        let payload = |bytes: usize| Bytes(vec![0; bytes].into());
        (0..WINDOW).for_each(|_| link.enqueue(vec![vec![1]], payload(1)));
        assert_eq!(link.room(), 0);
        link.due(Timestamp(0));
        link.acknowledged(&ack(WINDOW as u64, 1, false), Timestamp(0));
        link.enqueue(vec![vec![1]], payload(WINDOW_BYTES - 1));
        assert_eq!(link.room(), WINDOW - 1);
        link.enqueue(vec![vec![1]], payload(1));
        assert_eq!(link.room(), 0);
        link.due(Timestamp(0));
        link.acknowledged(&ack(WINDOW as u64 + 1, WINDOW as u64 + 1, false), Timestamp(0));
        assert_eq!(link.room(), WINDOW - 1);
    }

    #[test]
    fn a_gap_repeats_the_window_unless_it_answers_an_earlier_message() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        assert_eq!(link.acknowledged(&ack(0, 2, true), Timestamp(10)), Acknowledged::Nothing);
        assert!(sequences(&link.due(Timestamp(10))).is_empty());
        link.acknowledged(&ack(0, 2, true), Timestamp(GAP_MS_MIN));
        assert_eq!(sequences(&link.due(Timestamp(GAP_MS_MIN))), [1, 2, 3]);
    }

    #[test]
    fn a_peer_with_a_restored_store_gets_a_new_session() {
        let mut link = open_link(3);
        link.due(Timestamp(0));
        link.acknowledged(&ack(2, 2, false), Timestamp(0));
        assert_eq!(link.acknowledged(&ack(1, 1, false), Timestamp(0)), Acknowledged::Nothing, "overtaken");
        link.due(Timestamp(RETRY_MS));
        assert_eq!(link.acknowledged(&ack(1, 4, true), Timestamp(RETRY_MS)), Acknowledged::Lost);
        assert_eq!(
            link.due(Timestamp(RETRY_MS)),
            [Frame::Hello { session: SESSION + 1, applied: AckedRecord::default() }]
        );
    }

    #[test]
    fn answers_of_other_sessions_are_ignored() {
        let mut link = open_link(1);
        link.due(Timestamp(0));
        let other = Frame::Ack { session: SESSION - 1, applied: 1, sending: 1, gap: false };
        assert_eq!(link.acknowledged(&other, Timestamp(0)), Acknowledged::Nothing);
        assert_eq!(link.acknowledged(&ack(2, 1, false), Timestamp(0)), Acknowledged::Nothing, "never sent");
        assert_eq!(link.welcomed(SESSION, 0), Welcomed::Nothing, "already greeted");
    }

    #[test]
    fn a_restored_store_opens_a_session_above_the_peers() {
        let mut link = OutboundStream::new(3);
        link.due(Timestamp(0));
        assert_eq!(link.welcomed(SESSION, SESSION + 5), Welcomed::BeginAnew);
        link.enqueue(vec![], Bytes::of(&None));
        assert!(matches!(link.due(Timestamp(0))[..], [Frame::Data { session, .. }] if session == SESSION + 6));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_a_link() {
        let mut link = OutboundStream::new(3);
        assert_eq!(link.due(Timestamp(1_000_000)).len(), 1);
        assert_eq!(link.due(Timestamp(0)).len(), 1);
        let mut link = open_link(1);
        link.due(Timestamp(1_000_000));
        assert_eq!(sequences(&link.due(Timestamp(0))), [1]);
    }
}
