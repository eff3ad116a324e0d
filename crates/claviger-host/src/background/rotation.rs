//! A region's rotation threads: one claims the rotations of secrets that are due and runs each on a thread of its own, another renews
//! the leases of those that run.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_service::{Node, RENEW_SECS, RotationSearch, RotationWork};
use claviger_types::{AccountId, panics};

/// The interval between two checks for due rotations.
const INTERVAL: Duration = Duration::from_millis(250);

/// The interval between two renewals of leases.
const RENEWAL: Duration = Duration::from_secs(RENEW_SECS);

/// How many functions a region runs at a time.
const RUNNING_MAX: usize = 64;

/// How many of them are of one account, so that functions that hang do not stop the rotations of others.
const ACCOUNT_MAX: usize = 32;

/// How long a region that stops waits for its functions. A rotation that is cut off is run again later.
const STOP: Duration = Duration::from_secs(2);

/// The rotations that run on this node.
#[derive(Default)]
struct Running(Mutex<Vec<Arc<RotationWork>>>);

impl Running {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<Arc<RotationWork>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, work: &Arc<RotationWork>) {
        self.with(|running| running.push(work.clone()));
    }

    fn remove(&self, work: &Arc<RotationWork>) {
        self.with(|running| running.retain(|other| !Arc::ptr_eq(other, work)));
    }

    /// Whether the rotation of a secret may be claimed, beside those that were claimed just now. One that runs here is never claimed
    /// again, even if its lease has ended because the clock was changed.
    fn may_run(&self, claimed: &[RotationWork], account: &AccountId, name: &str) -> bool {
        self.with(|running| {
            let of_account = |work: &RotationWork| work.secret().0 == account;
            let others = running.iter().filter(|work| of_account(work)).count();
            let is_here = running.iter().any(|work| work.secret() == (account, name));
            !is_here && others + claimed.iter().filter(|work| of_account(work)).count() < ACCOUNT_MAX
        })
    }
}

/// Runs until the other end of `stop` is dropped or the region has failed.
pub(super) fn run(node: &Arc<Node>, stop: &Receiver<()>) {
    let running = Arc::new(Running::default());
    // Each thread holds a sender until it ends. Nothing is sent.
    let (sender, ended) = channel::<()>();
    let Some(renewing) = renew(node, running.clone()) else { return };
    // A region's store is open in one process only.
    let mut search = RotationSearch::begin(node);
    while stop.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) && node.failure().is_none() {
        let free = RUNNING_MAX.saturating_sub(running.with(|running| running.len()));
        if free > 0 && node.serves() {
            let may_run =
                |claimed: &[RotationWork], account: &AccountId, name: &str| running.may_run(claimed, account, name);
            for work in search.claim(node, free, may_run) {
                start(node, Arc::new(work), &running, sender.clone());
            }
        }
    }
    drop(sender);
    // Whether all threads ended or the time did, the region stops now.
    let _ = ended.recv_timeout(STOP);
    running.with(|running| running.iter().for_each(|work| work.stop()));
    drop(renewing);
}

/// A rotation whose thread does not start is claimed again when its lease ends.
fn start(node: &Arc<Node>, work: Arc<RotationWork>, running: &Arc<Running>, ended: Sender<()>) {
    running.add(&work);
    let (run, others, region) = (work.clone(), running.clone(), node.region().clone());
    let thread = std::thread::Builder::new().name(format!("rotation {region}")).spawn(move || {
        let _ended = ended;
        if let Err(report) = panics::catch(|| run.run()) {
            tracing::error!(%region, panic = %report, "the rotation of a secret panicked");
            let noted = panics::catch(|| run.broke_off());
            noted.unwrap_or_else(
                |report| tracing::error!(%region, panic = %report, "a failed rotation was not recorded"),
            );
        }
        others.remove(&run);
    });
    if let Err(error) = thread {
        tracing::error!(region = %node.region(), %error, "no thread for the rotation of a secret");
        running.remove(&work);
    }
}

/// Renews the leases of what runs, on a thread of its own: a claim that takes long must not cost another rotation its lease. The thread
/// ends when the answer is dropped.
fn renew(node: &Arc<Node>, running: Arc<Running>) -> Option<Sender<()>> {
    let (sender, stop) = channel::<()>();
    let region = node.region().clone();
    let thread = std::thread::Builder::new().name(format!("rotation leases {region}")).spawn(move || {
        while stop.recv_timeout(RENEWAL) == Err(RecvTimeoutError::Timeout) {
            let works = running.with(|running| running.clone());
            let renewed = panics::catch(|| works.iter().for_each(|work| work.renew()));
            renewed.unwrap_or_else(|report| tracing::error!(%region, panic = %report, "a renewal of leases panicked"));
        }
    });
    match thread {
        Ok(_) => Some(sender),
        Err(error) => {
            tracing::error!(region = %node.region(), %error, "no thread for the leases of rotations");
            None
        }
    }
}
