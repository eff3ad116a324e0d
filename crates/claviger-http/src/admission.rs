//! Which connections are admitted, and which are closed to make room for new ones.
//!
//! A connection without a complete head costs its client nothing. So clients cannot keep others out by holding many of them: when a
//! limit is reached, the connection that has been longest without a complete head is closed in favour of the new one. If every
//! connection has sent one, the connection that has been idle longest is closed. Connections with a request under way stay.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::limits::LiveLimits;
use crate::metrics::ListenerMetrics;

/// The connections of one listener.
pub(crate) struct Admission {
    limits: LiveLimits,
    metrics: ListenerMetrics,
    table: Mutex<Table>,
    /// Notified whenever a connection ends.
    released: Notify,
}

#[derive(Default)]
struct Table {
    next: u64,
    /// All admitted connections that were not evicted, in the order of their arrival.
    all: BTreeMap<u64, Arc<ConnectionState>>,
    /// Those of `all` that have sent no complete head yet.
    headless: BTreeMap<u64, Arc<ConnectionState>>,
    peers: HashMap<IpAddr, PeerConnections>,
    /// Connections that were evicted and have not ended yet.
    evicted: usize,
}

#[derive(Default)]
struct PeerConnections {
    count: usize,
    headless: BTreeMap<u64, Arc<ConnectionState>>,
}

/// Why a connection is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// Its peer has as many as one peer may have, each with a request under way.
    Peer,
    /// There are as many as there may be, each with a request under way.
    All,
}

/// What is known of a connection, for those who decide which one to close.
pub(crate) struct ConnectionState {
    id: u64,
    peer: IpAddr,
    busy: AtomicUsize,
    start: Instant,
    changed_ms: AtomicU64,
    has_sent_head: AtomicBool,
    evicted: Notify,
}

/// A connection's admission. It ends when this is dropped.
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    state: Arc<ConnectionState>,
}

impl Admission {
    pub(crate) fn new(limits: LiveLimits, metrics: ListenerMetrics) -> Arc<Admission> {
        Arc::new(Admission { limits, metrics, table: Mutex::default(), released: Notify::new() })
    }

    /// Admits a connection, and closes another one if that is needed.
    pub(crate) fn admit(self: &Arc<Admission>, peer: IpAddr) -> Result<Admitted, NotAdmitted> {
        let peer = network_of(peer);
        let limits = self.limits.get();
        let mut table = self.table();
        if table.peers.get(&peer).is_some_and(|own| own.count >= limits.connections_per_peer) {
            let victim = table.first_headless_of(peer).or_else(|| table.longest_idle(|state| state.peer == peer));
            let Some(victim) = victim else {
                self.metrics.refused_by_peer();
                return Err(NotAdmitted::Peer);
            };
            self.evict(&mut table, &victim);
        }
        if table.all.len() >= limits.connections {
            let victim = table.headless.values().next().cloned().or_else(|| table.longest_idle(|_| true));
            let Some(victim) = victim else { return Err(NotAdmitted::All) };
            self.evict(&mut table, &victim);
        }
        let state = Arc::new(ConnectionState::new(table.next, peer));
        table.add(&state);
        self.metrics.set_open(table.all.len());
        Ok(Admitted { admission: self.clone(), state })
    }

    /// Closes the connection that would be closed for a new one, because the system has no descriptor for it.
    pub(crate) fn make_room(&self) {
        let mut table = self.table();
        let victim = table.headless.values().next().cloned().or_else(|| table.longest_idle(|_| true));
        if let Some(victim) = victim {
            self.evict(&mut table, &victim);
        }
    }

    /// Ready once a connection has ended after this call.
    pub(crate) fn released(&self) -> Notified<'_> {
        self.released.notified()
    }

    /// Waits until no connection is left.
    pub(crate) async fn empty(&self) {
        loop {
            let released = self.released.notified();
            {
                let table = self.table();
                if table.all.is_empty() && table.evicted == 0 {
                    return;
                }
            }
            released.await;
        }
    }

    fn evict(&self, table: &mut Table, victim: &ConnectionState) {
        table.remove(victim);
        table.evicted += 1;
        self.metrics.evicted();
        victim.evicted.notify_one();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // No code panics while it holds the lock.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn add(&mut self, state: &Arc<ConnectionState>) {
        self.next += 1;
        self.all.insert(state.id, state.clone());
        self.headless.insert(state.id, state.clone());
        let own = self.peers.entry(state.peer).or_default();
        own.count += 1;
        own.headless.insert(state.id, state.clone());
    }

    /// Whether the connection was there.
    fn remove(&mut self, state: &ConnectionState) -> bool {
        if self.all.remove(&state.id).is_none() {
            return false;
        }
        self.headless.remove(&state.id);
        if let Some(own) = self.peers.get_mut(&state.peer) {
            own.count -= 1;
            own.headless.remove(&state.id);
            if own.count == 0 {
                self.peers.remove(&state.peer);
            }
        }
        true
    }

    fn first_headless_of(&self, peer: IpAddr) -> Option<Arc<ConnectionState>> {
        self.peers.get(&peer)?.headless.values().next().cloned()
    }

    /// Looks at every connection. That is only done when all of a peer, or all of the listener, have sent a head.
    fn longest_idle(&self, of: impl Fn(&ConnectionState) -> bool) -> Option<Arc<ConnectionState>> {
        let idle = self.all.values().filter(|state| of(state) && state.is_idle());
        idle.max_by_key(|state| state.quiet_for()).cloned()
    }
}

impl ConnectionState {
    fn new(id: u64, peer: IpAddr) -> ConnectionState {
        ConnectionState {
            id,
            peer,
            busy: AtomicUsize::new(0),
            start: Instant::now(),
            changed_ms: AtomicU64::new(0),
            has_sent_head: AtomicBool::new(false),
            evicted: Notify::new(),
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0
    }

    /// The time since a request began or ended. At first, the time since the connection was made.
    pub(crate) fn quiet_for(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.changed_ms.load(Ordering::SeqCst)))
    }

    pub(crate) fn ended(&self) {
        self.changed();
        self.busy.fetch_sub(1, Ordering::SeqCst);
    }

    fn changed(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.changed_ms.store(now, Ordering::SeqCst);
    }
}

impl Admitted {
    pub(crate) fn state(&self) -> &ConnectionState {
        &self.state
    }

    /// A request has begun: its head is complete.
    pub(crate) fn begun(&self) {
        self.state.busy.fetch_add(1, Ordering::SeqCst);
        self.state.changed();
        // Read first: after the first request, this costs no write that other processors would see.
        if !self.state.has_sent_head.load(Ordering::Relaxed) && !self.state.has_sent_head.swap(true, Ordering::SeqCst) {
            let mut table = self.admission.table();
            table.headless.remove(&self.state.id);
            if let Some(own) = table.peers.get_mut(&self.state.peer) {
                own.headless.remove(&self.state.id);
            }
        }
    }

    /// Waits until the connection is to be closed in favour of another one.
    pub(crate) async fn evicted(&self) {
        self.state.evicted.notified().await;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        {
            let mut table = self.admission.table();
            if !table.remove(&self.state) {
                table.evicted = table.evicted.saturating_sub(1);
            }
            self.admission.metrics.set_open(table.all.len());
        }
        self.admission.released.notify_waiters();
    }
}

/// The peer as it is counted: an IPv4 address, or the network of 64 bits that a client of IPv6 usually has to itself.
fn network_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn admission(connections: usize, connections_per_peer: usize) -> Arc<Admission> {
        let limits = Limits { connections, connections_per_peer, ..Limits::default() };
        Admission::new(LiveLimits::new(limits), ListenerMetrics::default())
    }

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    /// Whether the connection was told to close.
    fn is_evicted(admitted: &Admitted) -> bool {
        !admitted.admission.table().all.contains_key(&admitted.state.id)
    }

    #[tokio::test]
    async fn the_longest_headless_connection_makes_room() {
        let admission = admission(3, 3);
        let held: Vec<Admitted> = (1..=3).map(|last| admission.admit(peer(last)).unwrap()).collect();
        held[0].begun();
        let fourth = admission.admit(peer(4)).unwrap();
        held[1].evicted().await;
        assert_eq!([0, 1, 2].map(|at| is_evicted(&held[at])), [false, true, false]);
        assert!(!is_evicted(&fourth));
    }

    #[test]
    fn a_peer_makes_room_among_its_own() {
        let admission = admission(10, 2);
        let other = admission.admit(peer(9)).unwrap();
        let own: Vec<Admitted> = (0..3).map(|_| admission.admit(peer(1)).unwrap()).collect();
        assert_eq!([0, 1, 2].map(|at| is_evicted(&own[at])), [true, false, false]);
        assert!(!is_evicted(&other));
        own[1].begun();
        own[2].begun();
        assert_eq!(admission.admit(peer(1)).err(), Some(NotAdmitted::Peer));
        own[1].state().ended();
        let next = admission.admit(peer(1)).unwrap();
        assert!(is_evicted(&own[1]) && !is_evicted(&next));
    }

    #[test]
    fn connections_with_requests_stay() {
        let admission = admission(2, 2);
        let held: Vec<Admitted> = (1..=2).map(|last| admission.admit(peer(last)).unwrap()).collect();
        held.iter().for_each(Admitted::begun);
        assert_eq!(admission.admit(peer(3)).err(), Some(NotAdmitted::All));
        drop(held);
        assert!(admission.admit(peer(3)).is_ok());
        assert!(admission.table().peers.is_empty() && admission.table().all.is_empty());
    }

    #[tokio::test]
    async fn the_end_waits_for_evicted_connections_too() {
        let admission = admission(1, 1);
        let first = admission.admit(peer(1)).unwrap();
        drop(admission.admit(peer(2)).unwrap());
        assert!(tokio::time::timeout(Duration::from_millis(20), admission.empty()).await.is_err());
        drop(first);
        admission.empty().await;
    }

    #[test]
    fn peers_are_counted_by_network() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("10.1.2.3"), "10.1.2.3");
        assert_eq!(network("::ffff:10.1.2.3"), "10.1.2.3");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
