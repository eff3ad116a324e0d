#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use claviger_crypto::AttestationRoots;
use claviger_service::{AuditSink, SERVICES, Topology};
use claviger_types::{NoOutbound, Region, SeededRandom, Timestamp};
use tokio::time::Instant;

use super::*;
use crate::audit_file::AuditRotation;
use crate::region_slot::{OpenRegion, RegionEnvironment, RegionStorage};

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that counts how often the threads of each kind look at it, and on which the threads of one kind wait, panic, or go on.
#[derive(Default)]
struct TrapClock {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The kind of thread that is trapped, and whether it panics instead of waiting.
    trap: Option<(&'static str, bool)>,
    waiting: bool,
    jobs: u64,
    replication: u64,
}

impl TrapClock {
    fn set(&self, trap: Option<(&'static str, bool)>) {
        self.state.lock().unwrap().trap = trap;
        self.changed.notify_all();
    }

    /// Waits until the state fulfils `wished`, within a bound.
    fn until(&self, wished: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut state = self.state.lock().unwrap();
        while !wished(&state) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the threads do not come to it");
            state = self.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}

impl Clock for TrapClock {
    fn now(&self) -> Timestamp {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        let mut state = self.state.lock().unwrap();
        match name.split(' ').next() {
            Some("jobs") => state.jobs += 1,
            Some("replication") => state.replication += 1,
            _ => {}
        }
        self.changed.notify_all();
        while let Some((_, panics)) = state.trap.filter(|(trapped, _)| name.starts_with(trapped)) {
            if panics {
                drop(state);
                panic!("in the test");
            }
            state.waiting = true;
            self.changed.notify_all();
            state = self.changed.wait(state).unwrap();
        }
        state.waiting = false;
        Timestamp(1_800_000_000_000)
    }
}

struct Running {
    clock: Arc<TrapClock>,
    open: OpenRegion,
    threads: BackgroundThreads,
    _folder: tempfile::TempDir,
}

impl Running {
    fn new() -> Running {
        let folder = tempfile::tempdir().unwrap();
        let (clock, region) = (Arc::new(TrapClock::default()), Region::parse("eu-west-1").unwrap());
        let environment = RegionEnvironment {
            topology: Topology { regions: vec![region.clone()], iam_home: region.clone() },
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            dev: true,
            services: SERVICES,
            quotas: claviger_service::RequestQuotas::default(),
            rotation: AuditRotation::default(),
            outbound: Arc::new(NoOutbound),
            issuers: Arc::new(NoOutbound),
            attestation_roots: AttestationRoots::default(),
            require_replicas: None,
            encodes_denials: false,
            operators: claviger_crypto::Operators::default(),
            rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
            seals: crate::root_seal::RootSeals::default(),
        };
        let open = RegionStorage::Folder(folder.path().join("data")).open(&region, &environment).unwrap();
        let network = Arc::new(Network::default());
        let inbox = network.join(&region);
        let replication = ReplicationDriver::new(open.node.clone()).unwrap();
        let threads = BackgroundThreads::start(replication, open.audit.clone(), network, inbox, clock.clone()).unwrap();
        Running { clock, open, threads, _folder: folder }
    }

    fn stop(self) {
        self.clock.set(None);
        self.threads.stop();
        self.open.close();
    }
}

/// Waits until the condition holds, within a bound.
fn until(wished: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !wished() {
        assert!(Instant::now() < end, "it does not come to it");
        std::thread::yield_now();
    }
}

#[test]
fn a_busy_replication_holds_up_neither_the_audit_file_nor_jobs() {
    let running = Running::new();
    running.clock.set(Some(("replication", false)));
    running.clock.until(|state| state.waiting);
    let audit = running.open.audit.clone().unwrap();
    for _ in 0..2 {
        audit.record_blocking(b"{}\n").unwrap();
        until(|| audit.is_synced());
    }
    let before = running.clock.state.lock().unwrap().jobs;
    running.clock.until(|state| state.jobs > before && state.waiting);
    running.stop();
}

#[test]
fn busy_jobs_hold_up_neither_the_audit_file_nor_replication() {
    let running = Running::new();
    running.clock.set(Some(("jobs", false)));
    running.clock.until(|state| state.waiting);
    let audit = running.open.audit.clone().unwrap();
    audit.record_blocking(b"{}\n").unwrap();
    until(|| audit.is_synced());
    let before = running.clock.state.lock().unwrap().replication;
    running.clock.until(|state| state.replication > before + 1 && state.waiting);
    running.stop();
}

#[test]
fn a_panic_of_a_thread_stops_the_region() {
    for (name, reason) in [("jobs", "the jobs thread panicked"), ("replication", "the replication thread panicked")] {
        let running = Running::new();
        running.clock.set(Some((name, true)));
        until(|| running.open.node.failure().is_some());
        assert_eq!(running.open.node.failure(), Some(reason));
        assert!(!running.open.node.healthy());
        // The last records of a failed region still reach the disk.
        let audit = running.open.audit.clone().unwrap();
        audit.record_blocking(b"{}\n").unwrap();
        until(|| audit.is_synced());
        running.stop();
    }
}
