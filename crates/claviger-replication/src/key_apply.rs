//! Multi-Region keys as other regions change them.

use std::cmp::Ordering;

use claviger_crypto::{Material, MaterialKind};
use claviger_store::tables::key_table::{
    self, DeletedKeyRecord, Holder, KeyRecord, KeyState, MaterialMeta, MultiRegion, PendingReplica,
};
use claviger_types::{MaterialId, Region};

use crate::change::{Change, KeyReport, ReplicaDeleted, SharedKey};
use crate::engine::{Error, PeerContext, Verdict};
use crate::handover;
use crate::key_replication::{announce, awaited_material, compare, make_current, name, raise_revision};
use crate::secret_transfer::{SecretParts, SecretSubject, request_secrets};

/// The most materials of a key that a peer is believed.
const MATERIALS_MAX: usize = 512;

/// Takes in what the primary says of a key.
pub(crate) fn apply(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<Verdict, Error> {
    // Only the region that an epoch names may speak in it, and only to members of the set.
    let named = state.epoch.region == *cx.peer && state.primary == *cx.peer && state.name.id.is_multi_region();
    let listed = state.replicas.contains(cx.here) && !state.replicas.contains(cx.peer);
    if !named || !listed || state.materials.len() > MATERIALS_MAX {
        return Ok(Verdict::Forbidden);
    }
    match key_table::key(cx.tx, &state.name.account, &state.name.id)? {
        None => create(cx, state),
        Some(record) => update(cx, record, state),
    }
}

/// Takes in material that was asked for, with the state it belongs to.
pub(crate) fn receive(cx: &mut PeerContext<'_, '_>, state: SharedKey, parts: SecretParts) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &state.name.account, &state.name.id)? else {
        return Ok(Verdict::Stale);
    };
    let Some(shared) = record.multi_region.clone() else { return Ok(Verdict::Forbidden) };
    if state.materials.len() > MATERIALS_MAX || !shared.members().any(|member| member == cx.peer) {
        return Ok(Verdict::Forbidden);
    }
    let grew = store_materials(cx, &mut record, &state.materials, parts)?;
    if grew && shared.primary == *cx.here {
        // A former primary made this one alone. It can be opened from now on, and the replicas are told.
        raise_revision(&mut record);
        announce(cx.tx, cx.here, &record)?;
    }
    if grew {
        key_table::save_key(cx.tx, &record)?;
    }
    if state.primary != *cx.peer {
        return Ok(Verdict::Applied);
    }
    // What was lacking may complete a state that has been seen already, offer and all.
    match apply_to(cx, record, state, Some(grew))? {
        Verdict::Stale if grew => Ok(Verdict::Applied),
        verdict => Ok(verdict),
    }
}

/// Takes in what a replica says it holds.
pub(crate) fn on_report(cx: &mut PeerContext<'_, '_>, report: KeyReport) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &report.name.account, &report.name.id)? else {
        return Ok(Verdict::Stale);
    };
    let held: Vec<MaterialId> = key_table::materials(cx.tx, &record.id)?.iter().map(|meta| meta.id).collect();
    let awaited = awaited_material(cx.tx, &record)?;
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    if !shared.replicas.contains(cx.peer) || report.materials.len() > MATERIALS_MAX {
        return Ok(Verdict::Forbidden);
    }
    if shared.primary != *cx.here || shared.epoch != report.epoch {
        return Ok(Verdict::Stale);
    }
    let unknown = report.materials.iter().any(|meta| !held.contains(&meta.id));
    // The other materials are not noted: every use of the key reads the record, which would grow with each rotation.
    let awaited = awaited.filter(|id| report.materials.iter().any(|meta| meta.id == *id));
    shared.holders.retain(|holder| holder.region != *cx.peer);
    shared.holders.push(Holder { region: cx.peer.clone(), awaited, revision: report.revision });
    let seen = (&report.epoch, report.revision);
    shared.pending.retain(|p| p.region != *cx.peer || (&p.epoch, p.generation) > seen);
    handover::finish_if_from(&mut record, cx.peer);
    if make_awaited_current(cx, &mut record)? {
        announce(cx.tx, cx.here, &record)?;
    }
    key_table::save_key(cx.tx, &record)?;
    if unknown {
        let held = held.iter().map(|id| id.0.to_vec()).collect();
        request_secrets(cx, SecretSubject::Key(report.name), held)?;
    }
    Ok(Verdict::Applied)
}

/// Takes in that a replica is gone.
pub(crate) fn on_gone(cx: &mut PeerContext<'_, '_>, gone: ReplicaDeleted) -> Result<Verdict, Error> {
    let Some(mut record) = key_table::key(cx.tx, &gone.name.account, &gone.name.id)? else { return Ok(Verdict::Stale) };
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    let until = (&gone.until_epoch, gone.until_revision);
    // Another replica has been asked for, or was there, after the one that is gone.
    let asked_again = shared.pending.iter().any(|p| p.region == *cx.peer && (&p.epoch, p.generation) > until)
        || shared.holders.iter().any(|h| h.region == *cx.peer && (&shared.epoch, h.revision) > until);
    let ours = shared.primary == *cx.here && shared.epoch == gone.epoch;
    if !ours || asked_again || !shared.replicas.contains(cx.peer) {
        return Ok(Verdict::Stale);
    }
    shared.replicas.retain(|region| region != cx.peer);
    shared.pending.retain(|pending| pending.region != *cx.peer);
    shared.holders.retain(|holder| holder.region != *cx.peer);
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

/// Makes a rotation's material current if every replica holds it. Whether it did.
fn make_awaited_current(cx: &mut PeerContext<'_, '_>, record: &mut KeyRecord) -> Result<bool, Error> {
    let Some(id) = awaited_material(cx.tx, record)? else { return Ok(false) };
    let holds = |shared: &MultiRegion, region: &Region| {
        shared.holders.iter().any(|holder| holder.region == *region && holder.awaited == Some(id))
    };
    let all = record.multi_region.as_ref().is_some_and(|shared| shared.replicas.iter().all(|r| holds(shared, r)));
    if all {
        make_current(cx.tx, record, id, cx.env.now)?;
    }
    Ok(all)
}

fn create(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<Verdict, Error> {
    let mark =
        key_table::deleted_key(cx.tx, &state.name.account, &state.name.id)?.filter(|_| !cx.broken.ignore_marks());
    let above = |pending: &PendingReplica| {
        mark.as_ref().is_none_or(|mark| (&pending.epoch, pending.generation) > (&mark.epoch, mark.generation))
    };
    let Some(replica) = state.create.clone().filter(|p| p.region == *cx.here && above(p)) else {
        return refuse(cx, state, mark);
    };
    if key_table::account_of(cx.tx, &state.name.id)?.is_some() {
        // Ciphertexts name a key by its id alone, and the id already is that of another account's key here.
        return Ok(Verdict::Forbidden);
    }
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
        }),
        bound: replica.bound,
    };
    update(cx, record, state)
}

/// Answers a primary that counts on a replica which is not here and which it does not ask for: it must hear so, or it waits for
/// ever. Nor may an earlier primary's request, if it is still on its way, make the replica after that: hence the mark.
fn refuse(cx: &mut PeerContext<'_, '_>, state: SharedKey, mark: Option<DeletedKeyRecord>) -> Result<Verdict, Error> {
    let SharedKey { name, epoch, revision, create, .. } = state;
    let mut until = mark.map(|mark| (mark.epoch, mark.generation));
    if create.is_none() && until.as_ref().is_none_or(|mark| *mark < (epoch.clone(), revision)) {
        let mark = DeletedKeyRecord { generation: revision, epoch: epoch.clone() };
        key_table::save_deleted_key(cx.tx, &name.account, &name.id, &mark)?;
        until = Some((mark.epoch, mark.generation));
    }
    // A request that is for another region, or at odds with its own state, is answered without effect.
    let Some((until_epoch, until_revision)) = until else { return Ok(Verdict::Forbidden) };
    cx.push(&Change::ReplicaDeleted(ReplicaDeleted { name, epoch, until_epoch, until_revision }))?;
    Ok(Verdict::Stale)
}

fn update(cx: &mut PeerContext<'_, '_>, record: KeyRecord, state: SharedKey) -> Result<Verdict, Error> {
    apply_to(cx, record, state, None)
}

/// Brings a record to a state of its primary, if that is at least as new. `answered` is there if it answers a question of ours,
/// and says whether that brought material.
fn apply_to(
    cx: &mut PeerContext<'_, '_>,
    mut record: KeyRecord,
    state: SharedKey,
    answered: Option<bool>,
) -> Result<Verdict, Error> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(Verdict::Forbidden) };
    let same_kind = record.spec == state.spec && record.usage == state.usage && record.origin == state.origin;
    if !same_kind {
        return Ok(Verdict::Forbidden);
    }
    let order = compare(cx.broken, (&state.epoch, state.revision), (&shared.epoch, shared.revision));
    if order == Ordering::Less {
        return Ok(Verdict::Stale);
    }
    if shared.epoch != state.epoch {
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
    }
    record.rotation = state.rotation.clone();
    let held: Vec<MaterialId> = merge_metas(cx, &mut record, &state.materials)?.iter().map(|meta| meta.id).collect();
    let holds = |id: &MaterialId| held.contains(id);
    let complete = state.materials.iter().all(|meta| holds(&meta.id));
    // INVARIANT: `current` names material that is held here.
    if state.current.is_some_and(|id| holds(&id)) {
        record.current = state.current;
    }
    if complete && record.state == KeyState::Creating {
        record.state = KeyState::Enabled;
    }
    key_table::save_key(cx.tx, &record)?;
    if !complete && answered == Some(false) {
        // The primary itself cannot open what is lacking. The next state that it announces is the time to ask again.
        return Ok(Verdict::Applied);
    }
    if !complete {
        let held = held.iter().map(|id| id.0.to_vec()).collect();
        request_secrets(cx, SecretSubject::Key(state.name), held)?;
        return Ok(Verdict::Applied);
    }
    if let Some(offer) = state.offer.filter(|_| answered.is_some() || order == Ordering::Greater)
        && handover::consider(cx, &mut record, offer)?
    {
        return Ok(Verdict::Applied);
    }
    cx.push(&Change::KeyReport(name(&record)))?;
    Ok(Verdict::Applied)
}

fn has_primary(record: &KeyRecord, region: &Region) -> bool {
    record.multi_region.as_ref().is_some_and(|shared| shared.primary == *region)
}

/// Takes over what the primary says of materials that are held, in its order. What it does not name stays. Gives all that are
/// held.
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

/// Stores those parts that are what their ids say. Whether there were any that were not held.
fn store_materials(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    announced: &[MaterialMeta],
    parts: SecretParts,
) -> Result<bool, Error> {
    let here_is_primary = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *cx.here);
    let Some(kind) = MaterialKind::of(record.spec) else { return Ok(false) };
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
            // Material that a former primary was about to use must not look like a rotation of ours that is under way.
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
