//! The ends of replica keys, told to a region while it is rebuilt.
//!
//! A region that restores an older copy of its store has replicas again that it had deleted. The other members of a set remember their ends. So
//! the region deletes such a replica a second time ([`ReplicaEnded`]). Other members hold its material, or all have deleted theirs.
//!
//! Such a region may also take a region for the primary that has handed the role over to it since, and has then deleted its own replica. Nobody
//! would be the primary of the key. That region remembers the epoch of its end, and reports it again ([`recover_role`]).

use claviger_store::tables::Epoch;
use claviger_store::tables::key_table::{self, DeletedKeyRecord, KeyRecord, all_deleted_keys};
use claviger_store::tables::lineage_table::save_lineage;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::change::{Announced, COUNTER_STEP_MAX, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{KeyName, ReplicaDeleted};
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
        let is_member = |region: &Region| shared.members().any(|member| member == region);
        if !is_member(cx.peer) {
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

/// The role of the primary of a key, which this region has got back.
pub(crate) struct Recovered {
    /// Whether the rebuilding has begun to raise epochs.
    is_raising: bool,
}

/// Makes this region, which is rebuilt, the primary again of a key whose replica in the peer's region ended in an epoch of this region. Changes
/// `record`, which the caller saves after it has taken the replica out. At the end of the rebuilding the epoch is raised, by
/// [`raise_recovered`] if the raising has begun.
pub(crate) fn recover_role(
    cx: &mut PeerContext<'_, '_>,
    record: &mut KeyRecord,
    ended: &ReplicaDeleted,
) -> Result<Option<Recovered>, Error> {
    if ended.epoch.region != *cx.here {
        return Ok(None);
    }
    let Some((rebuild, _)) = rebuild_state::from_source(cx)? else { return Ok(None) };
    let Some(shared) = record.multi_region.as_mut() else { return Ok(None) };
    let is_member = shared.members().any(|member| member == cx.peer);
    let step = ended.epoch.counter.saturating_sub(shared.epoch.counter);
    if !is_member || ended.epoch <= shared.epoch || step > COUNTER_STEP_MAX {
        return Ok(None);
    }
    let others: Vec<Region> = shared.members().filter(|member| *member != cx.here).cloned().collect();
    shared.primary = cx.here.clone();
    shared.replicas = others;
    shared.epoch = ended.epoch.clone();
    shared.revision = ended.until_revision;
    shared.pending.clear();
    shared.holders.clear();
    shared.handover = None;
    if lineage::is_line_to(&ended.lineage, &ended.epoch) {
        save_lineage(cx.tx, ended.name.led(), ended.lineage.clone())?;
    }
    Ok(Some(Recovered { is_raising: rebuild.raising.is_some() }))
}

/// Raises the epoch of a key whose role was recovered, if the rebuilding may have passed it already: the other members would take none of its
/// states otherwise.
pub(crate) fn raise_recovered(record: &mut KeyRecord, recovered: &Recovered) {
    if let Some(shared) = record.multi_region.as_mut().filter(|_| recovered.is_raising) {
        (shared.epoch.counter, shared.revision) = (shared.epoch.counter.saturating_add(1), 1);
    }
}
