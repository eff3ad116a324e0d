//! The machine's clock, randomness, signals and environment. No other code of the project reads them.

use std::cell::RefCell;
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

    fn id_bytes(&self) -> [u8; 16] {
        IDS.with_borrow_mut(|ids| ids.next(|bytes| self.fill(bytes)))
    }
}

thread_local! {
    static IDS: RefCell<IdBytes> = const { RefCell::new(IdBytes::EMPTY) };
}

/// Random bytes that a thread has drawn for the ids of requests and audit records. One system call gives those of many. A virtual
/// machine that is copied while it runs repeats at most these ids, so the ids of keys are not drawn ahead.
struct IdBytes {
    bytes: [u8; 16 * 32],
    used: usize,
}

impl IdBytes {
    const EMPTY: IdBytes = IdBytes { bytes: [0; 16 * 32], used: 16 * 32 };

    /// 16 bytes that were not given before, drawn with `fill` when there are none left.
    fn next(&mut self, fill: impl FnOnce(&mut [u8])) -> [u8; 16] {
        if self.used == self.bytes.len() {
            fill(&mut self.bytes);
            self.used = 0;
        }
        let id = self.bytes.get(self.used..).and_then(|left| left.first_chunk()).copied().unwrap_or_default();
        self.used += id.len();
        id
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the randomness that everything else is handed comes from")]
fn draw(out: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(out)
}

/// A variable of the environment; none if it is not set, or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The file of this program. Linux finds it by this name even when an upgrade has replaced it.
pub(crate) fn own_program() -> String {
    if cfg!(target_os = "linux") {
        return "/proc/self/exe".to_owned();
    }
    std::env::current_exe().map(|file| file.display().to_string()).unwrap_or_default()
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

/// The signal that asks the process to read its configuration again: SIGHUP.
pub(crate) fn reload_signal() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Raises the process's limit of open descriptors as far as its user may. Returns the limit.
pub(crate) fn raise_descriptor_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of descriptors stays as it is");
    }
    // None is no limit.
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Forbids core dumps and the reading of the process's memory by other processes of its user: both would show keys.
pub(crate) fn protect_memory() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let outcome = setrlimit(Resource::Core, none).and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    if let Err(error) = outcome {
        tracing::warn!(%error, "the process may be dumped to a file");
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

/// The variables of the environment that programs which the server starts may see: where programs are, and the user's home and language.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment that everything else is handed comes from"
)]
pub(crate) fn environment_of_programs() -> Vec<(String, String)> {
    let read = |name: &str| std::env::var(name).ok().map(|value| (name.to_owned(), value));
    ["PATH", "HOME", "LANG"].into_iter().filter_map(read).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice() {
        let random = OsRandom::new().unwrap();
        let ids: HashSet<[u8; 16]> = (0..1000).map(|_| random.id_bytes()).collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn bytes_are_drawn_once_for_many_ids() {
        let (mut ids, mut drawn) = (IdBytes::EMPTY, 0_u8);
        let given: Vec<[u8; 16]> = (0..65)
            .map(|_| {
                ids.next(|bytes| {
                    drawn += 1;
                    bytes.fill(drawn);
                })
            })
            .collect();
        assert_eq!((given[0], given[31], given[32], given[64]), ([1; 16], [1; 16], [2; 16], [3; 16]));
    }
}
