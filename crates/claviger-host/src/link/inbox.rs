//! The queue that a region's replication thread waits on: frames from other regions, notifications of commits, and the stop.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The most frames in one inbox. Further ones are dropped, as on any network, and their senders repeat them.
pub(crate) const FRAMES_MAX: usize = 4096;

/// The event that ended a wait for the inbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InboxEvent {
    /// A frame came in.
    Frame(Vec<u8>),
    /// Something was committed in this region.
    Notified,
    /// Nothing happened within the time limit of the wait.
    TimedOut,
    /// The thread has to end.
    Stop,
}

/// A queue of frames, ordered by when they are due and then by when they were sent.
#[derive(Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frames: BTreeMap<(Instant, u64), Vec<u8>>,
    posted: u64,
    notified: bool,
    /// Whether the last event was a notification. Then a due frame comes next, so that neither kind delays the other.
    notification_seen: bool,
    stopped: bool,
}

impl Inbox {
    /// Adds a frame that is delivered when it is due; `false` if the inbox is full and the frame is lost.
    pub(crate) fn post(&self, frame: Vec<u8>, due: Instant) -> bool {
        let mut state = self.lock();
        if state.frames.len() >= FRAMES_MAX {
            return false;
        }
        state.posted += 1;
        let order = (due, state.posted);
        state.frames.insert(order, frame);
        self.changed.notify_one();
        true
    }

    /// Notifies the thread of a commit. Notifications that have not been seen yet are joined.
    pub(crate) fn notify(&self) {
        let mut state = self.lock();
        if !std::mem::replace(&mut state.notified, true) {
            self.changed.notify_one();
        }
    }

    /// Makes this wait and every later one answer [`InboxEvent::Stop`].
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Waits for the next event, for at most this long.
    pub(crate) fn wait(&self, at_most: Duration) -> InboxEvent {
        let end = Instant::now() + at_most;
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if state.stopped {
                return InboxEvent::Stop;
            }
            let due = state.frames.first_key_value().map(|((due, _), _)| *due);
            let is_due = due.is_some_and(|due| due <= now);
            if state.notified && !(is_due && state.notification_seen) {
                (state.notified, state.notification_seen) = (false, true);
                return InboxEvent::Notified;
            }
            if is_due && let Some((_, frame)) = state.frames.pop_first() {
                state.notification_seen = false;
                return InboxEvent::Frame(frame);
            }
            if now >= end {
                return InboxEvent::TimedOut;
            }
            let until = due.map_or(end, |due| due.min(end));
            let waited = self.changed.wait_timeout(state, until.saturating_duration_since(now));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes further frames that are due, without waiting: at most so many, and so many bytes.
    pub(crate) fn more(&self, frames_max: usize, bytes_max: usize) -> Vec<Vec<u8>> {
        let (mut state, now) = (self.lock(), Instant::now());
        let mut bytes = 0_usize;
        let mut due = |state: &mut State| match state.frames.first_key_value() {
            Some(((due, _), frame)) if *due <= now && bytes.saturating_add(frame.len()) <= bytes_max => {
                bytes += frame.len();
                state.frames.pop_first()
            }
            _ => None,
        };
        std::iter::from_fn(|| due(&mut state)).map(|(_, frame)| frame).take(frames_max).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const NOT_LONG: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn frames_come_when_they_are_due_and_in_order() {
        let inbox = Inbox::default();
        let now = Instant::now();
        let soon = now + Duration::from_millis(20);
        for (frame, due) in [("c", soon), ("a", now), ("b", now), ("never", now + LONG)] {
            assert!(inbox.post(frame.into(), due));
        }
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame("a".into()));
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame("b".into()));
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame("c".into()));
        assert!(Instant::now() >= soon);
        assert_eq!(inbox.wait(NOT_LONG), InboxEvent::TimedOut);
    }

    #[test]
    fn more_frames_come_in_order_if_they_are_due() {
        let inbox = Inbox::default();
        let now = Instant::now();
        for (frame, due) in [("b", now), ("later", now + LONG), ("a", now), ("c", now)] {
            assert!(inbox.post(frame.into(), due));
        }
        assert!(inbox.more(2, 0).is_empty());
        assert_eq!(inbox.more(3, 2), [b"b".to_vec(), b"a".to_vec()]);
        assert_eq!(inbox.more(2, 9), [b"c".to_vec()]);
        assert!(inbox.more(2, 9).is_empty());
    }

    #[test]
    fn notifications_are_joined_and_a_stop_comes_first() {
        let inbox = Inbox::default();
        inbox.post("a".into(), Instant::now());
        inbox.notify();
        inbox.notify();
        assert_eq!(inbox.wait(LONG), InboxEvent::Notified);
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame("a".into()));
        inbox.notify();
        inbox.stop();
        assert_eq!((inbox.wait(LONG), inbox.wait(LONG)), (InboxEvent::Stop, InboxEvent::Stop));
    }

    #[test]
    fn a_full_inbox_loses_what_comes_next() {
        let inbox = Inbox::default();
        let now = Instant::now();
        assert!((0..FRAMES_MAX).all(|_| inbox.post(Vec::new(), now)));
        assert!(!inbox.post(Vec::new(), now));
        inbox.wait(LONG);
        assert!(inbox.post(Vec::new(), now));
    }

    #[test]
    fn a_waiting_thread_is_woken() {
        let inbox = Inbox::default();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| inbox.wait(LONG));
            inbox.post("a".into(), Instant::now());
            assert_eq!(waiting.join().unwrap(), InboxEvent::Frame("a".into()));
        });
    }
}
