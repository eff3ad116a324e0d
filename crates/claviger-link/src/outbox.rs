//! The messages that wait for one connection. They are bounded in number and bytes, and written in chunks: control messages first, then
//! frames and exchanges in turn.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::chunk::{Kind, Lane, write_chunk};

/// The most messages in the control lane. A peer that sends pings and reads no pongs gets no more than these.
const CONTROL_MESSAGES_MAX: usize = 32;
/// The writer takes chunks until it has so many bytes. So a heartbeat waits for no more than these, and for the socket's buffer.
const BATCH_BYTES: usize = 16 * 1024;

/// Bounds of the queues.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
}

pub(crate) struct Outbox {
    bounds: Bounds,
    state: Mutex<State>,
    /// There is something to write.
    filled: Notify,
    /// An exchange was written, so there is room for another.
    room: Notify,
}

#[derive(Default)]
struct State {
    control: Queue,
    frames: Queue,
    exchange: Queue,
    /// Whether the exchange lane is next.
    exchange_next: bool,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Waiting>,
    bytes: usize,
}

struct Waiting {
    kind: Kind,
    bytes: Zeroizing<Vec<u8>>,
    sent: usize,
    /// Not written before. Later than now only under a fault that delays.
    due: Instant,
}

/// What a call of [`Outbox::fill`] did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Bytes were appended. `last` if the connection ends with them.
    Bytes {
        /// A [`Kind::Close`] is among them.
        last: bool,
        /// How many frames were completed.
        frames: u64,
    },
    /// Nothing is due before this time.
    NotBefore(Instant),
    /// Nothing waits.
    Nothing,
}

impl Outbox {
    pub(crate) fn new(bounds: Bounds) -> Outbox {
        Outbox { bounds, state: Mutex::default(), filled: Notify::new(), room: Notify::new() }
    }

    /// Adds a message. Gives it back if its lane is full.
    pub(crate) fn push(&self, kind: Kind, bytes: Zeroizing<Vec<u8>>, due: Instant) -> Result<(), Zeroizing<Vec<u8>>> {
        let mut state = self.state();
        let queue = state.of(kind.lane());
        let is_full = match kind.lane() {
            Lane::Control => queue.messages.len() >= CONTROL_MESSAGES_MAX,
            Lane::Frames => queue.messages.len() >= self.bounds.frames || self.exceeds(queue, bytes.len()),
            Lane::Exchange => self.exceeds(queue, bytes.len()),
        };
        if is_full {
            return Err(bytes);
        }
        queue.bytes += bytes.len();
        queue.messages.push_back(Waiting { kind, bytes, sent: 0, due });
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Adds a message of the exchange lane when there is room for it.
    pub(crate) async fn push_when_room(&self, kind: Kind, mut bytes: Zeroizing<Vec<u8>>, due: Instant) {
        loop {
            // Registered before the look at the queue, so that room that is made in between is not missed.
            let room = self.room.notified();
            match self.push(kind, bytes, due) {
                Ok(()) => return,
                Err(back) => bytes = back,
            }
            room.await;
        }
    }

    /// Waits until something is added.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Appends the next chunks that are due, about 16 KiB.
    pub(crate) fn fill(&self, now: Instant, out: &mut Vec<u8>) -> Filled {
        let mut state = self.state();
        let (start, mut frames, mut made_room, mut last) = (out.len(), 0, false, false);
        while out.len() - start < BATCH_BYTES && !last {
            let Some(queue) = state.next(now) else { break };
            let Some(message) = queue.messages.front_mut() else { break };
            message.sent = write_chunk(out, message.kind, &message.bytes, message.sent);
            if message.sent < message.bytes.len() {
                continue;
            }
            queue.bytes -= message.bytes.len();
            match message.kind.lane() {
                Lane::Frames => {
                    frames += 1;
                    // Secrets in frames are sealed. Wiping megabytes byte by byte would hold the connection up for nothing.
                    drop(std::mem::take(&mut *message.bytes));
                }
                Lane::Exchange => made_room = true,
                Lane::Control => last = message.kind == Kind::Close,
            }
            queue.messages.pop_front();
        }
        if made_room {
            self.room.notify_waiters();
        }
        if out.len() > start {
            return Filled::Bytes { last, frames };
        }
        state.first_due().map_or(Filled::Nothing, Filled::NotBefore)
    }

    /// How many frames wait, and the bytes of all that waits.
    pub(crate) fn depth(&self) -> (usize, usize) {
        let state = self.state();
        (state.frames.messages.len(), state.frames.bytes + state.exchange.bytes)
    }

    fn exceeds(&self, queue: &Queue, more: usize) -> bool {
        !queue.messages.is_empty() && queue.bytes.saturating_add(more) > self.bounds.bytes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn of(&mut self, lane: Lane) -> &mut Queue {
        match lane {
            Lane::Control => &mut self.control,
            Lane::Frames => &mut self.frames,
            Lane::Exchange => &mut self.exchange,
        }
    }

    /// The queue whose turn it is.
    fn next(&mut self, now: Instant) -> Option<&mut Queue> {
        if self.control.is_due(now) {
            return Some(&mut self.control);
        }
        let exchange = match (self.frames.is_due(now), self.exchange.is_due(now)) {
            (false, false) => return None,
            (true, true) => self.exchange_next,
            (_, exchange) => exchange,
        };
        self.exchange_next = !exchange;
        Some(if exchange { &mut self.exchange } else { &mut self.frames })
    }

    fn first_due(&self) -> Option<Instant> {
        [&self.control, &self.frames, &self.exchange].into_iter().filter_map(Queue::due).min()
    }
}

impl Queue {
    fn due(&self) -> Option<Instant> {
        self.messages.front().map(|message| message.due)
    }

    fn is_due(&self, now: Instant) -> bool {
        self.due().is_some_and(|due| due <= now)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::chunk::{Assembler, Limits};

    const BOUNDS: Bounds = Bounds { frames: 3, bytes: 100_000 };

    fn push(outbox: &Outbox, kind: Kind, size: usize, due: Instant) -> bool {
        outbox.push(kind, Zeroizing::new(vec![0; size]), due).is_ok()
    }

    /// The kinds of the messages in the order in which they are complete, and the largest number of bytes of one turn.
    fn drain(outbox: &Outbox, now: Instant) -> (Vec<Kind>, usize) {
        let mut assembler = Assembler::new(Limits { frame: 1 << 20, exchange: 1 << 20 });
        let (mut kinds, mut largest) = (Vec::new(), 0);
        loop {
            let mut out = Vec::new();
            if !matches!(outbox.fill(now, &mut out), Filled::Bytes { .. }) {
                return (kinds, largest);
            }
            largest = largest.max(out.len());
            let mut read = out.as_slice();
            while let Some(message) = assembler.feed(&mut read).unwrap() {
                kinds.push(message.kind);
            }
        }
    }

    #[tokio::test]
    async fn control_goes_first_and_the_others_take_turns() {
        let (outbox, now) = (Outbox::new(BOUNDS), Instant::now());
        assert!(push(&outbox, Kind::Frame, 80_000, now));
        assert!(push(&outbox, Kind::Request, 50, now));
        let mut first = Vec::new();
        outbox.fill(now, &mut first);
        assert!(push(&outbox, Kind::Ping, 8, now));
        let (kinds, largest) = drain_after(&outbox, now, &first);
        assert_eq!(kinds, [Kind::Ping, Kind::Request, Kind::Frame]);
        assert!(largest <= 2 * BATCH_BYTES, "{largest}");
    }

    fn drain_after(outbox: &Outbox, now: Instant, first: &[u8]) -> (Vec<Kind>, usize) {
        let mut assembler = Assembler::new(Limits { frame: 1 << 20, exchange: 1 << 20 });
        let (mut kinds, mut largest, mut bytes) = (Vec::new(), 0, first.to_vec());
        loop {
            let mut read = bytes.as_slice();
            while let Some(message) = assembler.feed(&mut read).unwrap() {
                kinds.push(message.kind);
            }
            bytes = Vec::new();
            if !matches!(outbox.fill(now, &mut bytes), Filled::Bytes { .. }) {
                return (kinds, largest);
            }
            largest = largest.max(bytes.len());
        }
    }

    #[tokio::test]
    async fn queues_are_bounded() {
        let (outbox, now) = (Outbox::new(BOUNDS), Instant::now());
        assert!(push(&outbox, Kind::Frame, 500_000, now), "one large frame is taken");
        assert!(!push(&outbox, Kind::Frame, 1, now), "and nothing behind it");
        assert!(push(&outbox, Kind::Answer, 100_000, now));
        assert!(!push(&outbox, Kind::Request, 1, now));
        assert_eq!(outbox.depth(), (1, 600_000));
        drain(&outbox, now);
        assert_eq!(outbox.depth(), (0, 0));
        assert_eq!((0..9).filter(|_| push(&outbox, Kind::Frame, 1, now)).count(), 3);
        assert_eq!((0..99).filter(|_| push(&outbox, Kind::Pong, 1, now)).count(), CONTROL_MESSAGES_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_waits_for_room() {
        let (outbox, now) = (Outbox::new(BOUNDS), Instant::now());
        assert!(push(&outbox, Kind::Request, 100_000, now));
        let answer = Zeroizing::new(vec![0; 10]);
        let mut waiting = std::pin::pin!(outbox.push_when_room(Kind::Answer, answer, now));
        assert!(tokio::time::timeout(Duration::from_secs(9), &mut waiting).await.is_err());
        assert_eq!(drain(&outbox, now).0, [Kind::Request]);
        waiting.await;
        assert_eq!(drain(&outbox, now).0, [Kind::Answer]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_due_stays() {
        let (outbox, now) = (Outbox::new(BOUNDS), Instant::now());
        let due = now + Duration::from_millis(80);
        push(&outbox, Kind::Frame, 1, due);
        assert_eq!(outbox.fill(now, &mut Vec::new()), Filled::NotBefore(due));
        push(&outbox, Kind::Close, 1, due);
        push(&outbox, Kind::Ping, 1, due);
        assert_eq!(outbox.fill(due, &mut Vec::new()), Filled::Bytes { last: true, frames: 0 });
        assert_eq!(drain(&outbox, due).0, [Kind::Ping, Kind::Frame]);
        assert_eq!(outbox.fill(due, &mut Vec::new()), Filled::Nothing);
    }
}
