//! The check in the region that is to be given up, which runs.

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_replication::{PeerStatus, WaitingChanges, state_digest};
use claviger_store::Tx;
use claviger_store::tables::Epoch;
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, MultiRegion};
use claviger_store::tables::secret_table::{self, ReplicaStatus, Replication, SecretRecord, SecretReplica};
use claviger_types::{AccountId, KeyId, Region, SecretArn, Timestamp};

use super::{FailoverCheck, NamedThings, ROWS_MAX, Safety, Settling};
use crate::failover::{FailoverPlan, NAMED_MAX as PLANNED_MAX, each_key, each_secret};

/// How many records a transaction reads again.
const PAGE: usize = 64;

/// The state of a key or a secret at the moment of the check, which its replica has to have reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) epoch: Epoch,
    pub(super) revision: u64,
}

/// A thing whose replica had not reported this state when it was read last, and why.
#[derive(Debug)]
struct Behind<N> {
    name: N,
    arn: String,
    target: Target,
    why: Why,
}

/// Why a replica is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) text: String,
    /// Whether the replica has failed, so that waiting is of no use.
    pub(super) failed: bool,
}

impl Why {
    fn lags(text: impl Into<String>) -> Option<Why> {
        Some(Why { text: text.into(), failed: false })
    }
}

/// How far a replica is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// It has reported the state, with the primary's digest.
    Equal,
    /// It has reported the state or a later one, and the primary has been changed since: the digests cannot be compared.
    Later,
    /// It has not.
    Behind(Why),
}

/// See the module's documentation.
#[derive(Debug)]
pub struct LostCheck {
    to: Region,
    /// The moment of the check.
    since: Timestamp,
    /// The position of the store then.
    position: u64,
    plan: FailoverPlan,
    without_replica: (NamedThings, NamedThings),
    keys: Vec<Behind<(AccountId, KeyId)>>,
    secrets: Vec<Behind<SecretArn>>,
    changed_since: u64,
    /// What waits since before the moment, and since then.
    waiting: (WaitingChanges, WaitingChanges),
    pub(super) confirmation: Confirmation,
}

impl LostCheck {
    /// Begins a check, for the present moment: reads all keys and secrets.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn begin(node: &Node, to: &Region) -> Result<LostCheck, Error> {
        let (here, since) = (node.region(), node.clock().now());
        let position = node.in_transaction(|tx| Ok(tx.position()))?;
        let mut plan = FailoverPlan { iam: node.topology().iam_home == *here, ..FailoverPlan::default() };
        let (mut lone_keys, mut lone_secrets) = (NamedThings::default(), NamedThings::default());
        let (mut keys, mut secrets) = (Vec::new(), Vec::new());
        plan.key_count = each_key(node, |tx, record| {
            let arn = record.id.arn(here, &record.account);
            match record.multi_region.as_ref() {
                // A key of a service is in each region by itself.
                None if record.managed_by.is_none() => lone_keys.add(arn, "it is a single-Region key"),
                Some(shared) if shared.primary == *here && !shared.replicas.contains(to) => {
                    lone_keys.add(arn, format!("it has no replica in {to}"));
                }
                Some(shared) if shared.primary == *here => {
                    let target = Target { epoch: shared.epoch.clone(), revision: shared.revision };
                    if let Progress::Behind(why) = key_progress(tx, &record, shared, to, target.revision)? {
                        let name = (record.account.clone(), record.id.clone());
                        keys.push(Behind { name, arn: arn.to_string(), target, why });
                    }
                    plan.keys.extend((plan.keys.len() < PLANNED_MAX).then(|| record.id.arn(to, &record.account)));
                    return Ok(true);
                }
                _ => {}
            }
            Ok(false)
        })?;
        plan.secret_count = each_secret(node, |_, record| {
            if record.is_replica() {
                return Ok(false);
            }
            let Some((shared, entry)) = entry_of(&record, to) else {
                lone_secrets.add(&record.arn, format!("it has no replica in {to}"));
                return Ok(false);
            };
            let target = Target { epoch: shared.epoch.clone(), revision: shared.revision };
            if let Progress::Behind(why) = secret_progress(&record, entry, target.revision) {
                secrets.push(Behind { name: record.arn.clone(), arn: record.arn.to_string(), target, why });
            }
            plan.secrets.extend((plan.secrets.len() < PLANNED_MAX).then(|| record.arn.in_region(to)));
            Ok(true)
        })?;
        Ok(LostCheck {
            to: to.clone(),
            since,
            position,
            plan,
            without_replica: (lone_keys, lone_secrets),
            keys,
            secrets,
            changed_since: 0,
            waiting: (WaitingChanges::default(), WaitingChanges::default()),
            confirmation: Confirmation::default(),
        })
    }

    /// The answer, with what the other region would become the primary of.
    pub fn end(self, node: &Node) -> (FailoverPlan, FailoverCheck) {
        let (here, to) = (node.region(), &self.to);
        let age_ms = node.clock().now().0.saturating_sub(self.since.0).max(0);
        let mut check = FailoverCheck {
            safety: Safety::Safe,
            as_of: Some(self.since),
            age_ms: Some(age_ms),
            changed_since: self.changed_since,
            ..FailoverCheck::default()
        };
        self.keys.iter().for_each(|behind| check.keys.add(&behind.arn, &behind.why.text));
        self.secrets.iter().for_each(|behind| check.secrets.add(&behind.arn, &behind.why.text));
        check.count_things(here, to);
        let (waiting, in_flight) = self.waiting;
        judge_waiting(&mut check, &waiting, to);
        self.confirmation.judge(&mut check, here, to);
        if !node.serves() {
            check.not_safe(format!("{here} does not serve requests: it is held, or being rebuilt"));
        }
        check.waiting = Some(waiting);
        check.in_flight = Some(in_flight);
        check.without_replica = Some(self.without_replica);
        (self.plan, check)
    }

    fn look_at_keys(&mut self, node: &Node) -> Result<(), Error> {
        let mut behind = Vec::new();
        let mut left = std::mem::take(&mut self.keys).into_iter().peekable();
        while left.peek().is_some() {
            let page: Vec<_> = left.by_ref().take(PAGE).collect();
            let looked =
                node.in_transaction(|tx| page.iter().map(|key| look_at_key(tx, key, node, &self.to)).collect())?;
            self.changed_since += keep_behind(page, looked, &mut behind);
        }
        self.keys = behind;
        Ok(())
    }

    fn look_at_secrets(&mut self, node: &Node) -> Result<(), Error> {
        let mut behind = Vec::new();
        let mut left = std::mem::take(&mut self.secrets).into_iter().peekable();
        while left.peek().is_some() {
            let page: Vec<_> = left.by_ref().take(PAGE).collect();
            let looked =
                node.in_transaction(|tx| page.iter().map(|secret| look_at_secret(tx, secret, &self.to)).collect())?;
            self.changed_since += keep_behind(page, looked, &mut behind);
        }
        self.secrets = behind;
        Ok(())
    }
}

impl Settling for LostCheck {
    fn look(&mut self, node: &Node) -> Result<bool, Error> {
        self.look_at_keys(node)?;
        self.look_at_secrets(node)?;
        // After the keys and secrets: what of them has been reported is acknowledged, too.
        let (to, position) = (&self.to, self.position);
        self.waiting = node.in_transaction(|tx| Ok(WaitingChanges::read_until(tx, to, position, ROWS_MAX)?))?;
        let peer = node.peers().into_iter().find(|peer| peer.region == self.to);
        self.confirmation.note(peer, position, self.since);
        let have_failed = self.keys.iter().map(|key| &key.why).chain(self.secrets.iter().map(|secret| &secret.why));
        let is_hopeless = self.confirmation.is_hopeless() || have_failed.into_iter().any(|why| why.failed);
        let is_there = self.keys.is_empty() && self.secrets.is_empty() && self.waiting.0.is_empty();
        Ok(is_hopeless || (is_there && self.confirmation.is_confirmed()))
    }
}

/// Keeps the things of a page that are still behind. Returns how many have been changed again.
fn keep_behind<N>(page: Vec<Behind<N>>, looked: Vec<Progress>, behind: &mut Vec<Behind<N>>) -> u64 {
    let mut later = 0;
    for (thing, progress) in page.into_iter().zip(looked) {
        match progress {
            Progress::Equal => {}
            Progress::Later => later += 1,
            Progress::Behind(why) => behind.push(Behind { why, ..thing }),
        }
    }
    later
}

fn look_at_key(tx: &Tx<'_>, key: &Behind<(AccountId, KeyId)>, node: &Node, to: &Region) -> Result<Progress, Error> {
    let (account, id) = &key.name;
    let Some(record) = key_table::key(tx, account, id)? else { return Ok(Progress::Later) };
    let shared = record.multi_region.as_ref().filter(|shared| shared.primary == *node.region());
    match shared.filter(|shared| shared.replicas.contains(to)) {
        Some(shared) if shared.epoch == key.target.epoch => key_progress(tx, &record, shared, to, key.target.revision),
        Some(_) => Ok(Progress::Behind(Why { text: "its primary has changed meanwhile".to_owned(), failed: false })),
        // Its replica was deleted since, or another region has become the primary.
        None => Ok(Progress::Later),
    }
}

/// How far the replica of a key is whose primary is here: whether it has reported this revision.
fn key_progress(
    tx: &Tx<'_>,
    record: &KeyRecord,
    shared: &MultiRegion,
    to: &Region,
    revision: u64,
) -> Result<Progress, Error> {
    let why = why_key_is_behind(tx, record, shared, to, revision)?;
    let reported = shared.holders.iter().find(|holder| holder.region == *to).map_or(0, |holder| holder.revision);
    Ok(match why {
        Some(why) => Progress::Behind(why),
        None if reported < shared.revision => Progress::Later,
        None => Progress::Equal,
    })
}

fn why_key_is_behind(
    tx: &Tx<'_>,
    record: &KeyRecord,
    shared: &MultiRegion,
    to: &Region,
    revision: u64,
) -> Result<Option<Why>, Error> {
    if shared.pending.iter().any(|pending| pending.region == *to) {
        return Ok(Why::lags("its replica is being made"));
    }
    if record.state == KeyState::Updating {
        return Ok(Why::lags("a change of its primary is under way"));
    }
    let Some(holder) = shared.holders.iter().find(|holder| holder.region == *to) else {
        return Ok(Why::lags("its replica has reported nothing"));
    };
    if holder.revision < revision {
        return Ok(Why::lags(format!("its replica has reported revision {} of {revision}", holder.revision)));
    }
    let Some(digest) = holder.digest else { return Ok(Why::lags("its replica has reported no digest")) };
    if holder.revision < shared.revision || Some(digest) == state_digest::of_key(tx, record)? {
        return Ok(None);
    }
    let text = match record.is_imported() {
        true => "its material differs: it may not be imported there",
        false => "its replica differs",
    };
    Ok(Why::lags(text))
}

fn entry_of<'r>(record: &'r SecretRecord, to: &Region) -> Option<(&'r Replication, &'r SecretReplica)> {
    let shared = record.replication.as_ref()?;
    shared.replicas.iter().find(|entry| entry.region == *to).map(|entry| (shared, entry))
}

fn look_at_secret(tx: &Tx<'_>, secret: &Behind<SecretArn>, to: &Region) -> Result<Progress, Error> {
    let record = secret_table::secret(tx, &secret.name.account, &secret.name.name)?;
    let Some(record) = record.filter(|record| record.arn == secret.name && !record.is_replica()) else {
        return Ok(Progress::Later);
    };
    Ok(match entry_of(&record, to) {
        Some((shared, entry)) if shared.epoch == secret.target.epoch => {
            secret_progress(&record, entry, secret.target.revision)
        }
        Some(_) => Progress::Behind(Why { text: "its primary has changed meanwhile".to_owned(), failed: false }),
        // Its replica was removed since.
        None => Progress::Later,
    })
}

/// How far the replica of a secret is whose primary is here: whether it has reported this revision.
pub(super) fn secret_progress(record: &SecretRecord, entry: &SecretReplica, revision: u64) -> Progress {
    let present = record.replication.as_ref().map_or(0, |shared| shared.revision);
    let behind = |text: String| Progress::Behind(Why { text, failed: false });
    if entry.status == ReplicaStatus::Failed {
        let text = format!("Failed: {}", entry.status_message.as_deref().unwrap_or("without a reason"));
        return Progress::Behind(Why { text, failed: true });
    }
    match entry.reported {
        None if entry.status == ReplicaStatus::InSync => behind("its replica has reported no digest".to_owned()),
        None => behind("InProgress: its replica has reported nothing".to_owned()),
        Some(reported) if reported.revision < revision => {
            behind(format!("InProgress: its replica has reported revision {} of {revision}", reported.revision))
        }
        Some(reported) if reported.digest.is_none() => behind("its replica has reported no digest".to_owned()),
        Some(reported) if reported.revision < present => Progress::Later,
        Some(reported) if reported.digest == state_digest::of_secret(record) => Progress::Equal,
        Some(_) => behind("its replica differs".to_owned()),
    }
}

pub(super) fn judge_waiting(check: &mut FailoverCheck, waiting: &WaitingChanges, to: &Region) {
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

/// What the other region says of itself.
#[derive(Debug, Default)]
pub(super) struct Confirmation {
    peer: Option<PeerStatus>,
    since: Timestamp,
    /// The position of the stream when everything from before the moment of the check was acknowledged.
    sent: Option<(u64, u64)>,
    /// Whether it has said since that it has applied that, and that it lacks no secret parts of IAM.
    confirmed: bool,
}

impl Confirmation {
    /// Takes note of the present state of the stream. `position` is that of this region's store at the moment of the check.
    pub(super) fn note(&mut self, peer: Option<PeerStatus>, position: u64, since: Timestamp) {
        (self.peer, self.since) = (peer, since);
        let Some(peer) = &self.peer else { return };
        if self.sent.is_none() && peer.backlog.is_some_and(|backlog| backlog.acknowledged() >= position) {
            self.sent = Some(peer.position);
        }
        // Nothing was sent in a session that has just begun.
        let is_applied = |applied| self.sent.is_some_and(|(session, last)| last == 0 || applied >= (session, last));
        let told = peer.told.filter(|told| told.received >= since);
        self.confirmed |= told.is_some_and(|told| told.backlog.other_requests == 0 && is_applied(told.backlog.applied));
    }

    fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Whether the other region lacks something that does not come in some seconds.
    fn is_hopeless(&self) -> bool {
        let Some(peer) = &self.peer else { return true };
        let told = peer.told.filter(|told| told.received >= self.since).map(|told| told.backlog);
        peer.silent || peer.unsent > 0 || told.is_some_and(|told| told.rebuilding || told.unapplied > 0)
    }

    pub(super) fn judge(&self, check: &mut FailoverCheck, here: &Region, to: &Region) {
        let Some(peer) = &self.peer else {
            return check.not_known(format!("there is no stream to {to} yet"));
        };
        if peer.unsent > 0 {
            let count = peer.unsent;
            check.not_safe(format!(
                "{count} change(s) could not be sent to {to} since {here} was started: see the log of {here}"
            ));
        }
        if peer.silent {
            return check.not_safe(format!("{to} does not answer"));
        }
        let Some(told) = peer.told.filter(|told| told.received >= self.since) else {
            let heard = peer.heard.map_or("not since the start".to_owned(), |at| format!("at {}", at.iso8601()));
            return check.not_known(format!("{to} has not said what it has applied; it was last heard {heard}"));
        };
        let backlog = told.backlog;
        if backlog.rebuilding {
            check.not_safe(format!("{to} is being rebuilt"));
        }
        if backlog.unapplied > 0 {
            let count = backlog.unapplied;
            check.not_safe(format!(
                "{to} has received {count} change(s) that it could not apply: see its log. Once the cause is mended, `claviger region resync {to}` at {here} sends everything again"
            ));
        }
        if self.confirmed {
            return;
        }
        match backlog.other_requests {
            0 => check.not_known(format!("{to} has not confirmed the last changes yet")),
            count => check.not_safe(format!(
                "{to} has asked for {count} secret part(s) of IAM or of session-token keys and not got them yet"
            )),
        }
    }
}
