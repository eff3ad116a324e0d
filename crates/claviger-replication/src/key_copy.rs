//! Copies of multi-Region keys for a region that is rebuilt.

use std::collections::BTreeSet;

use claviger_store::tables::key_table::{self, KeyRecord, KeyState, MaterialMeta, MultiRegion, all_keys};
use claviger_store::tables::lineage_table::save_lineage;
use claviger_store::tables::{BoundPrincipal, Epoch, PolicyText, Tag};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

use crate::change::{self, Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::handover;
use crate::key_apply::{self, MATERIALS_MAX};
use crate::key_messages::{KeyName, MemberReport, SharedKey};
use crate::key_replication;
use crate::kind::{Page, Replicated, Walk};
use crate::lineage;
use crate::rebuild_state;
use crate::replica_end::{self, ReplicaEnded};
use crate::secret_transfer::request_secrets;

/// A key as a region knows it that has a related key, with its own settings.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct KeyCopy {
    #[n(0)]
    shared: SharedKey,
    #[n(1)]
    created: Timestamp,
    #[n(2)]
    description: String,
    #[n(3)]
    policy: PolicyText,
    #[n(4)]
    tags: Vec<Tag>,
    #[n(5)]
    bound: Vec<BoundPrincipal>,
}

impl Announced for KeyCopy {
    const KIND: Kind = Kind::of_notice(8);
    type Name = KeyName;
}

impl Replicated for KeyCopy {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: KeyName) -> Result<Option<KeyCopy>, Error> {
        Ok(key_replication::shared_with_member(cx, &name)?.map(|(record, shared)| KeyCopy {
            shared: SharedKey { create: None, offer: None, ..shared },
            created: record.created,
            description: record.description,
            policy: record.policy,
            tags: record.tags,
            bound: record.bound,
        }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        apply(cx, self)
    }

    fn copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::of(all_keys(tx, walk.after, walk.limit)?, walk.limit, |record| {
            let shared = record.multi_region.as_ref()?;
            let name = key_replication::name(&record);
            if shared.former.contains(walk.peer) {
                return Some(Envelope::naming::<ReplicaEnded>(&name));
            }
            let is_member = shared.members().any(|member| member == walk.peer);
            is_member.then(|| Envelope::naming::<KeyCopy>(&name))
        }))
    }
}

fn apply(cx: &mut PeerContext<'_, '_>, copy: KeyCopy) -> Result<Verdict, Error> {
    if rebuild_state::from_source(cx)?.is_none() {
        return Ok(Verdict::Forbidden);
    }
    let state = &copy.shared;
    let is_member = |region: &Region| state.primary == *region || state.replicas.contains(region);
    let well_formed = state.name.id.is_multi_region() && state.materials.len() <= MATERIALS_MAX;
    if !well_formed || !is_member(cx.here) || !is_member(cx.peer) {
        return Ok(Verdict::Forbidden);
    }
    match key_table::key(cx.tx, &state.name.account, &state.name.id)? {
        Some(record) => merge(cx, record, &copy),
        // It was deleted here, and the sender does not know it yet.
        None if is_deleted(cx, state)? => Ok(Verdict::Stale),
        // Ciphertexts name a key by its id alone. Another account took the id meanwhile.
        None if key_table::account_of(cx.tx, &state.name.id)?.is_some() => Ok(Verdict::Forbidden),
        None => create(cx, copy),
    }
}

/// Whether a mark says that the key was deleted here, in this epoch or a later one.
fn is_deleted(cx: &PeerContext<'_, '_>, state: &SharedKey) -> Result<bool, Error> {
    let mark = key_table::deleted_key(cx.tx, &state.name.account, &state.name.id)?;
    Ok(mark.is_some_and(|mark| (&mark.epoch, mark.generation) >= (&state.epoch, state.revision)))
}

fn create(cx: &mut PeerContext<'_, '_>, copy: KeyCopy) -> Result<Verdict, Error> {
    let state = copy.shared.clone();
    let record = KeyRecord {
        id: state.name.id.clone(),
        account: state.name.account.clone(),
        region: cx.here.clone(),
        created: copy.created,
        description: copy.description.clone(),
        state: KeyState::Creating,
        spec: state.spec,
        usage: state.usage,
        origin: state.origin,
        managed_by: None,
        policy: copy.policy.clone(),
        tags: copy.tags.clone(),
        rotation: state.rotation.clone(),
        material_count: 0,
        current: None,
        multi_region: Some(MultiRegion {
            primary: state.primary.clone(),
            replicas: state.replicas.clone(),
            // Below that of every copy.
            epoch: Epoch { counter: 0, region: cx.here.clone() },
            revision: 0,
            pending: Vec::new(),
            holders: Vec::new(),
            handover: None,
            former: Vec::new(),
            known_since: Some(lineage::known_since(cx, &state)),
        }),
        bound: copy.bound.clone(),
        import: None,
    };
    rebuild_state::count(cx, |found| {
        found.keys += 1;
        found.keys_with_borrowed_settings += 1;
    })?;
    merge(cx, record, &copy)
}

/// Takes what a copy has more: a later state, material.
fn merge(cx: &mut PeerContext<'_, '_>, mut record: KeyRecord, copy: &KeyCopy) -> Result<Verdict, Error> {
    let state = &copy.shared;
    let same_kind = record.spec == state.spec && record.usage == state.usage && record.origin == state.origin;
    let Some(shared) = record.multi_region.as_mut().filter(|_| same_kind) else { return Ok(Verdict::Forbidden) };
    let later = (&state.epoch, state.revision) > (&shared.epoch, shared.revision);
    // The lost store may have been the only one that knew all members. A region that has no replica any more answers so.
    let before: BTreeSet<Region> = shared.replicas.iter().cloned().collect();
    let told: BTreeSet<Region> = state.replicas.iter().chain([cx.peer]).cloned().collect();
    let was_primary = shared.primary == *cx.here;
    shared.known_since = shared.known_since.map(|since| since.min(lineage::known_since(cx, state)));
    if later {
        save_lineage(cx.tx, state.name.led(), lineage::dated(state.lineage.clone(), cx.env.now))?;
        shared.primary = state.primary.clone();
        shared.epoch = state.epoch.clone();
        // Below the revision of the copy, so that the state in the snapshot at the end counts as a new one, and an offer in it is considered.
        shared.revision = state.revision.saturating_sub(1);
        shared.pending.clear();
        shared.holders.clear();
        shared.handover = None;
        shared.former = state.former.clone();
        record.rotation = state.rotation.clone();
        match &record.state {
            KeyState::PendingReplicaDeletion { .. } if state.primary == *cx.here => {}
            // A change of the primary that was under way in the copy of the store has ended since.
            KeyState::Updating | KeyState::PendingReplicaDeletion { .. } => handover::step_down(cx, &mut record)?,
            _ => replica_end::cancel_deletion_of_replica(&mut record, was_primary, cx.here),
        }
    }
    if let Some(shared) = record.multi_region.as_mut() {
        let known = before.union(&told);
        shared.former.retain(|region| !before.contains(region) && !told.contains(region));
        shared.replicas = known.filter(|region| **region != shared.primary).cloned().collect();
    }
    report_members(cx, &record, if later { before.difference(&told) } else { told.difference(&before) })?;
    key_replication::drop_former_members(cx.tx, &mut record)?;
    if record.is_imported() {
        // Its material never leaves a region. The owner imports it here again.
        key_apply::merge_imported(cx.tx, &mut record, state)?;
        key_table::save_key(cx.tx, &record)?;
        return Ok(Verdict::Applied);
    }
    let held: Vec<MaterialMeta> = key_table::materials(cx.tx, &record.id)?;
    let current = state.current.filter(|id| held.iter().any(|meta| meta.id == *id));
    if let Some(current) = current.filter(|_| later || record.current.is_none()) {
        record.current = Some(current);
        if record.state == KeyState::Creating {
            record.state = KeyState::Enabled;
        }
    }
    key_table::save_key(cx.tx, &record)?;
    let holds = |meta: &MaterialMeta| held.iter().any(|held| held.id == meta.id);
    if !state.materials.iter().all(holds) {
        let held = held.iter().map(|meta| meta.id.0.to_vec()).collect();
        request_secrets::<SharedKey>(cx, &state.name, held)?;
    }
    Ok(Verdict::Applied)
}

/// Reports members to the primary in another region that its own state does not name. It may have become the primary without having heard of
/// them, and they follow nobody then. Where there is no replica any more, the region answers the primary so.
fn report_members<'r>(
    cx: &mut PeerContext<'_, '_>,
    record: &KeyRecord,
    missing: impl Iterator<Item = &'r Region>,
) -> Result<(), Error> {
    let Some(shared) = record.multi_region.as_ref().filter(|shared| shared.primary != *cx.here) else { return Ok(()) };
    let replicas: Vec<Region> =
        missing.filter(|region| *region != cx.here && **region != shared.primary).cloned().collect();
    if replicas.is_empty() {
        return Ok(());
    }
    let report = MemberReport {
        name: key_replication::name(record),
        epoch: shared.epoch.clone(),
        replicas,
        pending: Vec::new(),
    };
    Ok(change::announce::<MemberReport>(cx.tx, &shared.primary, &report)?)
}
