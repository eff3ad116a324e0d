//! Replicated secrets on the primary's side, and the operations that a replica's own region may perform on it.
//!
//! Operations change a record, call [`raise_revision`], save it and [`announce`] it, all in one transaction.

use std::collections::BTreeSet;

use claviger_crypto::Authorization;
use claviger_store::tables::fleet_table;
use claviger_store::tables::lineage_table::{Led, Proof, delete_lineage, lineage};
use claviger_store::tables::refused_secret_table::forget_refusals;
use claviger_store::tables::rotation_table::{self, RotationRecord};
use claviger_store::tables::secret_table::{
    self, DetachedSecretRecord, EpochCountersRecord, ReplicaRetry, ReplicaSeat, ReplicaStatus, Replication,
    SecretRecord, SecretReplica, Succession,
};
use claviger_store::tables::{Epoch, ReportedState};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Caller, Region, SecretArn, Timestamp};
use zeroize::Zeroizing;

use crate::change::{self, COUNTER_STEP_MAX};
use crate::context::{Error, PeerContext, Verdict};
use crate::hooks::OpenedValue;
use crate::kind::SecretParts;
use crate::lineage;
use crate::rebuild_state;
use crate::secret_messages::{ReplicaName, SecretDetached, SecretRemoved, SecretReport, SharedSecret, SharedVersion};
use crate::state_digest;

/// The status message of a replica that is in sync.
pub(crate) const SUCCEEDED: &str = "Replication succeeded";
/// The delay before the first further attempt of a replica that failed, in seconds. It doubles with each.
const RETRY_SECS: i64 = 30;
/// The longest delay.
const RETRY_MAX_SECS: i64 = 900;
/// The most bytes of a status message that are accepted from a peer.
const MESSAGE_BYTES_MAX: usize = 4_096;

/// Makes an independent secret a primary without replicas. The caller then raises the revision ([`raise_revision`]) and adds
/// replicas to the record's `replication`, with that revision as their generation. Changes `record`, which the caller saves.
/// Does nothing to a secret that is a primary or a replica already.
///
/// A primary that loses its last replica remains a primary. Its revisions must go on rising as long as it exists, or a
/// removed replica could not be distinguished from a new one.
pub fn become_primary(tx: &mut Tx<'_>, record: &mut SecretRecord) -> Result<(), StoreError> {
    if record.replication.is_some() {
        return Ok(());
    }
    // A former replica goes above the epoch that it was part of, so that the old primary cannot take it back.
    let primary = record.arn.region.clone();
    let mark = secret_table::detached_secret(tx, &record.arn)?.map_or(0, |mark| mark.epoch.counter);
    let counter = mark.max(counter_of_past(tx, &record.arn)?).saturating_add(1);
    delete_lineage(tx, Led::Secret(&record.arn))?;
    note_begun(tx, &record.arn, counter)?;
    let epoch = Epoch { counter, region: primary.clone() };
    record.replication = Some(Replication {
        primary,
        epoch,
        revision: 1,
        replicas: Vec::new(),
        generation: 0,
        succession: None,
        first_epoch: None,
        held_since: None,
    });
    Ok(())
}

/// Notes that this region has begun an epoch of a secret, so that it never begins the same one again, whatever becomes of the secret.
pub(crate) fn note_begun(tx: &mut Tx<'_>, arn: &SecretArn, counter: u64) -> Result<(), StoreError> {
    let none = Epoch { counter: 0, region: arn.region.clone() };
    let mark = secret_table::detached_secret(tx, arn)?;
    let mut mark = mark.unwrap_or(DetachedSecretRecord { generation: 0, epoch: none, begun: 0 });
    mark.begun = mark.begun.max(counter);
    secret_table::save_detached_secret(tx, arn, &mark)?;
    note_counter(tx, counter)
}

/// The highest counter of an epoch of a secret that this region may have begun. The next one that it begins is above.
pub(crate) fn counter_of_past(tx: &Tx<'_>, arn: &SecretArn) -> Result<u64, StoreError> {
    let begun = secret_table::detached_secret(tx, arn)?.map_or(0, |mark| mark.begun);
    Ok(begun.max(secret_table::epoch_counters(tx)?.skipped))
}

/// Notes the counter of an epoch of a secret that this region has begun or heard of, for a region that is rebuilt and may have forgotten it.
pub(crate) fn note_counter(tx: &mut Tx<'_>, counter: u64) -> Result<(), StoreError> {
    let counters = secret_table::epoch_counters(tx)?;
    if counter <= counters.highest {
        return Ok(());
    }
    secret_table::save_epoch_counters(tx, &EpochCountersRecord { highest: counter, ..counters })
}

/// Has this region, which is rebuilt, begin no epoch of a secret with a counter up to this one, which another region has heard of. Its store may
/// have forgotten what it had begun, and other regions would take the state of a new epoch for one that they know.
pub(crate) fn skip_counters(tx: &mut Tx<'_>, highest: u64) -> Result<(), StoreError> {
    let counters = secret_table::epoch_counters(tx)?;
    if highest > counters.skipped.max(counters.highest).saturating_add(COUNTER_STEP_MAX) {
        return Ok(());
    }
    let skipped = counters.skipped.max(highest);
    secret_table::save_epoch_counters(tx, &EpochCountersRecord { skipped, ..counters })
}

/// Raises the revision of the state that a primary shares with its replicas. All of them are `InProgress` until they report.
/// Does nothing to a secret that is no primary.
pub fn raise_revision(record: &mut SecretRecord) {
    let here = record.arn.region.clone();
    let Some(shared) = record.replication.as_mut().filter(|shared| shared.primary == here) else { return };
    shared.revision = shared.revision.saturating_add(1);
    for replica in &mut shared.replicas {
        replica.status = ReplicaStatus::InProgress;
        replica.status_message = None;
        replica.retry = None;
    }
}

/// Announces the secret to each replica's region if the primary is here. Does nothing for other secrets.
pub fn announce(tx: &mut Tx<'_>, record: &SecretRecord) -> Result<(), StoreError> {
    let Some(shared) = record.replication.as_ref().filter(|_| !record.is_replica()) else { return Ok(()) };
    let regions: BTreeSet<&Region> = shared.replicas.iter().map(|replica| &replica.region).collect();
    regions.into_iter().try_for_each(|region| change::announce::<SharedSecret>(tx, region, &record.arn))
}

/// Announces the secret again to the regions whose replicas failed and whose next attempt is due. The cause may be gone: a key was
/// enabled, a permission was given, a name became free. Changes `record`, which the caller saves.
pub fn retry_failed(tx: &mut Tx<'_>, record: &mut SecretRecord, now: Timestamp) -> Result<(), StoreError> {
    let arn = record.arn.clone();
    for replica in record.replication.iter_mut().flat_map(|shared| &mut shared.replicas) {
        if let Some(retry) = replica.retry.as_mut().filter(|retry| retry.at.is_some_and(|at| at <= now)) {
            retry.at = None;
            change::announce::<SharedSecret>(tx, &replica.region, &arn)?;
        }
    }
    Ok(())
}

/// The next attempt after one that failed.
fn next_attempt(before: Option<&ReplicaRetry>, now: Timestamp) -> ReplicaRetry {
    let failed = before.map_or(0, |retry| retry.failed).saturating_add(1);
    let delay = RETRY_SECS.saturating_mul(1 << (failed - 1).min(10)).min(RETRY_MAX_SECS);
    ReplicaRetry { failed, at: Some(now.plus_secs(delay)) }
}

/// Announces to a region that its replica is removed. `arn` is the primary's. The caller has taken the replica's entry, which
/// had this `generation`, out of the record.
pub fn announce_removal(
    tx: &mut Tx<'_>,
    arn: &SecretArn,
    region: &Region,
    generation: u64,
    epoch: &Epoch,
) -> Result<(), StoreError> {
    let replica = ReplicaName { primary: arn.clone(), epoch: epoch.clone(), generation };
    change::announce::<SecretRemoved>(tx, region, &SecretRemoved(replica))
}

/// Makes a replica an independent secret. Leaves a mark, so that a late message of the old primary cannot overwrite it, and
/// announces the change to the primary, whose region need not be reachable. Changes `record`, which the caller saves. Does
/// nothing to a secret that is no replica.
pub fn detach(tx: &mut Tx<'_>, record: &mut SecretRecord) -> Result<(), StoreError> {
    let Some(shared) = record.replication.take_if(|shared| shared.primary != record.arn.region) else {
        return Ok(());
    };
    leave_mark(tx, &record.arn, &shared.epoch, shared.generation)?;
    forget_refusals(tx, &record.arn)?;
    // Two regions that both rotate would set different passwords in one database. The owner turns rotation on again.
    if let Some(rotation) = &mut record.rotation {
        rotation.enabled = false;
    }
    let primary = record.arn.in_region(&shared.primary);
    let replica = ReplicaName { primary, epoch: shared.epoch, generation: shared.generation };
    change::announce::<SecretDetached>(tx, &shared.primary, &SecretDetached(replica))
}

/// Makes a replica the primary without the old one, which is lost: an operator's act. All other replicas follow this region from now on,
/// and so does the old primary when it is back: what it had not sent is lost. Changes `record`, which the caller saves. Does nothing to a
/// secret that is no replica.
///
/// The authorization is what regions with operators require of the new primary. The caller has verified it.
pub fn promote(
    tx: &mut Tx<'_>,
    record: &mut SecretRecord,
    now: Timestamp,
    authorization: Option<&Authorization>,
) -> Result<(), StoreError> {
    let here = record.arn.region.clone();
    let Some(shared) = record.replication.as_mut().filter(|shared| shared.primary != here) else { return Ok(()) };
    let old = std::mem::replace(&mut shared.primary, here.clone());
    let known = shared.succession.take().unwrap_or(Succession { kms_key_id: None, replicas: Vec::new() });
    let caller = match known.replicas.iter().find(|seat| seat.region == here) {
        Some(seat) => seat.caller.clone(),
        None => Caller::root_of(&record.arn.account),
    };
    let past = counter_of_past(tx, &record.arn)?;
    let from = Epoch { counter: shared.epoch.counter.max(past), ..shared.epoch.clone() };
    shared.begin_epoch(&here, past);
    let proof = authorization.cloned().map(Proof::Forced);
    lineage::add_step(tx, Led::Secret(&record.arn), from, shared.epoch.clone(), proof)?;
    shared.revision = shared.revision.saturating_add(1);
    let (generation, counter) = (shared.revision, shared.epoch.counter);
    let old = ReplicaSeat { region: old, kms_key_id: known.kms_key_id, caller, generation };
    let mut seats = Vec::new();
    let others = known.replicas.into_iter().filter(|seat| seat.region != here && seat.region != old.region);
    for seat in others.chain([old.clone()]) {
        if !fleet_table::is_former_member(tx, &seat.region)? {
            seats.push(seat);
        }
    }
    shared.replicas = seats.into_iter().map(ReplicaSeat::replica).collect();
    shared.generation = 0;
    note_begun(tx, &record.arn, counter)?;
    // What the lost primary had announced and this region could not apply gives way to what is here.
    forget_refusals(tx, &record.arn)?;
    resume_rotation(tx, record, now)?;
    announce(tx, record)
}

/// Has the region look at the rotation of a secret whose primary it has become.
pub(crate) fn resume_rotation(tx: &mut Tx<'_>, record: &SecretRecord, now: Timestamp) -> Result<(), StoreError> {
    if record.rotation.as_ref().is_none_or(|rotation| !rotation.enabled) {
        return Ok(());
    }
    let (account, name) = (record.arn.account.clone(), record.arn.name.clone());
    rotation_table::save_rotation(tx, &RotationRecord { account, name, due: Some(now), run: None, lease: None })
}

/// Must be called when a secret that is no replica is deleted from its region's store for good. If it was a primary, it leaves a mark. A region
/// whose primary it had replaced may not have heard of it, and must not make its replica here again. A region that is restored from an older
/// copy of its store must not keep its replica.
pub fn record_deletion(tx: &mut Tx<'_>, record: &SecretRecord) -> Result<(), StoreError> {
    match &record.replication {
        Some(shared) => leave_mark(tx, &record.arn, &shared.epoch, shared.revision),
        None => Ok(()),
    }
}

/// Reports to the primary the day of a replica's last read. Does nothing for a secret that is no replica.
pub fn report_access(tx: &mut Tx<'_>, record: &SecretRecord) -> Result<(), StoreError> {
    match success(record) {
        Some((primary, report)) => change::announce::<SecretReport>(tx, &primary, &report),
        None => Ok(()),
    }
}

/// The report that a replica has completely applied its newest revision, and the region that receives it.
pub(crate) fn success(record: &SecretRecord) -> Option<(Region, SecretReport)> {
    let shared = record.replication.as_ref().filter(|_| record.is_replica())?;
    let primary = record.arn.in_region(&shared.primary);
    let report = SecretReport {
        replica: ReplicaName { primary, epoch: shared.epoch.clone(), generation: shared.generation },
        revision: shared.revision,
        status: ReplicaStatus::InSync,
        message: SUCCEEDED.to_owned(),
        last_accessed: record.last_accessed,
        digest: state_digest::of_secret(record),
    };
    Some((shared.primary.clone(), report))
}

/// AWS's text for a secret that cannot be deleted before its replicas.
pub fn still_has_replicas(record: &SecretRecord) -> String {
    let replicas = record.replication.iter().flat_map(|shared| &shared.replicas);
    let regions: Vec<&str> = replicas.map(|replica| replica.region.as_str()).collect();
    format!("You can't delete secret {} that still has replica regions [{}].", record.arn, regions.join(", "))
}

/// Records that a replica ended here. Never lowers an earlier mark.
pub(crate) fn leave_mark(tx: &mut Tx<'_>, arn: &SecretArn, epoch: &Epoch, generation: u64) -> Result<(), StoreError> {
    let before = secret_table::detached_secret(tx, arn)?;
    let begun = before.as_ref().map_or(0, |mark| mark.begun);
    if before.is_none_or(|mark| (&mark.epoch, mark.generation) < (epoch, generation)) {
        secret_table::save_detached_secret(tx, arn, &DetachedSecretRecord { generation, epoch: epoch.clone(), begun })?;
    }
    Ok(())
}

/// The secret with exactly this ARN, suffix included.
pub(crate) fn find(tx: &Tx<'_>, arn: &SecretArn) -> Result<Option<SecretRecord>, StoreError> {
    Ok(secret_table::secret(tx, &arn.account, &arn.name)?.filter(|record| record.arn == *arn))
}

/// A secret whose primary is here and which has a replica in the peer's region, and the state that is sent to that region.
pub(crate) fn shared(
    cx: &mut PeerContext<'_, '_>,
    arn: &SecretArn,
) -> Result<Option<(SecretRecord, SharedSecret)>, Error> {
    let Some(record) = find(cx.tx, arn)?.filter(|record| !record.is_replica()) else { return Ok(None) };
    if rebuild_state::is_under_way(cx)? {
        // Another region may know a later state. A snapshot follows at the end.
        return Ok(None);
    }
    let Some(shared) = record.replication.clone() else { return Ok(None) };
    let Some(replica) = shared.replicas.iter().find(|replica| replica.region == *cx.peer).cloned() else {
        return Ok(None);
    };
    let seats = shared.replicas.iter().map(SecretReplica::seat).collect();
    let succession = Succession { kms_key_id: record.kms_key_id.clone(), replicas: seats };
    let lineage = lineage(cx.tx, Led::Secret(&record.arn))?;
    let state = SharedSecret { lineage, ..state(&record, &shared, cx.peer, replica.seat()) };
    let state = SharedSecret { force_overwrite: replica.force_overwrite, succession: Some(succession), ..state };
    Ok(Some((record, state)))
}

/// The state of a secret for one region, where it has this place. `shared` is its part in replication.
pub(crate) fn state(record: &SecretRecord, shared: &Replication, region: &Region, seat: ReplicaSeat) -> SharedSecret {
    let labelled = record.versions.iter().filter(|version| !version.stages.is_empty());
    let versions = labelled.map(|version| SharedVersion {
        id: version.id.clone(),
        stages: version.stages.clone(),
        created: version.created,
        has_value: version.has_value,
    });
    SharedSecret {
        arn: record.arn.in_region(region),
        created: record.created,
        description: record.description.clone(),
        tags: record.tags.clone(),
        policy: record.policy.as_deref().map(str::to_owned),
        kind: record.kind.clone(),
        last_changed: record.last_changed,
        deletion: record.deletion.clone(),
        versions: versions.collect(),
        kms_key_id: seat.kms_key_id,
        force_overwrite: false,
        caller: seat.caller,
        epoch: shared.epoch.clone(),
        revision: shared.revision,
        generation: seat.generation,
        bound: record.bound.clone(),
        rotation: record.rotation.clone(),
        succession: None,
        first_epoch: shared.first_epoch.clone(),
        lineage: Vec::new(),
    }
}

/// The values of labelled versions that the peer does not hold, opened with the permissions of the caller who requested the
/// replica; or the text of the refusal.
pub(crate) fn open_values(
    cx: &mut PeerContext<'_, '_>,
    record: &SecretRecord,
    shared: &SharedSecret,
    held: &dyn Fn(&[u8]) -> bool,
) -> Result<SecretParts, String> {
    let labelled = record.versions.iter().filter(|version| !version.stages.is_empty() && version.has_value);
    let lacking = labelled.filter(|version| !held(version.id.as_bytes()));
    let mut open = |version| cx.hooks.open_value(cx.tx, record, version, &shared.caller);
    lacking.map(|version| Ok((version.id.as_bytes().to_vec(), to_item(&open(version)?)))).collect()
}

/// Encodes a value: one byte that distinguishes binary from text, and the value.
fn to_item(value: &OpenedValue) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1 + value.bytes.len()));
    bytes.push(u8::from(value.binary));
    bytes.extend_from_slice(&value.bytes);
    bytes
}

/// The value that [`to_item`] wrote.
pub(crate) fn from_item(item: &[u8]) -> Option<OpenedValue> {
    let (&binary, value) = item.split_first()?;
    Some(OpenedValue { binary: binary == 1, bytes: Zeroizing::new(value.to_vec()) })
}

/// Applies a replica's report. Only a report of the newest revision changes the status: until it arrives, the replica is
/// `InProgress`.
pub(crate) fn on_report(cx: &mut PeerContext<'_, '_>, report: SecretReport) -> Result<Verdict, Error> {
    let SecretReport { replica, revision, status, mut message, last_accessed, digest } = report;
    let now = cx.env.now;
    let Some((mut record, at)) = own_entry(cx, &replica)? else {
        if is_removed(cx, &replica)? {
            // Its region was restored from an older copy of its store.
            cx.announce::<SecretRemoved>(&SecretRemoved(replica))?;
        }
        return Ok(Verdict::Stale);
    };
    message.truncate(message.floor_char_boundary(MESSAGE_BYTES_MAX));
    let Some(shared) = record.replication.as_mut() else { return Ok(Verdict::Stale) };
    let newest = revision >= shared.revision;
    let Some(entry) = shared.replicas.get_mut(at) else { return Ok(Verdict::Stale) };
    entry.last_accessed = entry.last_accessed.max(last_accessed);
    if status == ReplicaStatus::InSync && entry.reported.is_none_or(|before| before.revision <= revision) {
        entry.reported = Some(ReportedState { revision, digest });
    }
    if newest && status != ReplicaStatus::InProgress {
        entry.retry = match status {
            ReplicaStatus::Failed => Some(next_attempt(entry.retry.as_ref(), now)),
            ReplicaStatus::InProgress | ReplicaStatus::InSync => None,
        };
        entry.status = status;
        entry.status_message = Some(message);
    }
    secret_table::save_secret(cx.tx, &record)?;
    Ok(if newest { Verdict::Applied } else { Verdict::Stale })
}

/// Applies the report that a replica has become independent or was overwritten.
pub(crate) fn on_detached(cx: &mut PeerContext<'_, '_>, replica: ReplicaName) -> Result<Verdict, Error> {
    let Some((mut record, at)) = own_entry(cx, &replica)? else { return Ok(Verdict::Stale) };
    if let Some(shared) = record.replication.as_mut() {
        shared.replicas.remove(at);
    }
    secret_table::save_secret(cx.tx, &record)?;
    Ok(Verdict::Applied)
}

/// The secret whose primary is here, with the index of the replica that the peer names. `None` if the epoch or the generation
/// differs.
fn own_entry(cx: &PeerContext<'_, '_>, replica: &ReplicaName) -> Result<Option<(SecretRecord, usize)>, Error> {
    if replica.primary.region != *cx.here {
        return Ok(None);
    }
    let Some(record) = find(cx.tx, &replica.primary)?.filter(|record| !record.is_replica()) else { return Ok(None) };
    let Some(shared) = record.replication.as_ref().filter(|shared| shared.epoch == replica.epoch) else {
        return Ok(None);
    };
    let is_it = |entry: &SecretReplica| entry.region == *cx.peer && entry.generation == replica.generation;
    Ok(shared.replicas.iter().position(is_it).map(|at| (record, at)))
}

/// Whether the peer's replica was removed: the primary is here in the epoch of the replica, and has no such entry, or was deleted in it. In
/// another epoch the primary may have forgotten the replica with a lost store.
fn is_removed(cx: &PeerContext<'_, '_>, replica: &ReplicaName) -> Result<bool, Error> {
    if replica.primary.region != *cx.here {
        return Ok(false);
    }
    let epoch = match find(cx.tx, &replica.primary)? {
        Some(record) => record.replication.filter(|shared| shared.primary == *cx.here).map(|shared| shared.epoch),
        None => secret_table::detached_secret(cx.tx, &replica.primary)?.map(|mark| mark.epoch),
    };
    Ok(epoch.as_ref() == Some(&replica.epoch) && own_entry(cx, replica)?.is_none())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_double_up_to_a_quarter_of_an_hour() {
        let now = Timestamp::from_secs(1_000);
        let mut retry = None;
        let mut delays = Vec::new();
        for _ in 0..40 {
            let next = next_attempt(retry.as_ref(), now);
            delays.push(next.at.unwrap().secs() - 1_000);
            retry = Some(next);
        }
        assert_eq!(delays[..7], [30, 60, 120, 240, 480, 900, 900]);
        assert!(delays[7..].iter().all(|delay| *delay == RETRY_MAX_SECS));
        let last = ReplicaRetry { failed: u32::MAX, at: None };
        assert_eq!(next_attempt(Some(&last), now).at, Some(now.plus_secs(RETRY_MAX_SECS)));
    }
}
