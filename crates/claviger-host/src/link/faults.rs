//! Faults that tests put on the links between regions. They exist only with the feature `test-kit`. Without it, each frame
//! arrives once and at once.

use std::time::Duration;

use claviger_types::Region;

#[cfg(feature = "test-kit")]
pub use with_faults::Faults;
#[cfg(feature = "test-kit")]
pub(super) use with_faults::Injected;

/// No faults in this build.
#[cfg(not(feature = "test-kit"))]
#[derive(Default)]
pub(super) struct Injected;

#[cfg(not(feature = "test-kit"))]
impl Injected {
    /// The delay of each copy of a frame: one copy, at once.
    pub(super) fn delays(&mut self, _from: &Region, _to: &Region) -> [Duration; 1] {
        [Duration::ZERO]
    }
}

#[cfg(feature = "test-kit")]
mod with_faults {
    use std::collections::BTreeMap;

    use super::super::network::Network;
    use super::{Duration, Region};

    /// The faults of the link from one region to another. Without any, frames arrive at once and in order.
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

    /// The faults of every link.
    #[derive(Default)]
    pub(in super::super) struct Injected {
        links: BTreeMap<(Region, Region), Faults>,
        dice: Dice,
    }

    impl Injected {
        /// The delay of each copy of a frame. No copies if it is lost.
        pub(in super::super) fn delays(&mut self, from: &Region, to: &Region) -> Vec<Duration> {
            let faults = self.links.get(&(from.clone(), to.clone())).copied().unwrap_or_default();
            let lost = self.dice.hit(faults.lost_per_mille);
            let doubled = self.dice.hit(faults.doubled_per_mille);
            let late = self.dice.hit(faults.late_per_mille);
            let delay = faults.delay + if late { faults.late_by } else { Duration::ZERO };
            let copies = if faults.cut || lost { 0 } else { 1 + usize::from(doubled) };
            vec![delay; copies]
        }
    }

    impl Network {
        /// A network whose random faults follow from the seed.
        pub fn new(seed: u64) -> Network {
            let network = Network::default();
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
}
