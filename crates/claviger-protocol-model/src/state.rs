//! A state of all regions and of the network.

use std::sync::Arc;

use crate::bounds::{Bounds, Scope};
use crate::key::{Epoch, Key, KeyState, MaterialNumber, Meta, Region, Regions};
use crate::network::Network;
use crate::site::Site;

/// What the properties need to know of the past.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Past {
    /// Every epoch that a region has become the primary of.
    pub(crate) claimed: Vec<Epoch>,
    /// How many materials were made.
    pub(crate) made: MaterialNumber,
    /// How often the schedule was set.
    pub(crate) schedules: u8,
    /// Whether an operator has forced a promotion, or has ended a hand-over.
    pub(crate) forced: bool,
    /// An epoch was claimed twice.
    pub(crate) claimed_twice: bool,
    /// A region went back in (epoch, revision).
    pub(crate) went_back: bool,
    /// A region lost material.
    pub(crate) lost_material: bool,
    /// A region that stepped down, without force, lost a change that it had acknowledged.
    pub(crate) lost_change: bool,
}

/// A state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct World {
    /// By region. A step copies those that it changes.
    pub(crate) sites: Vec<Arc<Site>>,
    pub(crate) network: Network,
    /// What may still happen.
    pub(crate) left: Bounds,
    pub(crate) past: Past,
}

impl World {
    /// The primary in A, and its replicas, at rest.
    pub(crate) fn initial(scope: &Scope) -> World {
        let epoch = Epoch { counter: 1, region: Region(0) };
        let key = Key {
            state: KeyState::Enabled,
            schedule: 0,
            materials: vec![Meta { id: 0, rotated: false }],
            current: Some(0),
            primary: Region(0),
            replicas: (1..scope.members).map(Region).fold(Regions::default(), Regions::with),
            epoch,
            revision: 1,
            pending: Vec::new(),
            holders: Vec::new(),
            handover: None,
        };
        let site = |region: u8| Site::new(scope.regions, (region < scope.members).then(|| key.clone()));
        World {
            sites: (0..scope.regions).map(|region| Arc::new(site(region))).collect(),
            network: Network::default(),
            left: scope.bounds,
            past: Past { claimed: vec![epoch], made: 1, ..Past::default() },
        }
    }

    pub(crate) fn regions(&self) -> impl Iterator<Item = Region> + Clone + use<> {
        (0..u8::try_from(self.sites.len()).unwrap_or(u8::MAX)).map(Region)
    }

    pub(crate) fn key(&self, region: Region) -> Option<&Key> {
        self.sites[region.index()].key.as_ref()
    }

    /// The keys of all regions that have one.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Region, &Key)> {
        self.regions().filter_map(|region| Some((region, self.key(region)?)))
    }

    /// A region, to be changed.
    pub(crate) fn site(&mut self, region: Region) -> &mut Site {
        Arc::make_mut(&mut self.sites[region.index()])
    }

    /// Whether no message is under way and none waits.
    pub(crate) fn is_at_rest(&self) -> bool {
        let idle = |site: &Arc<Site>| site.peers.iter().all(|peer| peer.outbound.rows.is_empty());
        self.network.0.is_empty() && self.sites.iter().all(idle)
    }

    /// Whether nothing more is lost. An acknowledgement that is late has no effect then, so it comes at once, and there are fewer states.
    pub(crate) fn is_reliable(&self) -> bool {
        self.left.faults == 0 && self.left.crashes == 0
    }

    /// Notes what a step in `here` means for the properties. `before` is the region's key before it.
    pub(crate) fn note(&mut self, here: Region, before: Option<&Key>) {
        let Some(now) = &self.sites[here.index()].key else { return };
        let past = &mut self.past;
        let was_primary = before.is_some_and(|before| before.primary == here);
        if let Some(before) = before {
            past.went_back |= now.version() < before.version();
            past.lost_material |= before.materials.iter().any(|meta| !now.holds(meta.id));
            past.lost_change |= was_primary && now.primary != here && now.schedule < before.schedule && !past.forced;
        }
        let claims = now.primary == here && before.is_none_or(|before| !was_primary || before.epoch != now.epoch);
        if claims {
            past.claimed_twice |= past.claimed.contains(&now.epoch);
            past.claimed.push(now.epoch);
            past.claimed.sort_unstable();
        }
    }
}
