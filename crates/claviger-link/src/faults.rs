//! Faults that drills and tests put on the link. The host offers them only in development and test mode.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use claviger_types::Region;

/// The fault of one direction, from one region to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkFault {
    /// Nothing gets through, heartbeats neither. So both sides give the connection up, and no new one is made.
    pub cut: bool,
    /// Each message waits so long before it is written. It takes effect in the process of the sending region only.
    pub delay: Duration,
}

/// The faults of all directions.
#[derive(Default)]
pub(crate) struct LinkFaults {
    /// Whether there are any, so that a link without faults takes no lock.
    any: AtomicBool,
    by_direction: RwLock<BTreeMap<(Region, Region), LinkFault>>,
}

impl LinkFaults {
    pub(crate) fn set(&self, from: &Region, to: &Region, fault: LinkFault) {
        let mut faults = self.by_direction.write().unwrap_or_else(PoisonError::into_inner);
        let direction = (from.clone(), to.clone());
        if fault == LinkFault::default() {
            faults.remove(&direction);
        } else {
            faults.insert(direction, fault);
        }
        self.any.store(!faults.is_empty(), Ordering::Release);
    }

    pub(crate) fn of(&self, from: &Region, to: &Region) -> LinkFault {
        if !self.any.load(Ordering::Acquire) {
            return LinkFault::default();
        }
        let faults = self.by_direction.read().unwrap_or_else(PoisonError::into_inner);
        faults.get(&(from.clone(), to.clone())).copied().unwrap_or_default()
    }

    /// Whether no connection between the two can be made: TLS needs both directions.
    pub(crate) fn cut(&self, one: &Region, other: &Region) -> bool {
        self.of(one, other).cut || self.of(other, one).cut
    }
}
