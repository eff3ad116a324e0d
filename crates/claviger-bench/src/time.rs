//! The machine's clocks. A benchmark measures real time, so this crate reads them, here and nowhere else.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::time::{Duration, Instant, SystemTime};

use claviger_types::Timestamp;

/// The time of day, for signatures.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The present point of the monotonic clock.
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Lets this thread sleep. Only the paced load and waits for other processes use it.
pub(crate) fn sleep(time: Duration) {
    std::thread::sleep(time);
}

/// A time of day that passes faster than the machine's, as that of a server under libfaketime does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastClock {
    since: Instant,
    base: Timestamp,
    speed: u32,
}

impl FastClock {
    /// From now on each second is so many.
    pub(crate) fn start(speed: u32) -> FastClock {
        FastClock { since: instant(), base: now(), speed }
    }

    /// The time of day.
    pub(crate) fn now(&self) -> Timestamp {
        let passed = i64::try_from((self.since.elapsed() * self.speed).as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.base.0.saturating_add(passed))
    }
}
