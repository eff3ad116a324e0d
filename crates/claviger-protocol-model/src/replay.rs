//! The model one step at a time, beside the code itself: `claviger-replication` takes the same steps in its tests and compares.

use crate::actions::{Action, Protocol};
use crate::bounds::{Bounds, Scope};
use crate::key::{Key, KeyState, Region, Regions};
use crate::network::Body;
use crate::state::World;

/// A change in one region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// A rotation.
    Rotate,
    /// Another schedule of rotation.
    SetSchedule,
    /// `UpdatePrimaryRegion` to a region.
    HandOver(u8),
    /// `ReplicateKey` to a region.
    Replicate(u8),
    /// The end of a replica's deletion window.
    Delete,
    /// A failover of what a lost region had.
    FailOver(u8),
}

/// What a region has of the key, with regions and materials as numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyView {
    /// `Creating`, `Enabled` or `Updating`.
    pub state: String,
    /// The region that it takes for the primary.
    pub primary: u8,
    /// The replicas, sorted.
    pub replicas: Vec<u8>,
    /// The epoch's counter and region.
    pub epoch: (u64, u8),
    /// The revision.
    pub revision: u64,
    /// The materials in their order, and whether the rotation of each has ended.
    pub materials: Vec<(usize, bool)>,
    /// The current material.
    pub current: Option<usize>,
    /// The number of the schedule.
    pub schedule: u64,
    /// The replicas that are to be made, sorted, with the epoch and the revision of the request.
    pub pending: Vec<(u8, (u64, u8), u64)>,
    /// The replicas that have reported, sorted, with the material that they hold of the rotation under way.
    pub holders: Vec<(u8, Option<usize>)>,
    /// The change of the primary under way: from, to.
    pub handover: Option<(u8, u8)>,
}

/// A run of the model.
#[derive(Debug)]
pub struct Replay {
    model: Protocol,
    world: World,
}

impl Replay {
    /// Regions of which the first has a key.
    pub fn new(regions: u8) -> Replay {
        let many = u8::MAX;
        let bounds = Bounds {
            rotations: many,
            schedules: many,
            handovers: many,
            refusals: many,
            replications: many,
            deletions: many,
            promotions: many,
            // Acknowledgements come at once.
            crashes: 0,
            faults: 0,
        };
        let scope = Scope { regions, members: 1, bounds, broken: None, depth: None };
        Replay { world: World::initial(&scope), model: Protocol { scope } }
    }

    /// Makes a change and the messages about it. Returns whether the operation allows it.
    pub fn change(&mut self, at: u8, change: Change) -> bool {
        let at = Region(at);
        let action = match change {
            Change::Rotate => Action::Rotate(at),
            Change::SetSchedule => Action::SetSchedule(at),
            Change::HandOver(to) => Action::HandOver(at, Region(to)),
            Change::Replicate(to) => Action::Replicate(at, Region(to)),
            Change::Delete => Action::DeleteReplica(at),
            Change::FailOver(lost) => Action::FailOver(at, Region(lost)),
        };
        // The model asks for a failover only where the lost region is a member.
        let can = !matches!(action, Action::FailOver(_, lost) if self.world.key(at).is_none_or(|key| !key.members().has(lost)));
        can && self.step(action) && self.step(Action::Send(at))
    }

    /// Delivers the next message from one region to another, and makes the messages that follow from it. Returns whether there was one.
    pub fn deliver(&mut self, from: u8, to: u8, refuses: bool) -> bool {
        let ours = |from_to: (Region, Region)| from_to == (Region(from), Region(to));
        let data = self.world.network.0.iter().filter(|frame| ours((frame.from, frame.to)));
        let next = data.min_by_key(|frame| match frame.body {
            Body::Data { sequence, .. } => sequence,
            Body::Ack { .. } => u8::MAX,
        });
        let Some(frame) = next.cloned() else { return false };
        let action = if refuses { Action::DeliverAndRefuse(frame) } else { Action::Deliver(frame) };
        self.step(action) && self.step(Action::Send(Region(to)))
    }

    /// Stops a region, loses its messages, and starts it.
    pub fn restart(&mut self, at: u8) {
        let at = Region(at);
        self.world.network.0.retain(|frame| frame.from != at);
        self.world.site(at).restart();
        self.world.network.renumber(&mut self.world.sites);
        self.step(Action::Send(at));
    }

    /// What a region has of the key.
    pub fn key(&self, at: u8) -> Option<KeyView> {
        self.world.key(Region(at)).map(view)
    }

    fn step(&mut self, action: Action) -> bool {
        match self.model.next(&self.world, action) {
            Some(next) => {
                self.world = World { left: self.model.scope.bounds, ..next };
                true
            }
            None => false,
        }
    }
}

fn view(key: &Key) -> KeyView {
    let Key { state, primary, replicas, epoch, revision, materials, current, schedule, pending, holders, handover } =
        key;
    let state = match state {
        KeyState::Creating => "Creating",
        KeyState::Enabled => "Enabled",
        KeyState::Updating => "Updating",
    };
    let numbers = |regions: &Regions| regions.iter().map(|region| region.0).collect();
    KeyView {
        state: state.to_owned(),
        primary: primary.0,
        replicas: numbers(replicas),
        epoch: (epoch.counter.into(), epoch.region.0),
        revision: (*revision).into(),
        materials: materials.iter().map(|meta| (meta.id.into(), meta.rotated)).collect(),
        current: current.map(usize::from),
        schedule: (*schedule).into(),
        pending: pending
            .iter()
            .map(|p| (p.region.0, (p.epoch.counter.into(), p.epoch.region.0), p.generation.into()))
            .collect(),
        holders: holders.iter().map(|holder| (holder.region.0, holder.awaited.map(usize::from))).collect(),
        handover: handover.map(|handover| (handover.from.0, handover.to.0)),
    }
}
