//! What a region's replication thread waits on: frames from other regions, a nudge after a commit, and the end.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Frames that wait in one mailbox. Beyond them frames are dropped, as on any network; their senders repeat them.
pub(crate) const FRAMES_MAX: usize = 4096;

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// A frame came in.
    Frame(Vec<u8>),
    /// Something was committed in this region.
    Nudge,
    /// Nothing happened for as long as was asked.
    Nothing,
    /// The thread shall end.
    Stop,
}

/// A queue of frames, ordered by when they are due and then by when they were sent.
#[derive(Default)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frames: BTreeMap<(Instant, u64), Vec<u8>>,
    posted: u64,
    nudged: bool,
    /// Whether the last thing seen was a nudge: then a frame comes next, so that neither keeps the other waiting.
    nudge_seen: bool,
    stopped: bool,
}

impl Mailbox {
    /// Puts in a frame that is not to be seen before it is due; `false` if the mailbox is full and the frame is lost.
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

    /// Says that something was committed. Cheap while a nudge is waiting to be seen.
    pub(crate) fn nudge(&self) {
        let mut state = self.lock();
        if !std::mem::replace(&mut state.nudged, true) {
            self.changed.notify_one();
        }
    }

    /// Ends the thread that waits, now and ever after.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Waits for at most this long.
    pub(crate) fn wait(&self, at_most: Duration) -> Wake {
        let end = Instant::now() + at_most;
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if state.stopped {
                return Wake::Stop;
            }
            let due = state.frames.first_key_value().map(|((due, _), _)| *due);
            let is_due = due.is_some_and(|due| due <= now);
            if state.nudged && !(is_due && state.nudge_seen) {
                (state.nudged, state.nudge_seen) = (false, true);
                return Wake::Nudge;
            }
            if is_due && let Some((_, frame)) = state.frames.pop_first() {
                state.nudge_seen = false;
                return Wake::Frame(frame);
            }
            if now >= end {
                return Wake::Nothing;
            }
            let until = due.map_or(end, |due| due.min(end));
            let waited = self.changed.wait_timeout(state, until.saturating_duration_since(now));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
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
        let mailbox = Mailbox::default();
        let now = Instant::now();
        let soon = now + Duration::from_millis(20);
        for (frame, due) in [("c", soon), ("a", now), ("b", now), ("never", now + LONG)] {
            assert!(mailbox.post(frame.into(), due));
        }
        assert_eq!(mailbox.wait(LONG), Wake::Frame("a".into()));
        assert_eq!(mailbox.wait(LONG), Wake::Frame("b".into()));
        assert_eq!(mailbox.wait(LONG), Wake::Frame("c".into()));
        assert!(Instant::now() >= soon);
        assert_eq!(mailbox.wait(NOT_LONG), Wake::Nothing);
    }

    #[test]
    fn nudges_are_joined_and_a_stop_comes_first() {
        let mailbox = Mailbox::default();
        mailbox.post("a".into(), Instant::now());
        mailbox.nudge();
        mailbox.nudge();
        assert_eq!(mailbox.wait(LONG), Wake::Nudge);
        assert_eq!(mailbox.wait(LONG), Wake::Frame("a".into()));
        mailbox.nudge();
        mailbox.stop();
        assert_eq!((mailbox.wait(LONG), mailbox.wait(LONG)), (Wake::Stop, Wake::Stop));
    }

    #[test]
    fn a_full_mailbox_loses_what_comes_next() {
        let mailbox = Mailbox::default();
        let now = Instant::now();
        assert!((0..FRAMES_MAX).all(|_| mailbox.post(Vec::new(), now)));
        assert!(!mailbox.post(Vec::new(), now));
        mailbox.wait(LONG);
        assert!(mailbox.post(Vec::new(), now));
    }

    #[test]
    fn a_waiting_thread_is_woken() {
        let mailbox = Mailbox::default();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| mailbox.wait(LONG));
            mailbox.post("a".into(), Instant::now());
            assert_eq!(waiting.join().unwrap(), Wake::Frame("a".into()));
        });
    }
}
