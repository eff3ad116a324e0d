//! The change of a key's primary: handing the role over, and stepping down for a higher epoch.
//!
//! 1. The old primary commits the offer and is `Updating` (`key_replication::begin_handover`).
//! 2. The replica that receives the offer checks its own key and rights ([`consider`]). If it accepts, it commits itself as
//!    the primary of the next epoch, is `Updating` too, and announces the new state to all members. If it declines, the old
//!    primary becomes `Enabled` again ([`on_declined`]).
//! 3. The old primary receives the higher epoch, commits itself as a replica, is `Enabled` again and reports ([`step_down`]).
//! 4. On the report the new primary becomes `Enabled` ([`finish_if_from`]).
//!
//! Each step is one commit in one region, and each message may be repeated. A crash between two steps delays the change of
//! the primary and does not alter its result. Cryptographic operations continue in both regions throughout.

use claviger_store::tables::Epoch;
use claviger_store::tables::fleet_table;
use claviger_store::tables::key_table::{self, Handover, KeyRecord, KeyState};
use claviger_store::tables::lineage_table::LineageStep;
use claviger_types::{Region, Timestamp};

use crate::change::announce as announce_to;
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{HandoverOffer, MemberReport, OfferDeclined, SharedKey};
use crate::key_replication::{announce, drop_former_members, name, raise_revision};
use crate::lineage;
use crate::notice::{Notice, UNREADABLE};
use crate::secret_transfer::forget_request;

/// Accepts the offered role of the primary, or declines it with a reason. Returns whether it was accepted. `record` is
/// complete and saved, and its epoch is that of the offer.
pub(crate) fn consider(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    offer: HandoverOffer,
) -> Result<bool, Error> {
    let Some(epoch) = record.multi_region.as_ref().map(|shared| shared.epoch.clone()) else { return Ok(false) };
    let step = LineageStep { to: lineage::next(&epoch, cx.here), from: epoch.clone(), proof: offer.proof.clone() };
    let refusal = match record.state {
        // Others would not follow this region.
        _ if !lineage::is_handed_over(cx, name(record).led(), &step) => Some("The offer is not signed.".to_owned()),
        KeyState::Enabled => cx.hooks.may_become_primary(cx.tx, record, &offer.caller).err(),
        _ => Some(format!("{} is not enabled.", record.id.arn(cx.here, &record.account))),
    };
    if let Some(reason) = refusal {
        decline(cx, OfferDeclined { name: name(record), epoch, revision: offer.revision, reason })?;
        return Ok(false);
    }
    let began = step.date();
    lineage::add_step(cx.tx, name(record).led(), step.from, step.to.clone(), Some(step.proof))?;
    take_over(record, step.to, offer, began);
    drop_former_members(cx.tx, record)?;
    key_table::save_key(cx.tx, record)?;
    announce(cx.tx, cx.here, record)?;
    Ok(true)
}

/// Declines the offer of a state that could not be applied because a row cannot be read. Reads no row.
pub(crate) fn decline_unread(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<(), Error> {
    let Some(offer) = state.offer.filter(|_| state.epoch.region == *cx.peer) else { return Ok(()) };
    let SharedKey { name, epoch, .. } = state;
    decline(cx, OfferDeclined { name, epoch, revision: offer.revision, reason: UNREADABLE.to_owned() })
}

/// Declines. The response to a request that is under way would bring the same offer again, and the region must not accept what it has
/// declined.
fn decline(cx: &mut PeerContext<'_, '_>, declined: OfferDeclined) -> Result<(), Error> {
    forget_request::<SharedKey>(cx, &declined.name)?;
    cx.announce::<OfferDeclined>(&declined)
}

fn take_over(record: &mut KeyRecord, epoch: Epoch, offer: HandoverOffer, began: Timestamp) {
    let Some(shared) = record.multi_region.as_mut() else { return };
    let here = &epoch.region;
    let from = std::mem::replace(&mut shared.primary, here.clone());
    shared.replicas.retain(|region| region != here);
    shared.replicas.push(from.clone());
    shared.revision = 1;
    shared.pending = offer.pending.into_iter().filter(|pending| pending.region != *here).collect();
    shared.holders = Vec::new();
    shared.handover = Some(Handover { to: here.clone(), caller: offer.caller, from, began });
    shared.epoch = epoch;
    record.state = KeyState::Updating;
}

/// Reports to the primary of a new epoch the members that this region knows and the new primary does not. The new primary may
/// lack them because it was promoted without an offer, or because its state is from a time when the set was smaller. The
/// report is accepted from members only, so that no region can add itself to a set. `record` is the record before the new
/// state is applied.
pub(crate) fn report_members(cx: &mut PeerContext<'_, '_>, record: &KeyRecord, state: &SharedKey) -> Result<(), Error> {
    let Some(shared) = &record.multi_region else { return Ok(()) };
    let known = |region: &&Region| **region == state.primary || state.replicas.contains(region);
    let replicas: Vec<Region> = shared.members().filter(|region| !known(region)).cloned().collect();
    if replicas.is_empty() && shared.pending.is_empty() {
        return Ok(());
    }
    let (epoch, pending) = (state.epoch.clone(), shared.pending.clone());
    cx.announce::<MemberReport>(&MemberReport { name: name(record), epoch, replicas, pending })
}

/// Turns the primary of an older epoch into a replica, before it applies the state of the new one.
pub(crate) fn step_down(cx: &mut PeerContext<'_, '_>, record: &mut KeyRecord) -> Result<(), Error> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(()) };
    shared.handover = None;
    shared.holders = Vec::new();
    shared.pending = Vec::new();
    match record.state {
        KeyState::Updating => record.state = KeyState::Enabled,
        KeyState::PendingReplicaDeletion { window_days } => {
            // A replica does not wait for other replicas. Its deletion window starts now, at its full length.
            let date = cx.env.now.plus_days(window_days);
            record.state = KeyState::PendingDeletion { date };
        }
        _ => {}
    }
    Ok(())
}

/// Adds the members and requested replicas that another member reported. If a reported replica has been deleted meanwhile,
/// its region answers the announcement with a [`ReplicaDeleted`](crate::key_messages::ReplicaDeleted).
pub(crate) fn on_members(cx: &mut PeerContext<'_, '_>, told: MemberReport) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &told.name.account, &told.name.id)? else { return Ok(Verdict::Stale) };
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    if !shared.members().any(|member| member == cx.peer) {
        return Ok(Verdict::Forbidden);
    }
    if shared.primary != *cx.here {
        // Another region has become the primary since. The report is forwarded to it. Each forwarding is to a higher epoch,
        // so it ends.
        if shared.epoch > told.epoch {
            let passed_on = MemberReport { epoch: shared.epoch.clone(), ..told };
            announce_to::<MemberReport>(cx.tx, &shared.primary, &passed_on)?;
        }
        return Ok(Verdict::Stale);
    }
    let before = (shared.replicas.len(), shared.pending.len());
    for region in told.replicas {
        if region != *cx.here && !shared.replicas.contains(&region) && !fleet_table::is_former_member(cx.tx, &region)? {
            shared.add(region);
        }
    }
    for pending in told.pending {
        let known = shared.pending.iter().any(|p| p.region == pending.region)
            || shared.holders.iter().any(|holder| holder.region == pending.region);
        if !known && shared.replicas.contains(&pending.region) {
            shared.pending.push(pending);
        }
    }
    if before == (shared.replicas.len(), shared.pending.len()) {
        return Ok(Verdict::Applied);
    }
    raise_revision(&mut record);
    announce(cx.tx, cx.here, &record)?;
    key_table::save_key(cx.tx, &record)?;
    Ok(Verdict::Applied)
}

/// Ends an offer that the other region declined. If this region has announced a later state since, the other region considers the offer once
/// more and may accept it. Its answer to that state is then the one that counts: a key that is no longer `Updating` could be changed, and
/// the change would be lost with the acceptance.
pub(crate) fn on_declined(cx: &mut PeerContext<'_, '_>, declined: OfferDeclined) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &declined.name.account, &declined.name.id)? else {
        return Ok(Verdict::Stale);
    };
    let Some(shared) = &record.multi_region else { return Ok(Verdict::Forbidden) };
    let open = shared.handover.as_ref().is_some_and(|handover| handover.to == *cx.peer);
    let is_last = (&shared.epoch, shared.revision) == (&declined.epoch, declined.revision);
    if shared.primary != *cx.here || !is_last || !open {
        return Ok(Verdict::Stale);
    }
    withdraw_if_to(&mut record, cx.peer);
    key_table::save_key(cx.tx, &record)?;
    let OfferDeclined { name, reason, .. } = declined;
    cx.diagnostics.notice(Notice::HandoverDeclined { key: name.id, by: cx.peer.clone(), reason });
    Ok(Verdict::Applied)
}

/// Ends an offer to `region`, if one is open.
pub(crate) fn withdraw_if_to(record: &mut KeyRecord, region: &Region) {
    end_handover(record, |primary, handover| handover.to == *region && handover.from == *primary);
}

/// Ends the change of the primary on the new primary's side, if it waits for `region`.
pub(crate) fn finish_if_from(record: &mut KeyRecord, region: &Region) {
    end_handover(record, |primary, handover| handover.from == *region && handover.to == *primary);
}

/// Ends a change of the primary that waits for a region which is lost. Changes `record`, which the caller saves. Returns whether it did.
pub fn end_handover_with(record: &mut KeyRecord, lost: &Region) -> bool {
    let before = record.state.clone();
    finish_if_from(record, lost);
    withdraw_if_to(record, lost);
    record.state != before
}

fn end_handover(record: &mut KeyRecord, ends: impl Fn(&Region, &Handover) -> bool) {
    let Some(shared) = record.multi_region.as_mut() else { return };
    if shared.handover.as_ref().is_some_and(|handover| ends(&shared.primary, handover)) {
        shared.handover = None;
        if record.state == KeyState::Updating {
            record.state = KeyState::Enabled;
        }
    }
}

#[cfg(test)]
#[path = "handover_tests.rs"]
mod tests;
