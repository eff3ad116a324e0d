//! Work that takes so much processor time that other requests must not wait for it, such as making an RSA key.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use crate::context::Cx;
use crate::error::Error;

/// The most requests that wait for their turn. Each holds a thread of the pool and a snapshot of the store.
const WAITING_MAX: usize = 32;

/// Does slow work on a thread of the pool, with a few others of its kind at a time. Half of the processor's cores stay free for
/// requests that are answered at once, whatever number of callers ask for slow work.
///
/// # Errors
///
/// The error that makes the pipeline run the request again on a thread of the pool. [`Error::Throttled`] if too many wait already.
pub fn slow<T>(cx: &Cx<'_, '_>, work: impl FnOnce() -> T) -> Result<T, Error> {
    cx.tx.require_waiting()?;
    let _turn = TURNS.take().ok_or(Error::Throttled)?;
    Ok(work())
}

static TURNS: Turns = Turns { state: Mutex::new(State { working: 0, waiting: 0 }), freed: Condvar::new() };

struct Turns {
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    working: usize,
    waiting: usize,
}

struct Turn<'t>(&'t Turns);

impl Turns {
    /// Waits for a turn. None if too many wait already.
    fn take(&self) -> Option<Turn<'_>> {
        let most = available_parallelism().map_or(1, |cores| cores.get() / 2).max(1);
        let mut state = self.state();
        if state.working >= most && state.waiting >= WAITING_MAX {
            return None;
        }
        state.waiting += 1;
        while state.working >= most {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        state.working += 1;
        drop(state);
        Some(Turn(self))
    }

    /// No code panics while it holds the lock, so the numbers are right.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state().working -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn turns() -> Turns {
        Turns { state: Mutex::new(State { working: 0, waiting: 0 }), freed: Condvar::new() }
    }

    fn most() -> usize {
        available_parallelism().map_or(1, |cores| cores.get() / 2).max(1)
    }

    #[test]
    fn at_most_half_of_the_cores_are_taken() {
        let (turns, now, highest) = (turns(), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..WAITING_MAX {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _turn = turns.take().unwrap();
                        highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=most()).contains(&highest.into_inner()));
    }

    #[test]
    fn a_bounded_number_waits_and_all_of_them_get_their_turn() {
        let turns = turns();
        let held: Vec<Turn<'_>> = (0..most()).map(|_| turns.take().unwrap()).collect();
        std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..WAITING_MAX).map(|_| scope.spawn(|| turns.take().is_some())).collect();
            while turns.state().waiting < WAITING_MAX {
                std::thread::yield_now();
            }
            assert!(turns.take().is_none());
            drop(held);
            assert!(waiting.into_iter().all(|thread| thread.join().unwrap()));
        });
        assert!(turns.take().is_some());
    }
}
