//! The clock that the regions and their clients share.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use claviger_types::{Clock, ManualClock, Random, Timestamp};

/// When every test begins.
pub(crate) const BEGIN: Timestamp = Timestamp(1_767_225_600_000); // 2026-01-01T00:00:00Z

/// A clock for SDKs. Their signatures need the server's time, also when a test has moved it.
#[derive(Debug, Clone)]
pub(crate) struct SdkClock(pub(crate) Arc<ManualClock>);

impl TimeSource for SdkClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0.now().0.unsigned_abs())
    }
}

/// The operating system's randomness.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the kit stands in for the binary, which is where randomness comes in"
    )]
    fn fill(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the system gives random bytes");
    }
}
