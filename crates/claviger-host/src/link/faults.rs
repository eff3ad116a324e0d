//! Faults on the links between the regions of one process: those of a drill in dev mode, and, with the feature `test-kit`, random
//! ones too. A link without faults delivers each frame once and at once.

use std::collections::BTreeMap;
use std::time::Duration;

use claviger_types::Region;

#[cfg(feature = "test-kit")]
use super::network::Network;

/// The faults of the link from one region to another. Without any, frames arrive at once and in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Nothing gets through.
    pub cut: bool,
    /// Every frame takes this long.
    pub delay: Duration,
    /// Of a thousand frames so many are lost.
    #[cfg(feature = "test-kit")]
    pub lost_per_mille: u16,
    /// Of a thousand frames so many arrive twice.
    #[cfg(feature = "test-kit")]
    pub doubled_per_mille: u16,
    /// Of a thousand frames so many are late by [`Faults::late_by`], so that those behind overtake them.
    #[cfg(feature = "test-kit")]
    pub late_per_mille: u16,
    /// How late.
    #[cfg(feature = "test-kit")]
    pub late_by: Duration,
}

/// The faults of every link.
#[derive(Default)]
pub(super) struct Injected {
    pub(super) links: BTreeMap<(Region, Region), Faults>,
    #[cfg(feature = "test-kit")]
    dice: Dice,
}

impl Injected {
    /// The delay of each copy of a frame. No copies if it is lost.
    pub(super) fn delays(&mut self, from: &Region, to: &Region) -> impl Iterator<Item = Duration> + use<> {
        let (delay, copies) = if self.links.is_empty() { (Duration::ZERO, 1) } else { self.suffered(from, to) };
        std::iter::repeat_n(delay, copies)
    }

    fn suffered(&mut self, from: &Region, to: &Region) -> (Duration, usize) {
        let faults = self.links.get(&(from.clone(), to.clone())).copied().unwrap_or_default();
        let (late_by, copies) = self.rolled(faults);
        (faults.delay + late_by, if faults.cut { 0 } else { copies })
    }

    #[cfg(not(feature = "test-kit"))]
    fn rolled(&mut self, _: Faults) -> (Duration, usize) {
        (Duration::ZERO, 1)
    }

    /// What chance adds to the delay, and the number of copies.
    #[cfg(feature = "test-kit")]
    fn rolled(&mut self, faults: Faults) -> (Duration, usize) {
        let lost = self.dice.hit(faults.lost_per_mille);
        let doubled = self.dice.hit(faults.doubled_per_mille);
        let late = self.dice.hit(faults.late_per_mille);
        (if late { faults.late_by } else { Duration::ZERO }, if lost { 0 } else { 1 + usize::from(doubled) })
    }
}

#[cfg(feature = "test-kit")]
impl Network {
    /// A network whose random faults follow from the seed.
    pub fn new(seed: u64) -> Network {
        let network = Network::for_drills();
        network.state().faults.dice = Dice(seed);
        network
    }

    /// Sets the faults of the link from one region to another, in that direction only.
    pub fn set_faults(&self, from: &Region, to: &Region, faults: Faults) {
        self.state().faults.links.insert((from.clone(), to.clone()), faults);
    }

    /// Cuts or heals both directions between two regions, and takes away all other faults there.
    pub fn cut(&self, one: &Region, other: &Region, cut: bool) {
        let faults = Faults { cut, ..Faults::default() };
        self.set_faults(one, other, faults);
        self.set_faults(other, one, faults);
    }
}

/// Random decisions from a seed (SplitMix64). They protect no secret.
#[cfg(feature = "test-kit")]
#[derive(Default)]
struct Dice(u64);

#[cfg(feature = "test-kit")]
impl Dice {
    fn hit(&mut self, per_mille: u16) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 1000 < u64::from(per_mille)
    }
}
