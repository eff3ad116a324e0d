//! A region's rotation thread: it claims the rotations of secrets that are due, and runs each on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use claviger_service::{Node, RENEW_SECS, RotationWork, claim_rotations};
use claviger_types::panics;

/// The interval between two checks for due rotations.
const INTERVAL: Duration = Duration::from_millis(250);

/// How many functions a region runs at a time.
const RUNNING_MAX: usize = 16;

/// How long a region that stops waits for its functions. A rotation that is cut off is run again later.
const STOP: Duration = Duration::from_secs(2);

/// How many intervals pass between two renewals of leases.
const RENEWAL: u64 = RENEW_SECS * 4;

struct Running {
    work: Arc<RotationWork>,
    thread: JoinHandle<()>,
}

/// Runs until the other end of `stop` is dropped or the region has failed.
pub(super) fn run(node: &Arc<Node>, stop: &Receiver<()>) {
    let mut running: Vec<Running> = Vec::new();
    // Each thread holds a sender until it ends. Nothing is sent.
    let (sender, ended) = channel::<()>();
    let mut interval: u64 = 0;
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) && node.failure().is_none() {
        running.retain(|running| !running.thread.is_finished());
        interval = interval.wrapping_add(1);
        if interval.is_multiple_of(RENEWAL) {
            running.iter().for_each(|running| running.work.renew());
        }
        let free = RUNNING_MAX.saturating_sub(running.len());
        if free > 0 {
            let claimed = claim_rotations(node, free).into_iter();
            running.extend(claimed.filter_map(|work| start(node, work, sender.clone())));
        }
    }
    drop(sender);
    // Whether all threads ended or the time did, the region stops now.
    let _ = ended.recv_timeout(STOP);
}

/// A rotation whose thread does not start is claimed again when its lease ends.
fn start(node: &Arc<Node>, work: RotationWork, ended: Sender<()>) -> Option<Running> {
    let work = Arc::new(work);
    let (run, region) = (work.clone(), node.region().clone());
    let thread = std::thread::Builder::new().name(format!("rotation {region}")).spawn(move || {
        let _ended = ended;
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
