//! A region's rotation thread: it claims the rotations of secrets that are due, and runs each on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use claviger_service::{Node, RENEW_SECS, RotationWork, claim_rotations};
use claviger_types::panics;

/// The interval between two checks for due rotations.
const INTERVAL: Duration = Duration::from_millis(250);

/// How many functions a region runs at a time.
const RUNNING_MAX: usize = 16;

/// How long a region that stops waits for its functions. A rotation that is cut off is run again later.
const STOP: Duration = Duration::from_secs(2);

struct Running {
    work: Arc<RotationWork>,
    thread: JoinHandle<()>,
}

/// Runs until the other end of `stop` is dropped or the region has failed.
pub(super) fn run(node: &Arc<Node>, stop: &Receiver<()>) {
    let mut running: Vec<Running> = Vec::new();
    let mut renewed = Instant::now();
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) && node.failure().is_none() {
        running.retain(|running| !running.thread.is_finished());
        if renewed.elapsed() >= Duration::from_secs(RENEW_SECS) {
            running.iter().for_each(|running| running.work.renew());
            renewed = Instant::now();
        }
        let free = RUNNING_MAX.saturating_sub(running.len());
        if free > 0 {
            running.extend(claim_rotations(node, free).into_iter().filter_map(|work| start(node, work)));
        }
    }
    let end = Instant::now() + STOP;
    while running.iter().any(|running| !running.thread.is_finished()) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A rotation whose thread does not start is claimed again when its lease ends.
fn start(node: &Arc<Node>, work: RotationWork) -> Option<Running> {
    let work = Arc::new(work);
    let (run, region) = (work.clone(), node.region().clone());
    let thread = std::thread::Builder::new().name(format!("rotation {region}")).spawn(move || {
        if let Err(report) = panics::catch(|| run.run()) {
            tracing::error!(%region, panic = %report, "the rotation of a secret panicked");
        }
    });
    match thread {
        Ok(thread) => Some(Running { work, thread }),
        Err(error) => {
            tracing::error!(region = %node.region(), %error, "no thread for the rotation of a secret");
            None
        }
    }
}
