//! Wires between the regions of one process, with every fault a real network has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use claviger_types::Region;
use tokio::time::Instant;

use super::inbox::Inbox;

/// What goes wrong on the wire from one region to another. Without any, frames arrive at once and in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Nothing gets through.
    pub cut: bool,
    /// Every frame takes this long.
    pub delay: Duration,
    /// Of a thousand frames so many are lost.
    pub lost_per_mille: u16,
    /// Of a thousand frames so many arrive twice.
    pub doubled_per_mille: u16,
    /// Of a thousand frames so many are late by [`Faults::late_by`], so that those behind overtake them.
    pub late_per_mille: u16,
    /// How late.
    pub late_by: Duration,
}

/// Carries frames between regions by name. A region that is not there loses what is sent to it; senders repeat.
#[derive(Default)]
pub struct Network {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    inboxes: BTreeMap<Region, Arc<Inbox>>,
    faults: BTreeMap<(Region, Region), Faults>,
    dice: Dice,
}

impl Network {
    /// A network whose random faults follow from the seed.
    pub fn new(seed: u64) -> Network {
        Network { state: Mutex::new(State { dice: Dice(seed), ..State::default() }) }
    }

    /// Sets what goes wrong from one region to another, in that direction only.
    pub fn set_faults(&self, from: &Region, to: &Region, faults: Faults) {
        self.lock().faults.insert((from.clone(), to.clone()), faults);
    }

    /// Cuts or heals both directions between two regions, and takes away all other faults there.
    pub fn cut(&self, one: &Region, other: &Region, cut: bool) {
        let faults = Faults { cut, ..Faults::default() };
        self.set_faults(one, other, faults);
        self.set_faults(other, one, faults);
    }

    /// Gives a region a new inbox, in place of any that it had.
    pub(crate) fn join(&self, region: &Region) -> Arc<Inbox> {
        let inbox = Arc::new(Inbox::default());
        self.lock().inboxes.insert(region.clone(), inbox.clone());
        inbox
    }

    /// Takes a region's inbox away, with all that is in it.
    pub(crate) fn leave(&self, region: &Region) {
        self.lock().inboxes.remove(region);
    }

    /// Sends a frame. Whether it arrives, nobody says.
    pub(crate) fn send(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        let mut state = self.lock();
        let Some(inbox) = state.inboxes.get(to).cloned() else { return };
        let faults = state.faults.get(&(from.clone(), to.clone())).copied().unwrap_or_default();
        let lost = state.dice.hit(faults.lost_per_mille);
        let doubled = state.dice.hit(faults.doubled_per_mille);
        let late = state.dice.hit(faults.late_per_mille);
        drop(state);
        if faults.cut || lost {
            return;
        }
        let due = Instant::now() + faults.delay + if late { faults.late_by } else { Duration::ZERO };
        let copy = doubled.then(|| frame.clone());
        for frame in std::iter::once(frame).chain(copy) {
            if !inbox.post(frame, due) {
                tracing::debug!(%from, %to, "a region's inbox is full; a frame is lost and will be sent again");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Chance that a seed decides (SplitMix64). Nothing secret comes of it.
#[derive(Default)]
struct Dice(u64);

impl Dice {
    fn hit(&mut self, per_mille: u16) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 1000 < u64::from(per_mille)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::inbox::InboxEvent;
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn regions() -> (Region, Region) {
        (Region::parse("eu-west-1").unwrap(), Region::parse("us-east-1").unwrap())
    }

    /// What arrives of a hundred frames under these faults.
    fn arrivals(seed: u64, faults: Faults) -> Vec<u8> {
        let (a, b) = regions();
        let network = Network::new(seed);
        let inbox = network.join(&b);
        network.set_faults(&a, &b, faults);
        (0..100).for_each(|n| network.send(&a, &b, vec![n]));
        // One more, on a wire without faults and later than all others, says that all have arrived.
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
