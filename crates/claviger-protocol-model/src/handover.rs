//! The change of a key's primary: `handover.rs`, rule by rule.

use crate::key::{Epoch, Handover, Key, KeyState, Region, Regions, end_handover};
use crate::messages::{HandoverOffer, MemberReport, OfferDeclined, Row, SharedKey};
use crate::step::Step;

/// Accepts the offered role of the primary, or declines it. Returns whether it was accepted.
pub(crate) fn consider(step: &mut Step<'_>, offer: HandoverOffer) -> bool {
    let Some(key) = step.site.key.as_mut() else { return false };
    if step.refuses || key.state != KeyState::Enabled {
        let declined = OfferDeclined { epoch: key.epoch, revision: offer.revision };
        if !step.rules.accept_twice() {
            step.site.peers[step.peer.index()].asked = None;
        }
        step.announce(Row::Declined(declined));
        return false;
    }
    take_over(key, step.here, offer);
    step.site.announce(step.here);
    true
}

fn take_over(key: &mut Key, here: Region, offer: HandoverOffer) {
    let from = std::mem::replace(&mut key.primary, here);
    key.replicas = key.replicas.without(here).with(from);
    key.epoch = Epoch { counter: key.epoch.counter + 1, region: here };
    key.revision = 1;
    key.pending = offer.pending.into_iter().filter(|pending| pending.region != here).collect();
    key.holders = Vec::new();
    key.handover = Some(Handover { to: here, from });
    key.state = KeyState::Updating;
}

/// Reports to the primary of a new epoch the members that it does not know. `key` is as it was before the new state.
pub(crate) fn report_members(step: &mut Step<'_>, key: &Key, state: &SharedKey) {
    let known = state.replicas.with(state.primary);
    let replicas = key.members().iter().filter(|region| !known.has(*region)).fold(Regions::default(), Regions::with);
    if !replicas.is_empty() || !key.pending.is_empty() {
        let pending = key.pending.clone();
        step.announce(Row::Members(MemberReport { epoch: state.epoch, replicas, pending }));
    }
}

/// Turns the primary of an older epoch into a replica, before it applies the state of the new one.
pub(crate) fn step_down(key: &mut Key) {
    key.handover = None;
    key.holders = Vec::new();
    key.pending = Vec::new();
    if key.state == KeyState::Updating {
        key.state = KeyState::Enabled;
    }
}

/// Adds the members and requested replicas that another member reported.
pub(crate) fn on_members(step: &mut Step<'_>, told: MemberReport) {
    let (here, peer) = (step.here, step.peer);
    let Some(key) = step.site.key.as_mut().filter(|key| key.members().has(peer)) else { return };
    if key.primary != here {
        if key.epoch > told.epoch {
            let (primary, epoch) = (key.primary, key.epoch);
            step.site.push(primary, Row::Members(MemberReport { epoch, ..told }));
        }
        return;
    }
    let before = (key.replicas, key.pending.len());
    key.replicas = key.replicas.and(told.replicas.without(here));
    for pending in told.pending {
        let known = key.pending.iter().any(|p| p.region == pending.region)
            || key.holders.iter().any(|holder| holder.region == pending.region);
        if !known && key.replicas.has(pending.region) {
            key.put_pending(pending);
        }
    }
    if before != (key.replicas, key.pending.len()) {
        key.revision += 1;
        step.site.announce(here);
    }
}

/// Ends an offer that the other region declined.
pub(crate) fn on_declined(step: &mut Step<'_>, declined: OfferDeclined) {
    let (here, peer) = (step.here, step.peer);
    let Some(key) = step.site.key.as_mut() else { return };
    let open = key.handover.is_some_and(|handover| handover.to == peer);
    let is_last = key.revision == declined.revision || step.rules.late_refusal();
    if key.primary == here && key.epoch == declined.epoch && is_last && open {
        withdraw_if_to(key, peer);
    }
}

/// Ends an offer to `region`, if one is open.
pub(crate) fn withdraw_if_to(key: &mut Key, region: Region) {
    end_handover(key, |primary, handover| handover.to == region && handover.from == primary);
}

/// Ends the change of the primary on the new primary's side, if it waits for `region`.
pub(crate) fn finish_if_from(key: &mut Key, region: Region) {
    end_handover(key, |primary, handover| handover.from == region && handover.to == primary);
}
