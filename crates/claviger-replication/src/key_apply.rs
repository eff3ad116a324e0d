//! Changes of multi-Region keys that other regions send.

use std::cmp::Ordering;

use claviger_crypto::{Material, MaterialKind};
use claviger_store::tables::key_table::{
    self, DeletedKeyRecord, Holder, KeyRecord, KeyState, MaterialMeta, MultiRegion, PendingReplica,
};
use claviger_store::tables::lineage_table::save_lineage;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{MaterialId, Region};

use crate::change::{COUNTER_STEP_MAX, announce as announce_to};
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{HandoverOffer, KeyReport, ReplicaDeleted, SharedKey};
use crate::key_replication::{announce, awaited_material, compare, make_current, name, note_rotation, raise_revision};
use crate::kind::SecretParts;
use crate::lineage::{self, Judgement, Known};
use crate::secret_transfer::request_secrets;
use crate::{handover, imported_material, rebuild_snapshots, rebuild_state, refused_claims, replica_end};

/// The most materials of a key that are accepted from a peer.
pub(crate) const MATERIALS_MAX: usize = 512;

/// The message by which a state of a key arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// The primary announced it.
    Announced,
    /// A response to a request for material, with material that this region lacked.
    WithMaterial,
    /// A response to a request for material, without new material.
    WithoutMaterial,
}

/// Applies the primary's state of a key.
pub(crate) fn apply(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<Verdict, Error> {
    // Only the region that the epoch names may send a state of that epoch, and only to members of the set.
    let named = state.epoch.region == *cx.peer && state.primary == *cx.peer && state.name.id.is_multi_region();
    let listed = state.replicas.contains(cx.here) && !state.replicas.contains(cx.peer);
    if !named || !listed || state.materials.len() > MATERIALS_MAX {
        return Ok(Verdict::Forbidden);
    }
    match key_table::key(cx.tx, &state.name.account, &state.name.id)? {
        None => create(cx, state),
        Some(record) => apply_to(cx, record, state, Arrival::Announced),
    }
}

/// Applies requested material, with the state that it belongs to.
pub(crate) fn receive(cx: &mut PeerContext<'_, '_>, state: SharedKey, parts: SecretParts) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &state.name.account, &state.name.id)? else {
        return Ok(Verdict::Stale);
    };
    let Some(shared) = record.multi_region.clone() else { return Ok(Verdict::Forbidden) };
    let member = shared.members().any(|member| member == cx.peer);
    if state.materials.len() > MATERIALS_MAX || !member || record.is_imported() {
        return Ok(Verdict::Forbidden);
    }
    let grew = store_materials(cx, &mut record, &state.materials, parts)?;
    let rebuilding = rebuild_state::is_under_way(cx)?;
    if grew && shared.primary == *cx.here && !rebuilding {
        // A former primary made this material without the other regions. This region can open its ciphertexts from now on,
        // and announces the material to the replicas.
        raise_revision(&mut record);
        announce(cx.tx, cx.here, &record)?;
    }
    if grew {
        if rebuilding {
            use_copied_material(cx, &mut record, &state)?;
        }
        key_table::save_key(cx.tx, &record)?;
        if shared.primary != *cx.here && shared.primary != *cx.peer && !rebuilding {
            // The primary may not know this material: the region that made it may be gone by now.
            announce_to::<KeyReport>(cx.tx, &shared.primary, &state.name)?;
        }
    }
    // As for an announcement: only the region that the epoch names says who the primary is. What another member sends is material.
    let named = state.primary == *cx.peer && state.epoch.region == *cx.peer;
    let listed = state.replicas.contains(cx.here) && !state.replicas.contains(cx.peer);
    if !named || !listed {
        return Ok(Verdict::Applied);
    }
    // The new material may complete a state that was applied before without it. The state's offer is then considered now.
    let arrival = if grew { Arrival::WithMaterial } else { Arrival::WithoutMaterial };
    match apply_to(cx, record, state, arrival)? {
        Verdict::Stale if grew => Ok(Verdict::Applied),
        verdict => Ok(verdict),
    }
}

/// Makes a key usable that this region gets back while it is rebuilt.
fn use_copied_material(cx: &PeerContext<'_, '_>, record: &mut KeyRecord, state: &SharedKey) -> Result<(), Error> {
    let Some(shared) = &record.multi_region else { return Ok(()) };
    let is_present = (&state.epoch, state.revision) >= (&shared.epoch, shared.revision);
    let held = key_table::materials(cx.tx, &record.id)?;
    let current = state.current.filter(|id| held.iter().any(|meta| meta.id == *id));
    if let Some(current) = current.filter(|_| is_present || record.current.is_none()) {
        record.current = Some(current);
        if record.state == KeyState::Creating {
            record.state = KeyState::Enabled;
        }
    }
    Ok(())
}

/// Applies a replica's report of the material that it holds.
pub(crate) fn on_report(cx: &mut PeerContext<'_, '_>, report: KeyReport) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &report.name.account, &report.name.id)? else {
        return Ok(Verdict::Stale);
    };
    let held: Vec<MaterialId> = key_table::materials(cx.tx, &record.id)?.iter().map(|meta| meta.id).collect();
    let awaited = awaited_material(cx.tx, &record)?;
    let imported = record.is_imported();
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    if !shared.replicas.contains(cx.peer) || report.materials.len() > MATERIALS_MAX {
        return Ok(Verdict::Forbidden);
    }
    if shared.primary != *cx.here || shared.epoch != report.epoch {
        return Ok(Verdict::Stale);
    }
    let unknown = report.materials.iter().any(|meta| !held.contains(&meta.id)) && !imported;
    // The record does not store the replica's other materials: every use of the key reads the record, which would grow with
    // each rotation.
    let awaited = awaited.filter(|id| report.materials.iter().any(|meta| meta.id == *id));
    // Imported material can be deleted and imported again. A report from before does not count for it.
    let awaited = awaited.filter(|_| !imported || report.revision >= shared.revision);
    shared.holders.retain(|holder| holder.region != *cx.peer);
    let (revision, digest) = (report.revision, report.digest);
    shared.holders.push(Holder { region: cx.peer.clone(), awaited, revision, digest });
    let seen = (&report.epoch, report.revision);
    shared.pending.retain(|p| p.region != *cx.peer || (&p.epoch, p.generation) > seen);
    handover::finish_if_from(&mut record, cx.peer);
    if make_awaited_current(cx, &mut record)? {
        announce(cx.tx, cx.here, &record)?;
    }
    key_table::save_key(cx.tx, &record)?;
    if unknown {
        let held = held.iter().map(|id| id.0.to_vec()).collect();
        request_secrets::<SharedKey>(cx, &report.name, held)?;
    }
    Ok(Verdict::Applied)
}

/// Applies the report that a replica is deleted.
pub(crate) fn on_deleted(cx: &mut PeerContext<'_, '_>, gone: ReplicaDeleted) -> Result<Verdict, Error> {
    let record = key_table::key(cx.tx, &gone.name.account, &gone.name.id)?;
    if replica_end::keep(cx, record.as_ref(), &gone)? {
        return Ok(Verdict::Applied);
    }
    let Some(mut record) = record else { return Ok(Verdict::Stale) };
    if replica_end::apply_late(cx, &mut record, &gone)? {
        announce(cx.tx, cx.here, &record)?;
        key_table::save_key(cx.tx, &record)?;
        return Ok(Verdict::Applied);
    }
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    let until = (&gone.until_epoch, gone.until_revision);
    // After the deleted replica another one was requested or has reported.
    let asked_again = shared.pending.iter().any(|p| p.region == *cx.peer && (&p.epoch, p.generation) > until)
        || shared.holders.iter().any(|h| h.region == *cx.peer && (&shared.epoch, h.revision) > until);
    let ours = shared.primary == *cx.here && shared.epoch == gone.epoch;
    if !ours || asked_again || !shared.replicas.contains(cx.peer) {
        return Ok(Verdict::Stale);
    }
    shared.end(cx.peer);
    let was_last = shared.replicas.is_empty();
    handover::finish_if_from(&mut record, cx.peer);
    handover::withdraw_if_to(&mut record, cx.peer);
    if let (true, KeyState::PendingReplicaDeletion { window_days }) = (was_last, &record.state) {
        let date = cx.env.now.plus_days(*window_days);
        record.state = KeyState::PendingDeletion { date };
    }
    if !make_awaited_current(cx, &mut record)? {
        raise_revision(&mut record);
    }
    announce(cx.tx, cx.here, &record)?;
    key_table::save_key(cx.tx, &record)?;
    Ok(Verdict::Applied)
}

/// Makes a rotation's material current if enough replicas hold it ([`RotationRule`](crate::rotation_rule::RotationRule)). Returns
/// whether it did. Imported material becomes current by `RotateKeyOnDemand` only.
fn make_awaited_current(cx: &mut PeerContext<'_, '_>, record: &mut KeyRecord) -> Result<bool, Error> {
    if record.is_imported() {
        return Ok(false);
    }
    let Some(id) = awaited_material(cx.tx, record)? else { return Ok(false) };
    let met = record.multi_region.as_ref().is_some_and(|shared| cx.rule.is_met(shared, id));
    if met {
        make_current(cx.tx, record, id, cx.env.now)?;
    } else {
        note_rotation(cx.tx, cx.here, record)?;
    }
    Ok(met)
}

fn create(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<Verdict, Error> {
    let mark =
        key_table::deleted_key(cx.tx, &state.name.account, &state.name.id)?.filter(|_| !cx.broken.ignore_marks());
    let above = |pending: &PendingReplica| {
        mark.as_ref().is_none_or(|mark| (&pending.epoch, pending.generation) > (&mark.epoch, mark.generation))
    };
    if rebuild_state::is_under_way(cx)? && !cx.broken.refuse_unknown() {
        // A copy of the key is on its way, and the snapshot after it announces this state again.
        return Ok(Verdict::Stale);
    }
    let Some(replica) = state.create.clone().filter(|p| p.region == *cx.here && above(p)) else {
        return refuse(cx, state, mark);
    };
    if key_table::account_of(cx.tx, &state.name.id)?.is_some() {
        // Ciphertexts name a key by its id alone, and in this region the id already belongs to a key of another account.
        return Ok(Verdict::Forbidden);
    }
    save_lineage(cx.tx, state.name.led(), lineage::dated(state.lineage.clone(), cx.env.now))?;
    let known_since = lineage::known_since(cx, &state);
    let record = KeyRecord {
        id: state.name.id.clone(),
        account: state.name.account.clone(),
        region: cx.here.clone(),
        created: replica.created,
        description: replica.description,
        state: KeyState::Creating,
        spec: state.spec,
        usage: state.usage,
        origin: state.origin,
        managed_by: None,
        policy: replica.policy,
        tags: replica.tags,
        rotation: state.rotation.clone(),
        material_count: 0,
        current: None,
        multi_region: Some(MultiRegion {
            primary: state.primary.clone(),
            replicas: state.replicas.clone(),
            epoch: state.epoch.clone(),
            revision: state.revision,
            pending: Vec::new(),
            holders: Vec::new(),
            handover: None,
            former: state.former.clone(),
            known_since: Some(known_since),
        }),
        bound: replica.bound,
        import: None,
    };
    apply_to(cx, record, state, Arrival::Announced)
}

/// Answers a primary whose set contains a replica that does not exist here and that the state does not ask this region to
/// create. Without the answer the primary would wait for ever. The mark keeps a late request of an earlier primary from
/// creating the replica afterwards.
fn refuse(cx: &mut PeerContext<'_, '_>, state: SharedKey, mark: Option<DeletedKeyRecord>) -> Result<Verdict, Error> {
    let SharedKey { name, epoch, revision, create, .. } = state;
    let mut until = mark.map(|mark| (mark.epoch, mark.generation));
    if create.is_none() && until.as_ref().is_none_or(|mark| *mark < (epoch.clone(), revision)) {
        let (account, id) = (name.account.clone(), name.id.clone());
        let mark = DeletedKeyRecord { generation: revision, epoch: epoch.clone(), account, id };
        key_table::save_deleted_key(cx.tx, &mark)?;
        until = Some((mark.epoch, mark.generation));
    }
    // The state asks for a replica in another region, or contradicts itself. It is not answered.
    let Some((until_epoch, until_revision)) = until else { return Ok(Verdict::Forbidden) };
    cx.announce::<ReplicaDeleted>(&ReplicaDeleted { name, epoch, until_epoch, until_revision, lineage: Vec::new() })?;
    Ok(Verdict::Stale)
}

/// Applies a state of the primary to a record, if the state is at least as new.
fn apply_to(
    cx: &mut PeerContext<'_, '_>,
    mut record: KeyRecord,
    state: SharedKey,
    arrival: Arrival,
) -> Result<Verdict, Error> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    let same_kind = record.spec == state.spec && record.usage == state.usage && record.origin == state.origin;
    if !same_kind {
        return Ok(Verdict::Forbidden);
    }
    if state.epoch.counter > shared.epoch.counter.saturating_add(COUNTER_STEP_MAX) {
        return Ok(Verdict::Forbidden);
    }
    let order = compare(cx.broken, (&state.epoch, state.revision), (&shared.epoch, shared.revision));
    if order == Ordering::Less {
        return Ok(Verdict::Stale);
    }
    if shared.epoch != state.epoch {
        let made = lineage::made(cx, record.created, shared.known_since);
        let known = Known { led: state.name.led(), epoch: &shared.epoch, made };
        match lineage::judge(cx, &known, &state.epoch, &state.lineage)? {
            Judgement::Followed(line) => save_lineage(cx.tx, state.name.led(), line)?,
            Judgement::Refused { may_not_know } => return refuse_claim(cx, &state, may_not_know),
        }
        refused_claims::settle(cx, state.name.led(), &state.epoch)?;
        handover::report_members(cx, &record, &state)?;
    }
    if has_primary(&record, cx.here) {
        handover::step_down(cx, &mut record)?;
    }
    if let Some(shared) = record.multi_region.as_mut() {
        shared.primary = state.primary.clone();
        shared.replicas = state.replicas.clone();
        shared.epoch = state.epoch.clone();
        shared.revision = state.revision;
        shared.former = state.former.clone();
    }
    record.rotation = state.rotation.clone();
    if record.is_imported() {
        return apply_imported(cx, record, state, order);
    }
    let held: Vec<MaterialId> = merge_metas(cx, &mut record, &state.materials)?.iter().map(|meta| meta.id).collect();
    let holds = |id: &MaterialId| held.contains(id);
    let complete = state.materials.iter().all(|meta| holds(&meta.id));
    // INVARIANT: `current` names material that is held here.
    if state.current.is_some_and(|id| holds(&id)) {
        record.current = state.current;
    }
    // A primary whose only material was on a lost disk names none.
    if complete && record.current.is_some() && record.state == KeyState::Creating {
        record.state = KeyState::Enabled;
    }
    key_table::save_key(cx.tx, &record)?;
    if !complete && arrival == Arrival::WithoutMaterial {
        // The primary itself cannot open the missing material. The material is requested again when the primary announces its
        // next state.
        return Ok(Verdict::Applied);
    }
    if !complete {
        let held = held.iter().map(|id| id.0.to_vec()).collect();
        request_secrets::<SharedKey>(cx, &state.name, held)?;
        return Ok(Verdict::Applied);
    }
    let is_new = arrival != Arrival::Announced || order == Ordering::Greater || is_in_snapshot(cx, &state)?;
    consider_or_report(cx, record, state.offer.filter(|_| is_new))
}

/// Whether a state makes an offer to this region in the snapshot after it was rebuilt. That it has declined the offer may be lost with its store.
fn is_in_snapshot(cx: &PeerContext<'_, '_>, state: &SharedKey) -> Result<bool, Error> {
    if state.offer.is_none() {
        return Ok(false);
    }
    rebuild_snapshots::is_under_way(cx)
}

/// Refuses a region that claims to be the primary. If it was once, and this region has taken its place, it may not know that: it was
/// rebuilt from regions that had not heard of it. It learns by an epoch above its own.
fn refuse_claim(cx: &mut PeerContext<'_, '_>, state: &SharedKey, may_not_know: bool) -> Result<Verdict, Error> {
    refused_claims::refuse(cx, state.name.led(), &state.epoch)?;
    if may_not_know {
        refused_claims::raise_above(cx, state.name.led(), &state.epoch)?;
    }
    Ok(Verdict::Unproven)
}

/// The rest of [`apply_to`] for a key with imported material, whose bytes each region imports for itself. The current material need
/// not be held here: the key is then `PendingImport`.
fn apply_imported(
    cx: &mut PeerContext<'_, '_>,
    mut record: KeyRecord,
    state: SharedKey,
    order: Ordering,
) -> Result<Verdict, Error> {
    merge_imported(cx.tx, &mut record, &state)?;
    key_table::save_key(cx.tx, &record)?;
    let is_new = order == Ordering::Greater || is_in_snapshot(cx, &state)?;
    consider_or_report(cx, record, state.offer.filter(|_| is_new))
}

/// Takes over the materials that a state names. Changes `record`, which the caller saves.
pub(crate) fn merge_imported(tx: &mut Tx<'_>, record: &mut KeyRecord, state: &SharedKey) -> Result<(), StoreError> {
    imported_material::merge(tx, record, &state.materials)?;
    if state.current.is_some() {
        record.current = state.current;
    }
    let materials = key_table::imported_materials(tx, &record.id)?;
    imported_material::settle(record, &materials);
    Ok(())
}

/// Accepts an offer of the primary's role, or else reports the material that is held here.
fn consider_or_report(
    cx: &mut PeerContext<'_, '_>,
    mut record: KeyRecord,
    offer: Option<HandoverOffer>,
) -> Result<Verdict, Error> {
    if let Some(offer) = offer
        && handover::consider(cx, &mut record, offer)?
    {
        return Ok(Verdict::Applied);
    }
    cx.announce::<KeyReport>(&name(&record))?;
    Ok(Verdict::Applied)
}

fn has_primary(record: &KeyRecord, region: &Region) -> bool {
    record.multi_region.as_ref().is_some_and(|shared| shared.primary == *region)
}

/// Stores the primary's metadata of the materials that are held here, in the primary's order. Keeps materials that the
/// primary does not name. Returns the metadata of all held materials.
fn merge_metas(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    announced: &[MaterialMeta],
) -> Result<Vec<MaterialMeta>, Error> {
    let before = key_table::materials(cx.tx, &record.id)?;
    let mut merged: Vec<MaterialMeta> = Vec::with_capacity(before.len());
    for meta in announced {
        let held = before.iter().any(|m| m.id == meta.id);
        if held && merged.iter().all(|m| m.id != meta.id) {
            merged.push(meta.clone());
        }
    }
    if !cx.broken.replace_material() {
        let extra: Vec<MaterialMeta> =
            before.into_iter().filter(|m| merged.iter().all(|known| known.id != m.id)).collect();
        merged.extend(extra);
    }
    key_table::save_materials(cx.tx, record, &merged)?;
    Ok(merged)
}

/// Stores those parts whose bytes match their ids. Returns whether any of them was new.
fn store_materials(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    announced: &[MaterialMeta],
    parts: SecretParts,
) -> Result<bool, Error> {
    let here_is_primary = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *cx.here);
    let kind = MaterialKind::of(record.spec);
    let mut grew = false;
    for (id, bytes) in parts {
        let Ok(id) = <[u8; 32]>::try_from(id.as_slice()).map(MaterialId) else { continue };
        let Some(meta) = announced.iter().find(|meta| meta.id == id) else { continue };
        let Ok(material) = Material::from_bytes(kind, bytes) else { continue };
        let held = key_table::materials(cx.tx, &record.id)?.iter().any(|held| held.id == id);
        if material.id(&record.id) != id || held {
            continue;
        }
        let sealed = material.seal(cx.env.keyring, cx.env.random, &record.id);
        let mut meta = meta.clone();
        if here_is_primary && meta.rotated.is_none() {
            // A former primary announced this material and had not made it current. It must not look like a rotation of this
            // primary that is under way.
            meta.rotated = Some(meta.created);
        }
        key_table::add_material(cx.tx, record, meta, sealed)?;
        grew = true;
    }
    Ok(grew)
}

#[cfg(test)]
#[path = "key_apply_tests.rs"]
mod tests;
