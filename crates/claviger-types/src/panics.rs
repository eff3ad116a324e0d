//! Catches panics and reports them without their text.
//!
//! The text of a panic is often formatted from the values at hand, which may be secrets. A report therefore holds the place of
//! the panic, and the text only where the program contains it literally.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// The place and text of a panic that may be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanicReport {
    /// File, line and column. `None` where no hook is set, because the place is known to the hook alone.
    place: Option<String>,
    /// The text, if the program contains it literally.
    text: Option<&'static str>,
}

impl PanicReport {
    fn new(place: Option<String>, payload: &(dyn Any + Send)) -> PanicReport {
        PanicReport { place, text: payload.downcast_ref::<&'static str>().copied() }
    }
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panic at {}", self.place.as_deref().unwrap_or("an unknown place"))?;
        self.text.map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}

/// The panic hook's state for one thread.
#[derive(Default)]
struct Caught {
    /// How many calls of [`catch`] are under way on this thread, one within the other.
    depth: usize,
    /// The last panic within them.
    last: Option<PanicReport>,
}

thread_local! {
    static CAUGHT: RefCell<Caught> = RefCell::default();
}

/// Sets the process's panic hook, in place of the standard one, which prints the text of every panic. A panic within [`catch`]
/// is left to the catcher to log; every other one is handed to `log`.
pub fn set_hook(log: fn(&PanicReport)) {
    std::panic::set_hook(Box::new(move |info| {
        let report = PanicReport::new(info.location().map(ToString::to_string), info.payload());
        // A thread that is ending has no thread-local values any more; nothing catches its panics.
        let is_caught = CAUGHT.try_with(|caught| {
            let mut caught = caught.borrow_mut();
            caught.last = Some(report.clone());
            caught.depth > 0
        });
        if !is_caught.unwrap_or(false) {
            log(&report);
        }
    }));
}

/// Runs `work`. A panic in it ends `work` and no more than that.
///
/// The caller must not use afterwards a value that `work` had changed halfway.
///
/// # Errors
///
/// The report of the panic.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, PanicReport> {
    CAUGHT.with_borrow_mut(|caught| caught.depth += 1);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    let last = CAUGHT.with_borrow_mut(|caught| {
        caught.depth -= 1;
        caught.last.take()
    });
    outcome.map_err(|payload| last.unwrap_or_else(|| PanicReport::new(None, &*payload)))
}

/// As [`catch`], for a future: a panic while it is polled ends it.
///
/// It takes the future pinned. An async function that took it by value would keep two copies of its memory.
///
/// # Errors
///
/// The report of the panic.
pub async fn catch_future<F: Future>(mut future: Pin<&mut F>) -> Result<F::Output, PanicReport> {
    poll_fn(|cx| match catch(|| future.as_mut().poll(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(report) => Poll::Ready(Err(report)),
    })
    .await
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn reports_hold_the_place_and_literal_texts_only() {
        let before = catch(|| -> () { panic!("without a hook") }).unwrap_err().to_string();
        assert_eq!(before, "panic at an unknown place: without a hook");

        set_hook(|report| LOGGED.lock().unwrap().push(report.to_string()));
        let secret = String::from("hunter2");
        let formatted = catch(|| -> () { panic!("the password is {secret}") }).unwrap_err().to_string();
        assert!(formatted.contains("panics.rs:") && !formatted.contains("password"), "{formatted}");
        let literal = catch(|| -> () { panic!("a literal text") }).unwrap_err().to_string();
        assert!(literal.contains("panics.rs:") && literal.ends_with(": a literal text"), "{literal}");
        let nested = catch(|| catch(|| -> () { panic!("inner") }).unwrap_err()).unwrap().to_string();
        assert!(nested.ends_with(": inner"), "{nested}");
        assert_eq!(catch(|| 7), Ok(7));
        assert!(LOGGED.lock().unwrap().is_empty(), "a catcher logs what it has caught");

        assert!(std::thread::spawn(move || panic!("uncaught {secret}")).join().is_err());
        let logged = std::mem::take(&mut *LOGGED.lock().unwrap());
        assert_eq!(logged.len(), 1);
        assert!(logged[0].contains("panics.rs:") && !logged[0].contains("uncaught"), "{logged:?}");
        drop(std::panic::take_hook());
    }
}
