//! What users and operators change in their own region: `key_replication.rs`, and the conditions of the operations of KMS.

use crate::key::{Epoch, Handover, Key, KeyState, MaterialNumber, Meta, Pending, Region, end_handover, make_current};
use crate::messages::{ReplicaDeleted, Row};
use crate::site::Site;
use crate::step::Rules;

/// The key, if this region is its primary and its state allows changes.
fn enabled_primary(site: &mut Site, here: Region) -> Option<&mut Key> {
    site.key.as_mut().filter(|key| key.primary == here && key.state == KeyState::Enabled)
}

/// Changes a shared property of an enabled primary, and announces it.
fn change(site: &mut Site, here: Region, change: impl FnOnce(&mut Key) -> bool) -> bool {
    let done = enabled_primary(site, here).is_some_and(change);
    if done {
        site.announce(here);
    }
    done
}

/// `ReplicateKey`
pub(crate) fn replicate(site: &mut Site, here: Region, to: Region) -> bool {
    change(site, here, |key| {
        if key.members().has(to) {
            return false;
        }
        key.revision += 1;
        key.replicas = key.replicas.with(to);
        key.put_pending(Pending { region: to, epoch: key.epoch, generation: key.revision });
        true
    })
}

/// `RotateKeyOnDemand`, and the job that rotates: `begin_rotation`.
pub(crate) fn rotate(site: &mut Site, here: Region, made: MaterialNumber, rules: Rules) -> bool {
    change(site, here, |key| {
        if key.awaited().is_some() {
            return false;
        }
        key.materials.push(Meta { id: made, rotated: false });
        key.revision += 1;
        if key.replicas.is_empty() || rules.use_before_held() {
            make_current(key, made);
        }
        true
    })
}

/// `EnableKeyRotation` and its like: another change of a shared property.
pub(crate) fn set_schedule(site: &mut Site, here: Region, schedule: u8) -> bool {
    change(site, here, |key| {
        key.schedule = schedule;
        key.revision += 1;
        true
    })
}

/// `UpdatePrimaryRegion`: `begin_handover`.
pub(crate) fn begin_handover(site: &mut Site, here: Region, to: Region) -> bool {
    change(site, here, |key| {
        let arrived = key.pending.iter().all(|pending| pending.region != to);
        if !key.replicas.has(to) || !arrived {
            return false;
        }
        key.revision += 1;
        key.handover = Some(Handover { to, from: here });
        key.state = KeyState::Updating;
        true
    })
}

/// The part of a failover that concerns a key: `failover::run`, `end_handover_with`, `promote`.
pub(crate) fn fail_over(site: &mut Site, here: Region, lost: Region) -> bool {
    let Some(key) = site.key.as_mut() else { return false };
    let ended = end_handover(key, |primary, handover| {
        (handover.from == lost && handover.to == primary) || (handover.to == lost && handover.from == primary)
    });
    if key.primary != lost || key.state != KeyState::Enabled {
        return ended;
    }
    key.primary = here;
    key.replicas = key.replicas.without(here).with(lost);
    key.epoch = Epoch { counter: key.epoch.counter + 1, region: here };
    key.revision = 1;
    key.handover = None;
    site.announce(here);
    true
}

/// The end of a replica's deletion window: `record_deletion`. The window itself is left out, in which the replica cannot be used.
pub(crate) fn delete_replica(site: &mut Site, here: Region) -> bool {
    let Some(key) = site.key.take_if(|key| key.primary != here) else { return false };
    site.mark = Some(key.version());
    site.push(key.primary, Row::Deleted(ReplicaDeleted { epoch: key.epoch, until: key.version() }));
    true
}
