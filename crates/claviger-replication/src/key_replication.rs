//! Multi-Region keys as their own region changes them, and the messages that it sends about them.
//!
//! Operations change a record, call [`raise_revision`] if the change is one that related keys share, save it, and [`announce`]
//! it, all in one transaction.

use std::collections::BTreeSet;

use claviger_crypto::{Authorization, Keyring, Material, MaterialKind};
use claviger_store::tables::Epoch;
use claviger_store::tables::awaited_rotation_table::{drop_awaited_rotation, save_awaited_rotation};
use claviger_store::tables::fleet_table;
use claviger_store::tables::key_table::{
    self, DeletedKeyRecord, Handover, KeyRecord, KeyState, MaterialMeta, MultiRegion, RotationType,
};
use claviger_store::tables::lineage_table::{self, Proof};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Caller, MaterialId, Random, Region, Timestamp};
use zeroize::Zeroizing;

use crate::broken_rules::BrokenRules;
use crate::change;
use crate::context::{Error, PeerContext};
use crate::key_messages::{HandoverOffer, KeyName, KeyReport, ReplicaDeleted, SharedKey};
use crate::kind::SecretParts;
use crate::lineage;
use crate::rebuild_state;
use crate::state_digest;

/// A rotation that begins.
pub struct NewRotation<'a> {
    /// Why the key is rotated.
    pub rotation: RotationType,
    /// How many replicas must hold the material before it becomes current. `None`: all whose regions are reachable, and at least one.
    pub require_replicas: Option<u32>,
    /// Seals the material.
    pub keyring: &'a Keyring,
    /// The source of the material.
    pub random: &'a dyn Random,
    /// When it begins.
    pub now: Timestamp,
}

/// The result of beginning a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// The new material is current.
    Now,
    /// It becomes current once enough replicas hold it.
    WhenHeld,
    /// Nothing was done: not enough replicas hold the material of an earlier rotation yet.
    AlreadyUnderWay,
}

/// Raises the revision of the properties that related keys share. Does nothing to a single-Region key.
pub fn raise_revision(record: &mut KeyRecord) {
    if let Some(shared) = record.multi_region.as_mut() {
        shared.revision = shared.revision.saturating_add(1);
    }
}

/// Announces the key to every other region of the set (`here` is the caller's own). Does nothing for a single-Region key.
pub fn announce(tx: &mut Tx<'_>, here: &Region, record: &KeyRecord) -> Result<(), StoreError> {
    let Some(shared) = &record.multi_region else { return Ok(()) };
    let pending = shared.pending.iter().map(|pending| &pending.region);
    let regions: BTreeSet<&Region> = shared.members().chain(pending).filter(|region| *region != here).collect();
    note_rotation(tx, here, record)?;
    let name = name(record);
    regions.into_iter().try_for_each(|region| change::announce::<SharedKey>(tx, region, &name))
}

/// Reports a replica to the primary again, after a change of its state that decides whether it can take the primary's place. Does nothing for
/// other keys.
pub fn report_state(tx: &mut Tx<'_>, here: &Region, record: &KeyRecord) -> Result<(), StoreError> {
    match record.multi_region.as_ref().filter(|shared| shared.primary != *here) {
        Some(shared) => change::announce::<KeyReport>(tx, &shared.primary, &name(record)),
        None => Ok(()),
    }
}

/// Notes that a rotation of the key is under way, if one is and the primary is here.
pub(crate) fn note_rotation(tx: &mut Tx<'_>, here: &Region, record: &KeyRecord) -> Result<(), StoreError> {
    let waits = |shared: &MultiRegion| shared.primary == *here && !shared.replicas.is_empty();
    if !record.multi_region.as_ref().is_some_and(waits) || record.is_imported() {
        return Ok(());
    }
    if awaited_material(tx, record)?.is_some() {
        save_awaited_rotation(tx, &record.account, &record.id)?;
    }
    Ok(())
}

/// Begins a rotation of a single-Region key or a primary: makes new material and stores it. If the key has replicas, the
/// material is announced first and becomes current once enough of them hold it, so that no ciphertext exists that only this region can
/// open. Changes `record`, which the caller saves.
pub fn begin_rotation(tx: &mut Tx<'_>, record: &mut KeyRecord, new: &NewRotation<'_>) -> Result<Rotated, StoreError> {
    begin_rotation_with(BrokenRules::default(), tx, record, new)
}

pub(crate) fn begin_rotation_with(
    broken: BrokenRules,
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    new: &NewRotation<'_>,
) -> Result<Rotated, StoreError> {
    let NewRotation { rotation, require_replicas, keyring, random, now } = *new;
    if awaited_material(tx, record)?.is_some() {
        return Ok(Rotated::AlreadyUnderWay);
    }
    let material = Material::generate(MaterialKind::Symmetric, random);
    let id = material.id(&record.id);
    let sealed = material.seal(keyring, random, &record.id);
    let meta = MaterialMeta { rotation: Some(rotation), ..MaterialMeta::new(id, now) };
    key_table::add_material(tx, record, meta, sealed)?;
    raise_revision(record);
    let has_replicas = record.multi_region.as_ref().is_some_and(|shared| !shared.replicas.is_empty());
    let rotated = if has_replicas && require_replicas != Some(0) && !broken.use_before_held() {
        Rotated::WhenHeld
    } else {
        make_current(tx, record, id, now)?;
        Rotated::Now
    };
    if let Some(here) = record.multi_region.as_ref().map(|shared| shared.primary.clone()) {
        announce(tx, &here, record)?;
    }
    Ok(rotated)
}

/// Begins a change of the primary to `to`, the region of a replica. The key is `Updating` until that region has accepted or
/// declined the role. Changes `record`, which the caller saves. The caller has checked that the key is an enabled primary.
pub fn begin_handover(
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    to: &Region,
    caller: &Caller,
    now: Timestamp,
) -> Result<(), StoreError> {
    raise_revision(record);
    let Some(shared) = record.multi_region.as_mut() else { return Ok(()) };
    let from = shared.primary.clone();
    shared.handover = Some(Handover { to: to.clone(), caller: caller.clone(), from: from.clone(), began: now });
    record.state = KeyState::Updating;
    announce(tx, &from, record)
}

/// Makes a replica the primary without the old one, which is lost: an operator's act. All other members follow this region from now on,
/// and so does the old primary when it is back. Its material is merged then. Changes `record`, which the caller saves. Returns whether
/// the key was a replica in a state in which it can become the primary.
///
/// The authorization is what members with operators require of the new primary. The caller has verified it.
pub fn promote(
    tx: &mut Tx<'_>,
    here: &Region,
    record: &mut KeyRecord,
    authorization: Option<&Authorization>,
) -> Result<bool, StoreError> {
    let ready = matches!(record.state, KeyState::Enabled | KeyState::Disabled | KeyState::PendingImport);
    let Some(shared) = record.multi_region.as_mut().filter(|shared| ready && shared.primary != *here) else {
        return Ok(false);
    };
    let old = std::mem::replace(&mut shared.primary, here.clone());
    shared.replicas.retain(|region| region != here);
    shared.replicas.push(old);
    let next = lineage::next(&shared.epoch, here);
    let from = std::mem::replace(&mut shared.epoch, next.clone());
    shared.revision = 1;
    shared.handover = None;
    let proof = authorization.cloned().map(Proof::Forced);
    lineage::add_step(tx, name(record).led(), from, next, proof)?;
    drop_former_members(tx, record)?;
    announce(tx, here, record)?;
    Ok(true)
}

/// Takes regions that left the fleet out of the set of a key whose primary was elsewhere until now: the other primary may not have heard of
/// the removal.
pub(crate) fn drop_former_members(tx: &Tx<'_>, record: &mut KeyRecord) -> Result<(), StoreError> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(()) };
    for region in shared.replicas.clone() {
        if fleet_table::is_former_member(tx, &region)? {
            shared.replicas.retain(|replica| *replica != region);
            shared.pending.retain(|pending| pending.region != region);
        }
    }
    Ok(())
}

/// Must be called when a multi-Region key is deleted from its region's store for good. Leaves a mark, so that a late message
/// cannot restore the key, and reports the deletion to the primary. Does nothing for a single-Region key.
pub fn record_deletion(tx: &mut Tx<'_>, here: &Region, record: &KeyRecord) -> Result<(), StoreError> {
    let Some(shared) = &record.multi_region else { return Ok(()) };
    let (account, id) = (record.account.clone(), record.id.clone());
    let mark = DeletedKeyRecord { generation: shared.revision, epoch: shared.epoch.clone(), account, id };
    key_table::save_deleted_key(tx, &mark)?;
    if shared.primary == *here {
        return Ok(());
    }
    let deleted = ReplicaDeleted {
        name: name(record),
        epoch: shared.epoch.clone(),
        until_epoch: mark.epoch,
        until_revision: mark.generation,
        lineage: Vec::new(),
    };
    change::announce::<ReplicaDeleted>(tx, &shared.primary, &deleted)
}

/// The material of a rotation that becomes current once enough replicas hold it, or imported material that waits for its rotation.
pub(crate) fn awaited_material(tx: &Tx<'_>, record: &KeyRecord) -> Result<Option<MaterialId>, StoreError> {
    Ok(rotation_under_way(record, &key_table::materials(tx, &record.id)?).map(|meta| meta.id))
}

/// The material whose rotation is under way, out of all materials of a key.
pub fn rotation_under_way<'m>(record: &KeyRecord, materials: &'m [MaterialMeta]) -> Option<&'m MaterialMeta> {
    let mut later = materials.iter().skip(1).rev();
    later.find(|meta| meta.rotated.is_none() && Some(meta.id) != record.current)
}

pub(crate) fn make_current(
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    id: MaterialId,
    now: Timestamp,
) -> Result<(), StoreError> {
    record.current = Some(id);
    let mut materials = key_table::materials(tx, &record.id)?;
    for meta in materials.iter_mut().skip(1) {
        if meta.id == id {
            meta.rotated = Some(now);
        } else if meta.rotated.is_none() {
            // A forced promotion may leave several rotations unfinished. The last one becomes current and ends the others.
            meta.rotated = Some(meta.created);
        }
    }
    raise_revision(record);
    drop_awaited_rotation(tx, &record.account, &record.id)?;
    key_table::save_materials(tx, record, &materials)
}

pub(crate) fn name(record: &KeyRecord) -> KeyName {
    KeyName { account: record.account.clone(), id: record.id.clone() }
}

/// Whether `(epoch, revision)` `a` is newer than, as new as, or older than `b`.
pub(crate) fn compare(broken: BrokenRules, a: (&Epoch, u64), b: (&Epoch, u64)) -> std::cmp::Ordering {
    if broken.bare_counter() {
        return (a.0.counter, a.1).cmp(&(b.0.counter, b.1));
    }
    a.cmp(&b)
}

/// The state that is sent to the peer for a key whose primary is here.
pub(crate) fn outgoing(cx: &mut PeerContext<'_, '_>, name: &KeyName) -> Result<Option<SharedKey>, Error> {
    if rebuild_state::is_under_way(cx)? {
        // Another region may know a later state. A snapshot follows at the end.
        return Ok(None);
    }
    let shared = shared_with_member(cx, name)?.map(|(_, shared)| shared);
    Ok(shared.filter(|shared| shared.primary == *cx.here))
}

/// The report that is sent to the peer for a replica that is here.
pub(crate) fn report(cx: &mut PeerContext<'_, '_>, name: KeyName) -> Result<Option<KeyReport>, Error> {
    let Some(record) = key_table::key(cx.tx, &name.account, &name.id)? else { return Ok(None) };
    let materials = key_table::held_materials(cx.tx, &record)?;
    let Some(shared) = &record.multi_region else { return Ok(None) };
    // A replica that waits for its deletion cannot take the primary's place. Without a digest no failover counts as safe.
    let ready = matches!(record.state, KeyState::Enabled | KeyState::Disabled | KeyState::PendingImport);
    let digest = ready.then(|| state_digest::of_shared_key(&record, shared, materials.clone()));
    let (epoch, revision) = (shared.epoch.clone(), shared.revision);
    Ok(Some(KeyReport { name, epoch, revision, materials, digest }))
}

/// A key with a replica in the peer's region, and the state that may be sent to the peer.
pub(crate) fn shared_with_member(
    cx: &mut PeerContext<'_, '_>,
    name: &KeyName,
) -> Result<Option<(KeyRecord, SharedKey)>, Error> {
    let Some(record) = key_table::key(cx.tx, &name.account, &name.id)? else { return Ok(None) };
    let Some(shared) = record.multi_region.clone() else { return Ok(None) };
    if !shared.members().any(|member| member == cx.peer) {
        return Ok(None);
    }
    let offered = shared.handover.filter(|handover| handover.to == *cx.peer);
    let (pending, revision) = (shared.pending, shared.revision);
    let create = pending.iter().find(|pending| pending.region == *cx.peer).cloned();
    let offer = offered.map(|handover| {
        let proof = lineage::hand_over(cx, name.led(), &shared.epoch, cx.peer, handover.began);
        HandoverOffer { caller: handover.caller, revision, pending, proof }
    });
    let known_since = lineage::made(cx, record.created, shared.known_since);
    let state = SharedKey {
        name: name.clone(),
        spec: record.spec,
        usage: record.usage,
        origin: record.origin,
        rotation: record.rotation.clone(),
        materials: key_table::materials(cx.tx, &name.id)?,
        current: record.current,
        primary: shared.primary,
        replicas: shared.replicas,
        epoch: shared.epoch,
        revision,
        create,
        former: shared.former,
        offer,
        lineage: lineage_table::lineage(cx.tx, name.led())?,
        known_since: Some(known_since),
    };
    Ok(Some((record, state)))
}

/// The materials of a key that the peer does not hold.
pub(crate) fn open_materials(
    cx: &PeerContext<'_, '_>,
    record: &KeyRecord,
    held: &dyn Fn(&[u8]) -> bool,
) -> Result<SecretParts, Error> {
    let mut parts = SecretParts::new();
    // Imported material never leaves its region.
    if record.is_imported() {
        return Ok(parts);
    }
    let kind = MaterialKind::of(record.spec);
    for meta in key_table::materials(cx.tx, &record.id)?.iter().filter(|meta| !held(&meta.id.0)) {
        let sealed = key_table::material(cx.tx, &record.id, &meta.id)?;
        // Material that does not open is damaged here. The other materials are sent without it. The peer requests the missing
        // one again.
        if let Some(material) = sealed.and_then(|s| s.open(cx.env.keyring, kind, &record.id, &meta.id).ok()) {
            parts.push((meta.id.0.to_vec(), Zeroizing::new(material.expose().to_vec())));
        }
    }
    Ok(parts)
}
