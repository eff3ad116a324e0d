//! Carries frames between the regions of one process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use claviger_link::Links;
use claviger_types::Region;
use tokio::time::Instant;

use super::faults::{Faults, Injected};
use super::inbox::Inbox;

/// Carries frames between regions by name. Frames to a region that has not joined are lost; senders repeat them.
#[derive(Default)]
pub struct Network {
    state: Mutex<State>,
    /// Whether links may be given faults while it runs.
    takes_drills: bool,
    /// The links to regions of other processes.
    links: OnceLock<Weak<Links>>,
}

#[derive(Default)]
pub(super) struct State {
    inboxes: BTreeMap<Region, Arc<Inbox>>,
    pub(super) faults: Injected,
}

impl Network {
    /// A network whose links can be cut and delayed. Only dev mode and tests have one.
    pub fn for_drills() -> Network {
        Network { takes_drills: true, ..Network::default() }
    }

    /// Whether it was made by [`Network::for_drills`].
    pub fn takes_drills(&self) -> bool {
        self.takes_drills
    }

    /// Changes the faults of the link from one region to another, in that direction only. Does nothing to a network that was not made
    /// for drills.
    pub fn drill(&self, from: &Region, to: &Region, change: impl FnOnce(&mut Faults)) {
        if self.takes_drills {
            change(self.state().faults.links.entry((from.clone(), to.clone())).or_default());
        }
    }

    /// Takes all faults away.
    pub fn heal(&self) {
        self.state().faults.links.clear();
    }

    /// The faults of the link from one region to another.
    pub fn faults(&self, from: &Region, to: &Region) -> Faults {
        self.state().faults.links.get(&(from.clone(), to.clone())).copied().unwrap_or_default()
    }

    /// Gives a region a new inbox, in place of any that it had.
    pub(crate) fn join(&self, region: &Region) -> Arc<Inbox> {
        let inbox = Arc::new(Inbox::default());
        self.state().inboxes.insert(region.clone(), inbox.clone());
        inbox
    }

    /// Takes a region's inbox away, with all that is in it.
    pub(crate) fn leave(&self, region: &Region) {
        self.state().inboxes.remove(region);
    }

    /// Sends frames to regions that are not here by these links.
    pub(crate) fn connect(&self, links: &Arc<Links>) {
        // A second call would be a mistake of the host. The first links stay.
        let _ = self.links.set(Arc::downgrade(links));
    }

    /// Puts a frame that came by a link into the inbox of a local region.
    pub(crate) fn deliver(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        let inbox = self.state().inboxes.get(to).cloned();
        if inbox.is_some_and(|inbox| !inbox.post(frame, Instant::now())) {
            tracing::debug!(%from, %to, "a region's inbox is full; a frame is lost and will be sent again");
        }
    }

    /// Has a local region send what waits.
    pub(crate) fn notify(&self, region: &Region) {
        if let Some(inbox) = self.state().inboxes.get(region) {
            inbox.notify();
        }
    }

    /// Sends a frame. The sender does not learn whether it arrives.
    pub(crate) fn send(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        let mut state = self.state();
        let Some(inbox) = state.inboxes.get(to).cloned() else {
            drop(state);
            if let Some(links) = self.links.get().and_then(Weak::upgrade) {
                links.send(from, to, frame);
            }
            return;
        };
        let delays = state.faults.delays(from, to);
        drop(state);
        let now = Instant::now();
        for delay in delays {
            if !inbox.post(frame.clone(), now + delay) {
                tracing::debug!(%from, %to, "a region's inbox is full; a frame is lost and will be sent again");
            }
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::inbox::InboxEvent;
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn regions() -> (Region, Region) {
        (Region::parse("eu-west-1").unwrap(), Region::parse("us-east-1").unwrap())
    }

    /// The frames that arrive of a hundred, under these faults.
    fn arrivals(seed: u64, faults: Faults) -> Vec<u8> {
        let (a, b) = regions();
        let network = Network::new(seed);
        let inbox = network.join(&b);
        network.set_faults(&a, &b, faults);
        (0..100).for_each(|n| network.send(&a, &b, vec![n]));
        // A last frame, without faults and later than all others. It marks that all have arrived.
        inbox.post(vec![255], Instant::now() + faults.delay + faults.late_by);
        let frames = std::iter::from_fn(|| match inbox.wait(LONG) {
            InboxEvent::Frame(frame) if frame != [255] => Some(frame[0]),
            _ => None,
        });
        frames.collect()
    }

    #[test]
    fn a_network_without_faults_keeps_the_order() {
        assert_eq!(arrivals(1, Faults::default()), (0..100).collect::<Vec<_>>());
        let delayed = Faults { delay: Duration::from_millis(5), ..Faults::default() };
        assert_eq!(arrivals(1, delayed), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn faults_are_what_was_asked_for() {
        assert!(arrivals(1, Faults { cut: true, ..Faults::default() }).is_empty());
        assert!(arrivals(1, Faults { lost_per_mille: 1000, ..Faults::default() }).is_empty());
        assert_eq!(arrivals(1, Faults { doubled_per_mille: 1000, ..Faults::default() }).len(), 200);
        let some = arrivals(1, Faults { lost_per_mille: 500, ..Faults::default() });
        assert!((20..80).contains(&some.len()), "{}", some.len());

        let late = Faults { late_per_mille: 300, late_by: Duration::from_millis(50), ..Faults::default() };
        let mut mixed = arrivals(1, late);
        assert!(!mixed.is_sorted());
        mixed.sort_unstable();
        assert_eq!(mixed, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn drills_are_for_one_direction_and_only_where_they_are_meant_to_be() {
        let (a, b) = regions();
        let cut = |faults: &mut Faults| faults.cut = true;
        let production = Network::default();
        let inbox = production.join(&b);
        production.drill(&a, &b, cut);
        production.send(&a, &b, vec![1]);
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame(vec![1]));

        let network = Network::for_drills();
        let (at_a, at_b) = (network.join(&a), network.join(&b));
        network.drill(&a, &b, cut);
        network.send(&a, &b, vec![1]);
        network.send(&b, &a, vec![2]);
        assert_eq!(at_a.wait(LONG), InboxEvent::Frame(vec![2]));
        assert!(network.faults(&a, &b).cut && !network.faults(&b, &a).cut);
        network.heal();
        network.send(&a, &b, vec![3]);
        assert_eq!(at_b.wait(LONG), InboxEvent::Frame(vec![3]));
    }

    #[test]
    fn the_seed_decides() {
        let faults = Faults { lost_per_mille: 500, ..Faults::default() };
        assert_eq!(arrivals(7, faults), arrivals(7, faults));
        assert_ne!(arrivals(7, faults), arrivals(8, faults));
    }

    #[test]
    fn a_region_that_left_gets_nothing_of_before() {
        let (a, b) = regions();
        let network = Network::new(1);
        network.join(&b);
        network.send(&a, &b, vec![1]);
        network.leave(&b);
        network.send(&a, &b, vec![2]);
        let inbox = network.join(&b);
        network.cut(&a, &b, true);
        network.send(&a, &b, vec![3]);
        network.cut(&a, &b, false);
        network.send(&a, &b, vec![4]);
        assert_eq!(inbox.wait(LONG), InboxEvent::Frame(vec![4]));
    }
}
