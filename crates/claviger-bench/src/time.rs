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
