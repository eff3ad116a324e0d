//! The wish that a running rotation function stops.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Tells a running function to stop, because another node has its rotation, or because the server ends. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct RotationStop(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    asked: bool,
    waiting: Vec<Waker>,
}

impl RotationStop {
    /// Asks the function to stop. That cannot be taken back.
    pub fn ask(&self) {
        let waiting = {
            let mut state = self.state();
            state.asked = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether the function is asked to stop.
    pub fn is_asked(&self) -> bool {
        self.state().asked
    }

    /// Waits until the function is asked to stop.
    pub async fn asked(&self) {
        poll_fn(|cx| {
            let mut state = self.state();
            if state.asked {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake};

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn who_waits_is_woken_once() {
        let stop = RotationStop::default();
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let mut cx = Context::from_waker(&waker);
        let other = stop.clone();
        let mut asked = pin!(other.asked());
        for _ in 0..3 {
            assert!(asked.as_mut().poll(&mut cx).is_pending());
        }
        assert!(!stop.is_asked());
        stop.ask();
        stop.ask();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(asked.as_mut().poll(&mut cx).is_ready() && stop.is_asked());
    }
}
