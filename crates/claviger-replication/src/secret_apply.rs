//! Replicated secrets on the replica's side.
//!
//! The visible state of a replica changes only when all values of the new state are stored here, in one commit. So a state
//! with missing values is not applied at once. The region requests the values, and the response carries them with the state
//! of that later moment.

use claviger_store::tables::lineage_table::{self, Led, LineageStep};
use claviger_store::tables::refused_secret_table::{
    RefusedSecretRecord, drop_refused_secret, forget_refusals, save_refused_secret,
};
use claviger_store::tables::secret_table::{
    self, ReplicaStatus, Replication, SecretRecord, SecretValueRecord, VersionMeta,
};
use claviger_types::{KeyArn, Region, SecretArn};

use crate::change::{self, COUNTER_STEP_MAX};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::SecretParts;
use crate::lineage::{self, Judgement, Known};
use crate::notice::UNREADABLE;
use crate::rebuild_state;
use crate::refused_claims;
use crate::secret_messages::{ReplicaName, SecretDetached, SecretReport, SharedSecret, SharedVersion};
use crate::secret_replication::{detach, find, from_item, leave_mark, note_counter, still_has_replicas, success};
use crate::secret_transfer::request_secrets;

/// The most versions of a secret that are accepted from a peer: twice the number that can carry a label.
pub(crate) const VERSIONS_MAX: usize = 200;

/// The treatment of a state.
enum Decision {
    /// It is dropped: it is stale, or the peer may not send it.
    Drop(Verdict),
    /// The replica that it names has become an independent secret.
    Detached,
    /// It cannot be applied. The text is reported to the primary.
    Fail(String),
    /// The region claims to be the primary in the place of another one, and does not prove it.
    Unproven { arn: SecretArn, may_not_know: bool },
    /// The state is to be applied. Holds the record that it replaces, if there is one, and the line of its primaries.
    Apply(Option<Box<SecretRecord>>, Vec<LineageStep>),
}

/// Applies the primary's state of a secret.
pub(crate) fn apply(cx: &mut PeerContext<'_, '_>, state: SharedSecret) -> Result<Verdict, Error> {
    let decision = decide(cx, &state)?;
    if !matches!(decision, Decision::Drop(_)) {
        // Also of a state that fails here.
        note_counter(cx.tx, state.epoch.counter)?;
    }
    let (before, line) = match decision {
        Decision::Apply(before, line) => (before, line),
        other => return end(cx, &state, other),
    };
    let held = held(cx, &state, before.as_deref())?;
    if lacks(&state, &held, &SecretParts::new()) {
        ask(cx, &state, &held)?;
        return Ok(Verdict::Applied);
    }
    write(cx, state, before, line, &held, SecretParts::new())
}

/// Applies requested values, with the state that they belong to.
pub(crate) fn receive(
    cx: &mut PeerContext<'_, '_>,
    state: SharedSecret,
    parts: SecretParts,
    refused: Option<String>,
) -> Result<Verdict, Error> {
    let (before, line) = match (decide(cx, &state)?, refused) {
        // The answer to an earlier request is late. The values have come since.
        (Decision::Apply(Some(local), _), Some(_)) if has_applied(&local, cx.peer, &state) => {
            return Ok(Verdict::Stale);
        }
        (Decision::Apply(..), Some(reason)) => return end(cx, &state, Decision::Fail(reason)),
        (Decision::Apply(before, line), None) => (before, line),
        (other, _) => return end(cx, &state, other),
    };
    let held = held(cx, &state, before.as_deref())?;
    if lacks(&state, &held, &parts) {
        // The replica's key changed between request and response. Values that are sealed under the old key cannot be used.
        ask(cx, &state, &held)?;
        return Ok(Verdict::Applied);
    }
    write(cx, state, before, line, &held, parts)
}

/// Applies the primary's order to remove a replica.
pub(crate) fn on_removed(cx: &mut PeerContext<'_, '_>, replica: ReplicaName) -> Result<Verdict, Error> {
    if replica.primary.region != *cx.peer || replica.epoch.region != *cx.peer {
        return Ok(Verdict::Forbidden);
    }
    let arn = replica.primary.in_region(cx.here);
    let local = find(cx.tx, &arn)?;
    let mark = secret_table::detached_secret(cx.tx, &arn)?.map_or(0, |mark| mark.epoch.counter);
    let known = local
        .as_ref()
        .and_then(|local| local.replication.as_ref())
        .map_or(mark, |shared| shared.epoch.counter.max(mark));
    if replica.epoch.counter > known.saturating_add(COUNTER_STEP_MAX) {
        return Ok(Verdict::Forbidden);
    }
    drop_refused_secret(cx.tx, cx.peer, &arn)?;
    // The stored secret is a replica of another primary with the same ARN. A mark would also stop the announcements of that
    // primary, so no mark is left.
    if !local.as_ref().is_some_and(|local| local.is_replica() && !has_primary(local, cx.peer)) {
        leave_mark(cx.tx, &arn, &replica.epoch, replica.generation)?;
    }
    let is_older_primary = |local: &SecretRecord| {
        !local.is_replica() && local.replication.as_ref().is_some_and(|shared| shared.epoch < replica.epoch)
    };
    if let Some(older) = local.as_ref().filter(|local| is_older_primary(local)) {
        return part(cx, older.clone());
    }
    let is_it = |local: &SecretRecord| {
        let shared = local.replication.as_ref().filter(|_| has_primary(local, cx.peer));
        shared.is_some_and(|shared| shared.epoch == replica.epoch && shared.generation == replica.generation)
    };
    match local.filter(|local| is_it(local) || cx.broken.ignore_marks()) {
        Some(local) => {
            secret_table::delete_secret(cx.tx, &local)?;
            Ok(Verdict::Applied)
        }
        None => Ok(Verdict::Stale),
    }
}

/// Ends what a primary here shares with the peer, whose region has taken its place and wants no replica here. Both are independent from now
/// on.
fn part(cx: &mut PeerContext<'_, '_>, mut local: SecretRecord) -> Result<Verdict, Error> {
    if let Some(shared) = local.replication.as_mut() {
        shared.replicas.retain(|replica| replica.region != *cx.peer);
    }
    secret_table::save_secret(cx.tx, &local)?;
    Ok(Verdict::Applied)
}

fn decide(cx: &PeerContext<'_, '_>, state: &SharedSecret) -> Result<Decision, Error> {
    if rebuild_state::is_under_way(cx)? {
        // The material of its key may still be on its way. The snapshot at the end announces the state again.
        return Ok(Decision::Drop(Verdict::Stale));
    }
    if state.arn.region != *cx.here || state.epoch.region != *cx.peer || state.versions.len() > VERSIONS_MAX {
        return Ok(Decision::Drop(Verdict::Forbidden));
    }
    let local = secret_table::secret(cx.tx, &state.arn.account, &state.arn.name)?;
    let mark = secret_table::detached_secret(cx.tx, &state.arn)?;
    // A mark may be of another secret that had the same ARN here. This region knows that the peer takes the place of its own primary, or has
    // followed it since.
    let is_known = local.as_ref().is_some_and(|local| {
        local.arn == state.arn && (has_successor(local, cx.peer, state) || is_replica_of(local, cx.peer, state))
    });
    if mark.is_some_and(|mark| (&state.epoch, state.generation) <= (&mark.epoch, mark.generation))
        && !is_known
        && !cx.broken.ignore_marks()
    {
        return Ok(Decision::Detached);
    }
    let Some(local) = local else {
        return Ok(Decision::Apply(None, lineage::dated(state.lineage.clone(), cx.env.now)));
    };
    let replica = local.replication.as_ref().filter(|_| is_related_to(&local, cx.peer, state));
    if replica.is_none() && state.force_overwrite && !is_later(&local, state) && has_replicas(&local) {
        return Ok(Decision::Fail(still_has_replicas(&local)));
    }
    match replica {
        Some(shared) if (&state.epoch, state.revision) < (&shared.epoch, shared.revision) => {
            Ok(Decision::Drop(Verdict::Stale))
        }
        Some(shared) => {
            let made = lineage::made(cx, local.created, shared.held_since);
            let known = Known { led: Led::Secret(&local.arn), epoch: &shared.epoch, made };
            let judged = match shared.epoch == state.epoch {
                true => Judgement::Followed(lineage_table::lineage(cx.tx, known.led)?),
                false => lineage::judge(cx, &known, &state.epoch, &state.lineage)?,
            };
            Ok(match judged {
                Judgement::Followed(line) => Decision::Apply(Some(Box::new(local)), line),
                Judgement::Refused { may_not_know } => Decision::Unproven { arn: local.arn, may_not_know },
            })
        }
        // Two primaries have the same ARN. The one with the later epoch is in force, even if the earlier one forces an
        // overwrite.
        None if state.force_overwrite && !is_later(&local, state) => {
            let line = lineage::dated(state.lineage.clone(), cx.env.now);
            Ok(Decision::Apply(Some(Box::new(local)), line))
        }
        None => Ok(Decision::Fail(NAME_TAKEN.to_owned())),
    }
}

/// The text for a region that took the place of the primary without an authorization that this region knows.
const UNPROVEN: &str = "This region does not know that the primary of the secret may be there";

/// The text in the example of AWS's API reference for the `StatusMessage` of a failed entry.
const NAME_TAKEN: &str = "Secret with this name already exists in this region";

/// Whether a secret is a primary with replicas. Such a secret cannot be deleted, so a replica cannot overwrite it either.
fn has_replicas(local: &SecretRecord) -> bool {
    !local.is_replica() && local.replication.as_ref().is_some_and(|shared| !shared.replicas.is_empty())
}

fn is_later(local: &SecretRecord, state: &SharedSecret) -> bool {
    local.arn == state.arn && local.replication.as_ref().is_some_and(|shared| shared.epoch > state.epoch)
}

/// Handles a state that is not applied.
fn end(cx: &mut PeerContext<'_, '_>, state: &SharedSecret, decision: Decision) -> Result<Verdict, Error> {
    match decision {
        Decision::Drop(verdict) => Ok(verdict),
        Decision::Detached => {
            drop_refused_secret(cx.tx, cx.peer, &state.arn)?;
            cx.announce::<SecretDetached>(&SecretDetached(replica_name(cx, state)))?;
            Ok(Verdict::Stale)
        }
        Decision::Fail(message) => {
            let local = secret_table::secret(cx.tx, &state.arn.account, &state.arn.name)?;
            if local.is_some_and(|local| is_later(&local, state)) {
                // A former primary that has not heard of its successor. This region lacks nothing.
                report_failure(cx, state, message)?;
            } else {
                fail(cx, state, message)?;
            }
            Ok(Verdict::Applied)
        }
        Decision::Unproven { arn, may_not_know } => {
            refused_claims::refuse(cx, Led::Secret(&arn), &state.epoch)?;
            report_failure(cx, state, UNPROVEN.to_owned())?;
            // See `key_apply.rs`.
            if may_not_know {
                refused_claims::raise_above(cx, Led::Secret(&arn), &state.epoch)?;
            }
            Ok(Verdict::Unproven)
        }
        Decision::Apply(..) => Ok(Verdict::Applied),
    }
}

/// Notes that a state could not be applied, and reports it. If the primary's region is lost, this region still knows that its replica is behind.
fn fail(cx: &mut PeerContext<'_, '_>, state: &SharedSecret, message: String) -> Result<(), Error> {
    let (primary, arn, reason) = (cx.peer.clone(), state.arn.clone(), message.clone());
    save_refused_secret(cx.tx, RefusedSecretRecord { primary, arn, reason, at: cx.env.now })?;
    report_failure(cx, state, message)
}

/// Reports that a state is not applied. The primary announces it again after a while.
fn report_failure(cx: &mut PeerContext<'_, '_>, state: &SharedSecret, message: String) -> Result<(), Error> {
    cx.announce::<SecretReport>(&SecretReport {
        replica: replica_name(cx, state),
        revision: state.revision,
        status: ReplicaStatus::Failed,
        message,
        last_accessed: None,
        digest: None,
    })
}

/// Reports that a state could not be applied because a row cannot be read, if the peer may send such a state. Reads no row.
pub(crate) fn fail_unread(cx: &mut PeerContext<'_, '_>, state: &SharedSecret) -> Result<(), Error> {
    match state.arn.region == *cx.here && state.epoch.region == *cx.peer {
        true => fail(cx, state, UNREADABLE.to_owned()),
        false => Ok(()),
    }
}

fn replica_name(cx: &PeerContext<'_, '_>, state: &SharedSecret) -> ReplicaName {
    let primary = state.arn.in_region(cx.peer);
    ReplicaName { primary, epoch: state.epoch.clone(), generation: state.generation }
}

/// The versions whose values are stored here, under the key that the state requires.
fn held(
    cx: &PeerContext<'_, '_>,
    state: &SharedSecret,
    before: Option<&SecretRecord>,
) -> Result<Vec<VersionMeta>, Error> {
    let usable = |r: &&SecretRecord| is_related_to(r, cx.peer, state) && r.kms_key_id == state.kms_key_id;
    let Some(record) = before.filter(usable) else { return Ok(Vec::new()) };
    let mut held = Vec::new();
    for version in record.versions.iter().filter(|version| version.has_value) {
        if secret_table::value(cx.tx, &record.arn, &version.id)?.is_some() {
            held.push(version.clone());
        }
    }
    Ok(held)
}

pub(crate) fn lacks(state: &SharedSecret, held: &[VersionMeta], parts: &SecretParts) -> bool {
    let has = |id: &str| held.iter().any(|v| v.id == id) || parts.iter().any(|(name, _)| name == id.as_bytes());
    state.versions.iter().any(|version| version.has_value && !has(&version.id))
}

fn ask(cx: &mut PeerContext<'_, '_>, state: &SharedSecret, held: &[VersionMeta]) -> Result<(), Error> {
    let held = held.iter().map(|version| version.id.as_bytes().to_vec()).collect();
    request_secrets::<SharedSecret>(cx, &state.arn.in_region(cx.peer), held)
}

/// Writes the replica with the state's contents. All values are stored here or in `parts`.
fn write(
    cx: &mut PeerContext<'_, '_>,
    state: SharedSecret,
    before: Option<Box<SecretRecord>>,
    line: Vec<LineageStep>,
    held: &[VersionMeta],
    mut parts: SecretParts,
) -> Result<Verdict, Error> {
    // The response to an earlier request can bring values that have come since. Their key may refuse to seal them once more.
    parts.retain(|(name, _)| held.iter().all(|version| version.id.as_bytes() != name));
    let shared = before.as_ref().and_then(|before| before.replication.as_ref());
    let epoch = shared.is_some_and(|shared| shared.epoch != state.epoch).then(|| state.epoch.clone());
    let mut record = to_record(cx, &state, before.as_deref());
    let sealed = match seal_values(cx, &state, &record, &parts) {
        Ok(sealed) => sealed,
        Err(reason) => {
            fail(cx, &state, reason)?;
            return Ok(Verdict::Applied);
        }
    };
    match before {
        // A replica of another primary, or an independent secret, is deleted as a whole.
        Some(local) if !is_related_to(&local, cx.peer, &state) => give_way(cx, *local)?,
        Some(local) => {
            leave_primary(cx, &local)?;
            for version in local.versions.iter().filter(|v| record.version(&v.id).is_none()) {
                secret_table::delete_value(cx.tx, &local.arn, &version.id)?;
            }
        }
        None => {}
    }
    for version in &mut record.versions {
        if let Some((_, _, key)) = sealed.iter().find(|(id, _, _)| *id == version.id) {
            version.kms_key = key.clone();
        } else if let Some(known) = held.iter().find(|known| known.id == version.id) {
            version.kms_key = known.kms_key.clone();
        }
    }
    for (id, value, _) in &sealed {
        secret_table::save_value(cx.tx, &record.arn, id, value)?;
    }
    secret_table::save_secret(cx.tx, &record)?;
    forget_refusals(cx.tx, &record.arn)?;
    lineage_table::save_lineage(cx.tx, Led::Secret(&record.arn), line)?;
    if let Some(epoch) = epoch {
        refused_claims::settle(cx, Led::Secret(&record.arn), &epoch)?;
    }
    if let Some((_, report)) = success(&record) {
        cx.announce::<SecretReport>(&report)?;
    }
    Ok(Verdict::Applied)
}

/// Tells the primary of a replica that the replica follows another one from now on. A primary that has parted from its successor, because one of
/// them removed the other's replica, does not hear of the successor. Whether it has, the state does not say: it may be older.
fn leave_primary(cx: &mut PeerContext<'_, '_>, replica: &SecretRecord) -> Result<(), Error> {
    let Some(shared) = &replica.replication else { return Ok(()) };
    if shared.primary == *cx.peer || shared.primary == *cx.here {
        return Ok(());
    }
    let primary = replica.arn.in_region(&shared.primary);
    let report = SecretReport {
        replica: ReplicaName { primary, epoch: shared.epoch.clone(), generation: shared.generation },
        revision: shared.revision,
        status: ReplicaStatus::Failed,
        message: format!("The replica follows the primary in {}", cx.peer),
        last_accessed: None,
        digest: None,
    };
    Ok(change::announce::<SecretReport>(cx.tx, &shared.primary, &report)?)
}

/// Whether a local secret is the one that a state of `primary` is about, and not a secret that only shares its name: it is a replica of
/// that primary, or that region has taken the place of its primary.
fn is_related_to(local: &SecretRecord, primary: &Region, state: &SharedSecret) -> bool {
    local.arn == state.arn && (has_primary(local, primary) || has_successor(local, primary, state))
}

/// Whether another region has taken the place of the primary of this secret. A secret that only has the same ARN has another first epoch.
/// Only a region that is known to have a replica can.
fn has_successor(local: &SecretRecord, peer: &Region, state: &SharedSecret) -> bool {
    let first = state.first_epoch.as_ref().unwrap_or(&state.epoch);
    let Some(shared) = &local.replication else { return false };
    let seats = shared.succession.iter().flat_map(|succession| &succession.replicas).map(|seat| &seat.region);
    let known = shared.replicas.iter().map(|replica| &replica.region).chain(seats).any(|region| region == peer);
    let counter = shared.epoch.counter;
    let later = shared.epoch < state.epoch && state.epoch.counter <= counter.saturating_add(COUNTER_STEP_MAX);
    known && later && shared.first_epoch() == first
}

/// Whether a secret is the replica that a state is about: the end of that one would have deleted it or made it independent.
fn is_replica_of(local: &SecretRecord, primary: &Region, state: &SharedSecret) -> bool {
    has_primary(local, primary)
        && local
            .replication
            .as_ref()
            .is_some_and(|shared| (&shared.epoch, shared.generation) == (&state.epoch, state.generation))
}

fn has_applied(local: &SecretRecord, primary: &Region, state: &SharedSecret) -> bool {
    let revision = local.replication.as_ref().map(|shared| shared.revision);
    is_replica_of(local, primary, state) && revision == Some(state.revision)
}

fn has_primary(local: &SecretRecord, primary: &Region) -> bool {
    local.replication.as_ref().is_some_and(|shared| shared.primary == *primary)
}

/// Deletes a secret that another one replaces. If it is a replica, its primary is informed, and a mark keeps that primary
/// from creating it again.
fn give_way(cx: &mut PeerContext<'_, '_>, mut local: SecretRecord) -> Result<(), Error> {
    detach(cx.tx, &mut local)?;
    Ok(secret_table::delete_secret(cx.tx, &local)?)
}

pub(crate) type Sealed = Vec<(String, SecretValueRecord, Option<KeyArn>)>;

pub(crate) fn seal_values(
    cx: &mut PeerContext<'_, '_>,
    state: &SharedSecret,
    record: &SecretRecord,
    parts: &SecretParts,
) -> Result<Sealed, String> {
    let mut sealed = Sealed::new();
    for version in state.versions.iter().filter(|version| version.has_value) {
        let item = parts.iter().find(|(name, _)| *name == version.id.as_bytes());
        let Some(value) = item.and_then(|(_, item)| from_item(item)) else { continue };
        let (value, key) = cx.hooks.seal_value(cx.tx, record, &version.id, &value, &state.caller)?;
        sealed.push((version.id.clone(), value, key));
    }
    Ok(sealed)
}

pub(crate) fn to_record(cx: &PeerContext<'_, '_>, state: &SharedSecret, before: Option<&SecretRecord>) -> SecretRecord {
    let before = before.filter(|record| record.arn == state.arn);
    let read = |version: &SharedVersion| before.and_then(|b| b.version(&version.id)).and_then(|v| v.last_accessed);
    SecretRecord {
        arn: state.arn.clone(),
        created: state.created,
        description: state.description.clone(),
        kms_key_id: state.kms_key_id.clone(),
        tags: state.tags.clone(),
        policy: state.policy.clone().map(Into::into),
        kind: state.kind.clone(),
        last_changed: state.last_changed,
        last_accessed: before.and_then(|record| record.last_accessed),
        deletion: state.deletion.clone(),
        versions: state
            .versions
            .iter()
            .map(|version| VersionMeta {
                id: version.id.clone(),
                stages: version.stages.clone(),
                created: version.created,
                last_accessed: read(version),
                kms_key: None,
                has_value: version.has_value,
            })
            .collect(),
        replication: Some(Replication {
            primary: cx.peer.clone(),
            epoch: state.epoch.clone(),
            revision: state.revision,
            replicas: Vec::new(),
            generation: state.generation,
            succession: state.succession.clone(),
            first_epoch: state.first_epoch.clone(),
            held_since: before.and_then(|b| b.replication.as_ref()?.held_since).or(Some(cx.env.now)),
        }),
        bound: state.bound.clone(),
        rotation: state.rotation.clone(),
    }
}

#[cfg(test)]
#[path = "secret_apply_tests.rs"]
mod tests;
