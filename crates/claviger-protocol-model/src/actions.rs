//! What can happen next.

use std::fmt;
use std::sync::Arc;

use crate::bounds::{Bounds, Scope};
use crate::key::Region;
use crate::messages::Payload;
use crate::network::{Body, Frame};
use crate::own_changes;
use crate::site::{Inbound, Site};
use crate::state::World;
use crate::step::{Rules, Step};

/// One step.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Rotate(Region),
    SetSchedule(Region),
    HandOver(Region, Region),
    Replicate(Region, Region),
    DeleteReplica(Region),
    /// An operator's failover in the first region, of what the second had.
    FailOver(Region, Region),
    /// The region's engine makes messages of the rows of its outbox.
    Send(Region),
    /// The first message that is not acknowledged is sent again.
    SendAgain(Region, Region),
    Deliver(Frame),
    /// The same, and the key policy there refuses the offered role.
    DeliverAndRefuse(Frame),
    Repeat(Frame),
    Lose(Frame),
    Crash(Region),
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Rotate(at) => write!(f, "{at:?}: a user rotates the key"),
            Action::SetSchedule(at) => write!(f, "{at:?}: a user changes the rotation's schedule"),
            Action::HandOver(at, to) => write!(f, "{at:?}: a user makes {to:?} the primary"),
            Action::Replicate(at, to) => write!(f, "{at:?}: a user replicates the key to {to:?}"),
            Action::DeleteReplica(at) => write!(f, "{at:?}: the replica's deletion window ends"),
            Action::FailOver(at, lost) => write!(f, "{at:?}: an operator fails over from {lost:?}"),
            Action::Send(at) => write!(f, "{at:?}: messages are made"),
            Action::SendAgain(from, to) => write!(f, "{from:?}: a message to {to:?} is sent again"),
            Action::Deliver(frame) => write!(f, "{:?}: receives [{frame:?}]", frame.to),
            Action::DeliverAndRefuse(frame) => {
                write!(f, "{:?}: receives, and refuses the offer of [{frame:?}]", frame.to)
            }
            Action::Repeat(frame) => write!(f, "{:?}: receives, and will again, [{frame:?}]", frame.to),
            Action::Lose(frame) => write!(f, "the network loses [{frame:?}]"),
            Action::Crash(at) => write!(f, "{at:?}: crashes and starts"),
        }
    }
}

/// The model.
#[derive(Clone, Debug)]
pub(crate) struct Protocol {
    pub(crate) scope: Scope,
}

impl Protocol {
    /// All that can happen next.
    #[cfg(feature = "checker")]
    pub(crate) fn possible(&self, world: &World, actions: &mut Vec<Action>) {
        for frame in &world.network.0 {
            network_actions(world, frame, actions);
        }
        for at in world.regions() {
            own_actions(world, at, actions);
        }
    }

    /// The state after an action; none if the region does not allow it.
    pub(crate) fn next(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        let done = match action {
            Action::Deliver(frame) => self.deliver(&mut next, &frame, false, true),
            Action::DeliverAndRefuse(frame) => {
                next.left.refusals -= 1;
                self.deliver(&mut next, &frame, true, true)
            }
            Action::Repeat(frame) => {
                next.left.faults -= 1;
                self.deliver(&mut next, &frame, false, false)
            }
            Action::Lose(frame) => {
                next.left.faults -= 1;
                next.network.take(&frame);
                true
            }
            Action::Send(at) => send(&mut next, at),
            Action::SendAgain(from, to) => send_again(&mut next, from, to),
            Action::Crash(at) => {
                next.left.crashes -= 1;
                next.site(at).restart();
                true
            }
            other => self.change(&mut next, &other),
        };
        next.network.renumber(&mut next.sites);
        done.then_some(next)
    }

    fn rules(&self) -> Rules {
        Rules { broken: self.scope.broken }
    }

    /// A change by a user or an operator. Returns whether the region allows it.
    fn change(&self, next: &mut World, action: &Action) -> bool {
        let rules = self.rules();
        match *action {
            Action::Rotate(at) => {
                next.left.rotations -= 1;
                let made = next.past.made;
                next.past.made += 1;
                changed(next, at, |site| own_changes::rotate(site, at, made, rules))
            }
            Action::SetSchedule(at) => {
                next.left.schedules -= 1;
                next.past.schedules += 1;
                let schedule = next.past.schedules;
                changed(next, at, |site| own_changes::set_schedule(site, at, schedule))
            }
            Action::HandOver(at, to) => {
                next.left.handovers -= 1;
                changed(next, at, |site| own_changes::begin_handover(site, at, to))
            }
            Action::Replicate(at, to) => {
                next.left.replications -= 1;
                changed(next, at, |site| own_changes::replicate(site, at, to))
            }
            Action::DeleteReplica(at) => {
                next.left.deletions -= 1;
                changed(next, at, |site| own_changes::delete_replica(site, at))
            }
            Action::FailOver(at, lost) => {
                next.left.promotions -= 1;
                next.past.forced = true;
                changed(next, at, |site| own_changes::fail_over(site, at, lost))
            }
            _ => false,
        }
    }

    /// Hands a frame to its receiver.
    fn deliver(&self, next: &mut World, frame: &Frame, refuses: bool, takes: bool) -> bool {
        let Frame { from, to, session, .. } = *frame;
        if takes {
            next.network.take(frame);
        }
        match &frame.body {
            Body::Ack { applied } => acknowledge(next, to, from, session, *applied),
            Body::Data { sequence, payload } => {
                if is_next(next, frame, *sequence) {
                    self.apply(next, frame, payload, refuses);
                    next.site(to).peers[from.index()].inbound = Inbound { session, applied: *sequence };
                }
                let Inbound { session: present, applied } = next.sites[to.index()].peers[from.index()].inbound;
                if session == present && next.is_reliable() {
                    acknowledge(next, from, to, session, applied);
                } else if session == present {
                    next.network.send(Frame { from: to, to: from, session, body: Body::Ack { applied } });
                }
            }
        }
        true
    }

    fn apply(&self, next: &mut World, frame: &Frame, payload: &Payload, refuses: bool) {
        let Frame { from: peer, to: here, session, .. } = *frame;
        let publics = next.network.publics(here, peer, &next.sites);
        changed(next, here, |site| {
            let mut step = Step { site, here, peer, session, publics: &publics, rules: self.rules(), refuses };
            step.apply(payload);
            true
        });
    }
}

/// Tells `sender` what `receiver` has applied.
fn acknowledge(world: &mut World, sender: Region, receiver: Region, session: u8, applied: u8) {
    let site = world.site(sender);
    if session == site.boots {
        site.peers[receiver.index()].outbound.acknowledge(applied);
    }
}

/// Whether a message is the next one of its stream: `inbox::receive`.
fn is_next(world: &World, frame: &Frame, sequence: u8) -> bool {
    let inbound = world.sites[frame.to.index()].peers[frame.from.index()].inbound;
    let applied = if frame.session > inbound.session { 0 } else { inbound.applied };
    frame.session >= inbound.session && sequence == applied + 1
}

/// Changes a region, and notes what it means for the properties.
fn changed(world: &mut World, at: Region, change: impl FnOnce(&mut Site) -> bool) -> bool {
    let before = world.sites[at.index()].key.clone();
    let done = change(world.site(at));
    world.note(at, before.as_ref());
    done
}

fn network_actions(world: &World, frame: &Frame, actions: &mut Vec<Action>) {
    let Bounds { faults, refusals, .. } = world.left;
    let in_order = match &frame.body {
        Body::Data { sequence, .. } => is_next(world, frame, *sequence),
        Body::Ack { .. } => true,
    };
    if in_order {
        actions.push(Action::Deliver(frame.clone()));
        let offers = matches!(&frame.body, Body::Data { payload, .. } if payload.offer().is_some());
        if offers && refusals > 0 {
            actions.push(Action::DeliverAndRefuse(frame.clone()));
        }
    }
    if faults > 0 {
        if in_order && matches!(frame.body, Body::Data { .. }) {
            actions.push(Action::Repeat(frame.clone()));
        }
        // A message that comes before an earlier one is dropped: it is lost, too.
        actions.push(Action::Lose(frame.clone()));
    }
}

fn own_actions(world: &World, at: Region, actions: &mut Vec<Action>) {
    let site = &world.sites[at.index()];
    let Bounds { rotations, schedules, handovers, replications, deletions, promotions, crashes, .. } = world.left;
    let others = world.regions().filter(|other| *other != at);
    if site.peers.iter().any(|peer| peer.outbound.can_fill()) {
        actions.push(Action::Send(at));
    }
    let silent = |to: Region| {
        let outbound = &site.peers[to.index()].outbound;
        !outbound.window.is_empty() && world.network.is_silent(at, to, site.boots, outbound.acknowledged + 1)
    };
    actions.extend(others.clone().filter(|to| silent(*to)).map(|to| Action::SendAgain(at, to)));
    // A region without volatile state crashes without an effect.
    if crashes > 0 && site.peers.iter().any(|peer| !peer.outbound.window.is_empty()) {
        actions.push(Action::Crash(at));
    }
    let Some(key) = &site.key else { return };
    let is_primary = key.primary == at;
    let allowed = |left: u8, role: bool| left > 0 && role;
    actions.extend(allowed(rotations, is_primary).then_some(Action::Rotate(at)));
    actions.extend(allowed(schedules, is_primary).then_some(Action::SetSchedule(at)));
    actions.extend(allowed(deletions, !is_primary).then_some(Action::DeleteReplica(at)));
    for other in others {
        let member = key.members().has(other);
        actions.extend(allowed(handovers, is_primary && member).then_some(Action::HandOver(at, other)));
        actions.extend(allowed(replications, is_primary && !member).then_some(Action::Replicate(at, other)));
        actions.extend(allowed(promotions, member).then_some(Action::FailOver(at, other)));
    }
}

fn send(next: &mut World, at: Region) -> bool {
    let World { sites, network, .. } = next;
    let Site { key, peers, boots, .. } = Arc::make_mut(&mut sites[at.index()]);
    for (to, peer) in (0..).map(Region).zip(peers) {
        for (sequence, payload) in peer.outbound.fill(|row| Payload::of(row, key.as_ref(), at, to)) {
            network.send(Frame { from: at, to, session: *boots, body: Body::Data { sequence, payload } });
        }
    }
    true
}

fn send_again(next: &mut World, from: Region, to: Region) -> bool {
    let World { sites, network, .. } = next;
    let site = &sites[from.index()];
    let outbound = &site.peers[to.index()].outbound;
    let Some((_, payload)) = outbound.window.first() else { return false };
    let body = Body::Data { sequence: outbound.acknowledged + 1, payload: payload.clone() };
    network.send(Frame { from, to, session: site.boots, body });
    true
}
