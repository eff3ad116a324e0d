//! The ends of replica keys, told to a region while it is rebuilt.
//!
//! A region that restores an older copy of its store has replicas again that it had deleted. The other members of a set remember their ends. So
//! the region deletes such a replica a second time ([`ReplicaEnded`]). Other members hold its material, or all have deleted theirs.
//!
//! Such a region may also take a region for the primary that has handed the role over to it since, and has then deleted its own replica. Nobody
//! would be the primary of the key. That region remembers the epoch of its end, and reports it again ([`keep`]).

use claviger_store::tables::Epoch;
use claviger_store::tables::ended_replica_table::{EndedReplicaRecord, ended_replicas, save_ended_replica};
use claviger_store::tables::key_table::{self, DeletedKeyRecord, KeyRecord, KeyState, all_deleted_keys};
use claviger_store::tables::lineage_table::{Led, save_lineage};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

use crate::change::{Announced, COUNTER_STEP_MAX, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{KeyName, ReplicaDeleted};
use crate::key_replication::{awaited_material, make_current, note_rotation};
use crate::kind::{Page, Replicated, Walk};
use crate::{lineage, rebuild_state};

/// The report of a member of a set that the receiver's replica was deleted, or of the last primary that the whole set was.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ReplicaEnded {
    #[n(0)]
    name: KeyName,
    /// The state of the sender, in which the replica is no member.
    #[n(1)]
    epoch: Epoch,
    #[n(2)]
    revision: u64,
}

impl Announced for ReplicaEnded {
    const KIND: Kind = Kind::of_notice(18);
    type Name = KeyName;
}

impl Replicated for ReplicaEnded {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: KeyName) -> Result<Option<ReplicaEnded>, Error> {
        let Some(record) = key_table::key(cx.tx, &name.account, &name.id)? else {
            let mark = key_table::deleted_key(cx.tx, &name.account, &name.id)?;
            let mark = mark.filter(|mark| mark.epoch.region == *cx.here);
            return Ok(mark.map(|mark| ReplicaEnded { name, epoch: mark.epoch, revision: mark.generation }));
        };
        let shared = record.multi_region.filter(|shared| shared.former.contains(cx.peer));
        Ok(shared.map(|shared| ReplicaEnded { name, epoch: shared.epoch, revision: shared.revision }))
    }

    /// Ends of whole keys: a primary is deleted after all its replicas. The ends of replicas of other keys are told with their copies.
    fn copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let rows = all_deleted_keys(tx, walk.after, walk.limit)?;
        Ok(Page::of(rows, walk.limit, |DeletedKeyRecord { epoch, account, id, .. }| {
            let was_primary = epoch.region == *walk.here;
            was_primary.then(|| Envelope::naming::<ReplicaEnded>(&KeyName { account, id }))
        }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let ReplicaEnded { name, epoch, revision } = self;
        if rebuild_state::from_source(cx)?.is_none() {
            return Ok(Verdict::Forbidden);
        }
        let (account, id) = (name.account.clone(), name.id.clone());
        let mark = DeletedKeyRecord { generation: revision, epoch: epoch.clone(), account, id };
        let local = key_table::key(cx.tx, &name.account, &name.id)?;
        let known = local.as_ref().and_then(|record| record.multi_region.as_ref());
        let known = known.map_or(0, |shared| shared.epoch.counter);
        if epoch.counter > known.saturating_add(COUNTER_STEP_MAX) || !name.id.is_multi_region() {
            return Ok(Verdict::Forbidden);
        }
        let Some(record) = local else {
            // A copy of a member that has not heard of the end must not make the replica again.
            let before = key_table::deleted_key(cx.tx, &name.account, &name.id)?;
            if before.is_none_or(|before| (&before.epoch, before.generation) < (&epoch, revision)) {
                key_table::save_deleted_key(cx.tx, &mark)?;
            }
            return Ok(Verdict::Applied);
        };
        if cx.broken.forget_ended() {
            return Ok(Verdict::Stale);
        }
        let Some(shared) = &record.multi_region else { return Ok(Verdict::Forbidden) };
        // The peer may just have reported the end of an earlier replica of its own, which this region had not heard of in its older copy.
        let is_member = shared.members().chain(&shared.former).any(|member| member == cx.peer);
        if !is_member {
            return Ok(Verdict::Forbidden);
        }
        // A state that lists this region, or one in which it is the primary, came later.
        if (&epoch, revision) <= (&shared.epoch, shared.revision) {
            return Ok(Verdict::Stale);
        }
        key_table::save_deleted_key(cx.tx, &mark)?;
        key_table::delete_key(cx.tx, &record)?;
        Ok(Verdict::Applied)
    }
}

/// How many ends of replicas a step applies.
const APPLIED_MAX: usize = 64;

/// Keeps the report of a replica's end until all copies have come, if it is of a later epoch of this region, which is rebuilt, than the one that
/// it has got back. Returns whether it was kept.
pub(crate) fn keep(
    cx: &mut PeerContext<'_, '_>,
    record: Option<&KeyRecord>,
    ended: &ReplicaDeleted,
) -> Result<bool, Error> {
    let known = record.and_then(|record| record.multi_region.as_ref()).map(|shared| &shared.epoch);
    let is_later = ended.name.id.is_multi_region() && known.is_none_or(|known| *known < ended.epoch);
    let is_asked = rebuild_state::from_source(cx)?.is_some_and(|(rebuild, _)| rebuild.raising.is_none());
    if !is_asked || !is_later || ended.epoch.region != *cx.here {
        return Ok(false);
    }
    save_ended_replica(cx.tx, &end(cx.peer, ended, cx.env.now))?;
    Ok(true)
}

fn end(region: &Region, ended: &ReplicaDeleted, now: Timestamp) -> EndedReplicaRecord {
    EndedReplicaRecord {
        account: ended.name.account.clone(),
        id: ended.name.id.clone(),
        region: region.clone(),
        epoch: ended.epoch.clone(),
        until_revision: ended.until_revision,
        lineage: lineage::dated(ended.lineage.clone(), now),
    }
}

/// Applies some of the ends that were kept. Returns whether there were any.
pub(crate) fn apply_some(tx: &mut Tx<'_>, here: &Region, now: Timestamp) -> Result<bool, StoreError> {
    let rows = ended_replicas(tx, APPLIED_MAX)?;
    let any = !rows.is_empty();
    for (row, ended) in rows {
        tx.delete(row)?;
        let Some(mut record) = key_table::key(tx, &ended.account, &ended.id)? else { continue };
        if recover_role(tx, here, &mut record, &ended)? {
            remove(tx, here, &mut record, &ended.region, now)?;
            key_table::save_key(tx, &record)?;
        }
    }
    Ok(any)
}

/// Forgets the ends that an earlier rebuilding has kept.
pub(crate) fn forget_kept(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    ended_replicas(tx, usize::MAX)?.into_iter().try_for_each(|(row, _)| tx.delete(row))
}

/// As [`apply_some`], of an end that is reported while the epochs are raised. The raising may have passed the key, and the other members would
/// take none of its states if its epoch stayed. Changes `record`, which the caller saves. Returns whether it did.
pub(crate) fn apply_late(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    ended: &ReplicaDeleted,
) -> Result<bool, Error> {
    let is_raising = rebuild_state::from_source(cx)?.is_some_and(|(rebuild, _)| rebuild.raising.is_some());
    if !is_raising
        || ended.epoch.region != *cx.here
        || !recover_role(cx.tx, cx.here, record, &end(cx.peer, ended, cx.env.now))?
    {
        return Ok(false);
    }
    remove(cx.tx, cx.here, record, cx.peer, cx.env.now)?;
    if let Some(shared) = record.multi_region.as_mut() {
        (shared.epoch.counter, shared.revision) = (shared.epoch.counter.saturating_add(1), 1);
    }
    Ok(true)
}

/// Takes a replica that has ended out of the set. A rotation and a deletion that waited for the last one go on.
fn remove(
    tx: &mut Tx<'_>,
    here: &Region,
    record: &mut KeyRecord,
    replica: &Region,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(()) };
    shared.end(replica);
    if !shared.replicas.is_empty() {
        return note_rotation(tx, here, record);
    }
    if let KeyState::PendingReplicaDeletion { window_days } = &record.state {
        record.state = KeyState::PendingDeletion { date: now.plus_days(*window_days) };
    }
    match awaited_material(tx, record)?.filter(|_| !record.is_imported()) {
        Some(id) => make_current(tx, record, id, now),
        None => Ok(()),
    }
}

/// Cancels the deletion of a key that was scheduled when it was a replica, in the older copy of this region's store. It has become the primary
/// since, which a key that is to be deleted cannot. As after `CancelKeyDeletion` the key is disabled.
pub(crate) fn cancel_deletion_of_replica(record: &mut KeyRecord, was_primary: bool, here: &Region) {
    let is_primary = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *here);
    if is_primary && !was_primary && matches!(record.state, KeyState::PendingDeletion { .. }) {
        record.state = KeyState::Disabled;
    }
}

/// Makes this region, which is rebuilt, the primary again of a key whose replica ended in an epoch of this region. Changes `record`. Returns
/// whether it did.
fn recover_role(
    tx: &mut Tx<'_>,
    here: &Region,
    record: &mut KeyRecord,
    ended: &EndedReplicaRecord,
) -> Result<bool, StoreError> {
    let Some(shared) = record.multi_region.as_mut() else { return Ok(false) };
    let step = ended.epoch.counter.saturating_sub(shared.epoch.counter);
    if ended.epoch <= shared.epoch || step > COUNTER_STEP_MAX {
        return Ok(false);
    }
    let was_primary = shared.primary == *here;
    let others: Vec<Region> = shared.members().filter(|member| *member != here).cloned().collect();
    shared.primary = here.clone();
    shared.replicas = others;
    shared.epoch = ended.epoch.clone();
    shared.revision = ended.until_revision;
    shared.pending.clear();
    shared.holders.clear();
    shared.handover = None;
    // A change of the primary that was under way in the copy of the store has ended since.
    if record.state == KeyState::Updating {
        record.state = KeyState::Enabled;
    }
    cancel_deletion_of_replica(record, was_primary, here);
    if lineage::is_line_to(&ended.lineage, &ended.epoch) {
        save_lineage(tx, Led::Key(&ended.account, &ended.id), ended.lineage.clone())?;
    }
    Ok(true)
}
