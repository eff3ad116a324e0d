//! The machine's clock, randomness, signals and environment. No other code of the project reads them.

use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use claviger_types::{Clock, Random, Timestamp, panics};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock that everything else is handed comes from")]
    fn now(&self) -> Timestamp {
        let now = SystemTime::now();
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match now.duration_since(UNIX_EPOCH) {
            Ok(after) => Timestamp(ms(after)),
            Err(before) => Timestamp(ms(before.duration()).saturating_neg()),
        }
    }
}

/// The operating system's random source.
pub(crate) struct OsRandom(());

impl OsRandom {
    /// Draws once to check that the source works. Without it no command may start.
    pub(crate) fn new() -> Result<OsRandom, Failure> {
        draw(&mut [0; 32]).map(|()| OsRandom(())).map_err(|error| {
            Failure::new("the operating system gives no random numbers", error)
                .then("run on a system with getrandom(2) or /dev/urandom")
        })
    }
}

impl Random for OsRandom {
    fn fill(&self, out: &mut [u8]) {
        if let Err(error) = draw(out) {
            // A key of weak bytes would be worse than no process. A source that has worked once does not fail on the supported
            // systems.
            tracing::error!(%error, "the operating system's random source failed");
            std::process::abort();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the randomness that everything else is handed comes from")]
fn draw(out: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(out)
}

/// A measurement of duration.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "how long a start takes is said to people and decides nothing")]
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    pub(crate) fn ms(self) -> u128 {
        self.elapsed().as_millis()
    }
}

/// The signals that ask the process to end: SIGINT and SIGTERM.
pub(crate) struct Ending {
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// From now on these signals are waited for instead of ending the process at once.
    pub(crate) fn listen() -> io::Result<Ending> {
        Ok(Ending { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the first of them.
    pub(crate) async fn wished(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Sends log lines and the reports of panics to standard error. Panics are logged without their formatted text. The level is
/// WARN, or the filter in `CLAVIGER_LOG` (`info`, `claviger_http=debug`, ...).
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::WARN.into());
    let filter = filter.with_env_var("CLAVIGER_LOG").from_env_lossy();
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
    // Only a second subscriber is refused, and there is none.
    drop(logging);
    panics::set_hook(|report| tracing::error!(panic = %report, "a thread panicked"));
}
