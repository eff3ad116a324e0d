//! Work that takes so much processor time that other requests must not wait for it, such as making an RSA key.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::available_parallelism;

use crate::context::Cx;
use crate::error::Error;

/// Does slow work on a thread of the pool, with a few others of its kind at a time. Half of the processor's cores stay free for
/// requests that are answered at once, whatever number of callers ask for slow work.
///
/// # Errors
///
/// The error that makes the pipeline run the request again on a thread of the pool.
pub fn slow<T>(cx: &Cx<'_, '_>, work: impl FnOnce() -> T) -> Result<T, Error> {
    cx.tx.require_waiting()?;
    let _turn = TURNS.take();
    Ok(work())
}

static TURNS: Turns = Turns { taken: Mutex::new(0), freed: Condvar::new() };

struct Turns {
    taken: Mutex<usize>,
    freed: Condvar,
}

struct Turn<'t>(&'t Turns);

impl Turns {
    fn take(&self) -> Turn<'_> {
        let most = available_parallelism().map_or(1, |cores| cores.get() / 2).max(1);
        // A thread that panics holds no lock, so the number is right.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= most {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn at_most_half_of_the_cores_are_taken() {
        let most = available_parallelism().map_or(1, |cores| cores.get() / 2).max(1);
        let (now, highest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 * most {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _turn = TURNS.take();
                        highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=most).contains(&highest.into_inner()));
    }
}
