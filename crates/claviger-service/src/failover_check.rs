//! Whether a failover would lose anything, and what.
//!
//! The region that is to be given up knows it exactly, while it runs ([`at_lost`]). The region that takes its place knows what it was told
//! ([`at_survivor`]), and never that nothing is lost: what the other one acknowledged after its last status message is not known there.

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_replication::{PeerStatus, ToldBacklog, WaitingChanges, state_digest};
use claviger_store::Tx;
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, MultiRegion};
use claviger_store::tables::refused_secret_table::refused_secrets;
use claviger_store::tables::run_table::StorePoint;
use claviger_store::tables::secret_table::{ReplicaStatus, SecretRecord, SecretReplica};
use claviger_store::tables::{fleet_table, log};
use claviger_types::{Region, Timestamp};

use crate::failover::{FailoverPlan, NAMED_MAX as PLANNED_MAX, each_key, each_secret};

/// The most names of each kind in a check.
const NAMED_MAX: usize = 100;

/// The most changes and requests that are read.
const ROWS_MAX: usize = 10_000;

/// Whether a failover would lose nothing of what both regions are to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Safety {
    /// It would lose nothing that was acknowledged up to [`FailoverCheck::as_of`].
    Safe,
    /// Something is known to be lacking.
    NotSafe,
    /// Nothing is known to be lacking, and something may be.
    #[default]
    NotKnown,
}

/// Things of one kind: how many there are, and the first 100.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedThings {
    /// How many.
    pub count: u64,
    /// The ARNs of the first ones, each with what is the matter with it.
    pub first: Vec<(String, String)>,
}

impl NamedThings {
    fn add(&mut self, arn: impl ToString, why: impl Into<String>) {
        self.count += 1;
        if self.first.len() < NAMED_MAX {
            self.first.push((arn.to_string(), why.into()));
        }
    }
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct FailoverCheck {
    /// Whether it is safe.
    pub safety: Safety,
    /// The moment for which it holds.
    pub as_of: Option<Timestamp>,
    /// Why it is not safe, or not known.
    pub reasons: Vec<String>,
    /// Keys whose replica in the other region is not known to be complete.
    pub keys: NamedThings,
    /// Secrets whose replica in the other region is not known to be complete.
    pub secrets: NamedThings,
    /// What waits for the other region in the outbox of the region that is to be given up; none if it was not asked.
    pub waiting: Option<WaitingChanges>,
    /// What the region that is to be given up said last; none if it was asked itself, or has said nothing.
    pub told: Option<ToldBacklog>,
    /// Keys and secrets without a replica in the other region; none if the region that is to be given up was not asked.
    pub without_replica: Option<(NamedThings, NamedThings)>,
}

impl FailoverCheck {
    fn not_safe(&mut self, reason: impl Into<String>) {
        self.safety = Safety::NotSafe;
        self.reasons.push(reason.into());
    }

    fn not_known(&mut self, reason: impl Into<String>) {
        if self.safety != Safety::NotSafe {
            self.safety = Safety::NotKnown;
        }
        self.reasons.push(reason.into());
    }

    fn count_things(&mut self, lost: &Region, to: &Region) {
        for (count, kind) in [(self.keys.count, "key(s)"), (self.secrets.count, "secret(s)")] {
            if count > 0 {
                self.not_safe(format!("{count} {kind} of {lost} are not complete in {to}"));
            }
        }
    }
}

/// Asks the region that is to be given up, which runs. What it says holds for `since`: the other region must have confirmed after that moment
/// what it has applied. Also returns what the other region would become the primary of.
///
/// # Errors
///
/// Those of the store.
pub fn at_lost(node: &Node, to: &Region, since: Timestamp) -> Result<(FailoverPlan, FailoverCheck), Error> {
    let here = node.region();
    let mut plan = FailoverPlan { iam: node.topology().iam_home == *here, ..FailoverPlan::default() };
    let mut check = FailoverCheck { safety: Safety::Safe, as_of: Some(since), ..FailoverCheck::default() };
    let (mut keys, mut secrets) = (NamedThings::default(), NamedThings::default());
    plan.key_count = each_key(node, |tx, record| {
        let arn = record.id.arn(here, &record.account);
        match record.multi_region.as_ref() {
            // A key of a service is in each region by itself.
            None if record.managed_by.is_none() => keys.add(arn, "it is a single-Region key"),
            Some(shared) if shared.primary == *here && !shared.replicas.contains(to) => {
                keys.add(arn, format!("it has no replica in {to}"));
            }
            Some(shared) if shared.primary == *here => {
                if let Some(why) = why_key_is_behind(tx, &record, shared, to)? {
                    check.keys.add(arn, why);
                }
                plan.keys.extend((plan.keys.len() < PLANNED_MAX).then(|| record.id.arn(to, &record.account)));
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    })?;
    plan.secret_count = each_secret(node, |_, record| {
        let entry = record.replication.iter().flat_map(|shared| &shared.replicas).find(|entry| entry.region == *to);
        match entry {
            _ if record.is_replica() => Ok(false),
            None => {
                secrets.add(&record.arn, format!("it has no replica in {to}"));
                Ok(false)
            }
            Some(entry) => {
                if let Some(why) = why_secret_is_behind(&record, entry) {
                    check.secrets.add(&record.arn, why);
                }
                plan.secrets.extend((plan.secrets.len() < PLANNED_MAX).then(|| record.arn.in_region(to)));
                Ok(true)
            }
        }
    })?;
    // After the keys and secrets: a change that was made meanwhile is among the rows, or was made after `since` and is acknowledged.
    let waiting = node.in_transaction(|tx| Ok(WaitingChanges::read(tx, to, ROWS_MAX)?))?;
    let peer = node.peers().into_iter().find(|peer| peer.region == *to);
    check.count_things(here, to);
    judge_waiting(&mut check, &waiting, to);
    judge_peer(&mut check, peer.as_ref(), to, since);
    if !node.serves() {
        check.not_safe(format!("{here} does not serve requests: it is held, or being rebuilt"));
    }
    check.waiting = Some(waiting);
    check.without_replica = Some((keys, secrets));
    Ok((plan, check))
}

fn judge_waiting(check: &mut FailoverCheck, waiting: &WaitingChanges, to: &Region) {
    if waiting.snapshot {
        check.not_safe(format!("a snapshot for {to} is under way"));
    }
    let counts = [
        (waiting.keys.values().sum::<u64>(), "of keys"),
        (waiting.secrets.values().sum(), "of secrets"),
        (waiting.iam, "of IAM"),
        (waiting.others, "of other things"),
    ];
    for (count, kind) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let least = if waiting.more { "at least " } else { "" };
        check.not_safe(format!("{least}{count} change(s) {kind} wait for {to}, or are not acknowledged by it"));
    }
    if waiting.more && waiting.is_report_only() {
        check.not_known(format!("more than {ROWS_MAX} rows wait for {to}"));
    }
}

/// Judges what the other region says of itself.
fn judge_peer(check: &mut FailoverCheck, peer: Option<&PeerStatus>, to: &Region, since: Timestamp) {
    let Some(peer) = peer else {
        return check.not_known(format!("there is no stream to {to} yet"));
    };
    if peer.silent {
        return check.not_safe(format!("{to} does not answer"));
    }
    let Some(told) = peer.told.filter(|told| told.received >= since) else {
        let heard = peer.heard.map_or("not since the start".to_owned(), |at| format!("at {}", at.iso8601()));
        return check.not_known(format!("{to} has not said what it has applied; it was last heard {heard}"));
    };
    let backlog = told.backlog;
    if backlog.rebuilding {
        check.not_safe(format!("{to} is being rebuilt"));
    }
    if backlog.requests > 0 {
        let count = backlog.requests;
        check.not_safe(format!("{to} has asked for the contents of {count} change(s) and not got them yet"));
    }
    let (session, sent) = peer.position;
    if sent > 0 && backlog.applied != (session, sent) {
        check.not_known(format!("{to} has not confirmed the last changes yet"));
    }
}

/// Why a key whose primary is here is not complete in the region of its replica.
fn why_key_is_behind(
    tx: &Tx<'_>,
    record: &KeyRecord,
    shared: &MultiRegion,
    to: &Region,
) -> Result<Option<String>, Error> {
    if shared.pending.iter().any(|pending| pending.region == *to) {
        return Ok(Some("its replica is being made".to_owned()));
    }
    if record.state == KeyState::Updating {
        return Ok(Some("a change of its primary is under way".to_owned()));
    }
    let Some(holder) = shared.holders.iter().find(|holder| holder.region == *to) else {
        return Ok(Some("its replica has reported nothing".to_owned()));
    };
    if holder.revision < shared.revision {
        return Ok(Some(format!("its replica has reported revision {} of {}", holder.revision, shared.revision)));
    }
    let own = state_digest::of_key(tx, record)?;
    Ok(match holder.digest {
        Some(_) if holder.digest == own => None,
        Some(_) if record.is_imported() => Some("its material differs: it may not be imported there".to_owned()),
        Some(_) => Some("its replica differs".to_owned()),
        None => Some("its replica has reported no digest".to_owned()),
    })
}

/// Why a secret whose primary is here is not complete in the region of its replica.
fn why_secret_is_behind(record: &SecretRecord, entry: &SecretReplica) -> Option<String> {
    let revision = record.replication.as_ref().map_or(0, |shared| shared.revision);
    match (entry.status, entry.reported) {
        (ReplicaStatus::InProgress, None) => Some("InProgress: its replica has reported nothing".to_owned()),
        (ReplicaStatus::InProgress, Some(reported)) => {
            Some(format!("InProgress: its replica has reported revision {} of {revision}", reported.revision))
        }
        (ReplicaStatus::Failed, _) => {
            Some(format!("Failed: {}", entry.status_message.as_deref().unwrap_or("without a reason")))
        }
        (ReplicaStatus::InSync, Some(reported)) if reported.revision == revision && reported.digest.is_some() => {
            (reported.digest != state_digest::of_secret(record)).then(|| "its replica differs".to_owned())
        }
        (ReplicaStatus::InSync, _) => Some("its replica has reported no digest".to_owned()),
    }
}

/// Asks the region that would take the place of a lost one.
///
/// # Errors
///
/// Those of the store.
pub fn at_survivor(node: &Node, lost: &Region) -> Result<FailoverCheck, Error> {
    let here = node.region();
    let peer = node.peers().into_iter().find(|peer| peer.region == *lost);
    let told = peer.as_ref().and_then(|peer| peer.told);
    let mut check = FailoverCheck { told, as_of: told.map(|told| told.backlog.at), ..FailoverCheck::default() };
    let (requested, refused, inbox, is_former) = node.in_transaction(|tx| {
        let requested = WaitingChanges::requested(tx, lost, ROWS_MAX)?;
        let refused = refused_secrets(tx, lost, ROWS_MAX)?;
        Ok((requested, refused, log::inbox(tx, lost)?, fleet_table::is_former_member(tx, lost)?))
    })?;
    each_key(node, |_, record| {
        let is_theirs = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *lost);
        if is_theirs && record.state == KeyState::Creating {
            check.keys.add(record.id.arn(here, &record.account), "its material has not arrived");
        }
        Ok(false)
    })?;
    for (account, id) in requested.keys.keys() {
        let record = node.in_transaction(|tx| Ok(key_table::key(tx, account, id)?))?;
        if record.is_none_or(|record| record.state != KeyState::Creating) {
            check.keys.add(id.arn(here, account), "material was asked for and has not arrived");
        }
    }
    for record in &refused {
        check.secrets.add(&record.arn, format!("Failed: {}", record.reason));
    }
    for arn in requested.secrets.keys().map(|arn| arn.in_region(here)) {
        if refused.iter().all(|record| record.arn != arn) {
            check.secrets.add(arn, "a value was asked for and has not arrived");
        }
    }
    check.count_things(lost, here);
    if requested.iam + requested.others > 0 {
        let count = requested.iam + requested.others;
        check.not_safe(format!(
            "{count} secret part(s) of IAM or of session-token keys were asked for and have not arrived"
        ));
    }
    if let Some(count) = peer.as_ref().map(|peer| peer.unapplied).filter(|count| *count > 0) {
        check.not_safe(format!("{count} change(s) of {lost} were not applied here since the start: see the log"));
    }
    if is_former {
        check.not_known(format!("{lost} was removed from the fleet: what it had not sent until then is not here"));
    }
    judge_told(&mut check, lost, here, inbox.whole);
    Ok(check)
}

/// Judges the last status message of the lost region. `whole` is the point of its store of which everything has been applied here.
fn judge_told(check: &mut FailoverCheck, lost: &Region, here: &Region, whole: Option<StorePoint>) {
    let Some(ToldBacklog { backlog, .. }) = check.told else {
        return check.not_known(format!("{lost} has said nothing since {here} was started"));
    };
    let at = backlog.at.iso8601();
    if backlog.rebuilding {
        return check.not_safe(format!("{lost} was being rebuilt at {at}"));
    }
    // The changes that waited then may have come since.
    let came = whole.zip(backlog.point).is_some_and(|(whole, point)| whole >= point);
    if backlog.waiting > 0 && !came {
        check.not_safe(format!("at {at} {lost} had {} change(s) waiting for {here}", backlog.waiting));
    }
    check.not_known(format!("what {lost} acknowledged after {at}, by its clock, is not known here"));
}

#[cfg(test)]
#[path = "failover_check_tests.rs"]
mod tests;
