//! The forced promotion of what a lost region was the primary of: an operator's act.

use claviger_core::Node;
use claviger_core::audit::ServiceEvent;
use claviger_core::error::Error;
use claviger_replication::{end_handover_with, iam_home, key_replication, secret_replication};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, all_keys};
use claviger_store::tables::secret_table::{self, SecretRecord, all_secrets};
use claviger_store::{Key, Tx};
use claviger_types::{AccountId, KeyArn, Region, SecretArn, Timestamp};

use crate::failover_permit::MayFailOver;

/// The name of the event of a key or secret in the audit file.
const PROMOTED: &str = "ReplicaPromotedByFailover";

/// How many records a transaction reads.
const PAGE: usize = 64;

/// The most names of each kind in a plan.
pub(crate) const NAMED_MAX: usize = 1_000;

/// What a region would become the primary of, in the place of a lost one.
#[derive(Debug, Clone, Default)]
pub struct FailoverPlan {
    /// Keys, at most 1,000 of them.
    pub keys: Vec<KeyArn>,
    /// How many keys.
    pub key_count: u64,
    /// Secrets, at most 1,000 of them.
    pub secrets: Vec<SecretArn>,
    /// How many secrets.
    pub secret_count: u64,
    /// Keys that this region cannot take over: it does not hold their material yet, or they are being deleted.
    pub unready: Vec<(KeyArn, &'static str)>,
    /// Whether the lost region is the home of IAM, which this one would become.
    pub iam: bool,
    /// When the last message of the lost region arrived; none since this region was started. What it acknowledged later is not here.
    pub heard: Option<Timestamp>,
}

/// What was promoted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failover {
    /// Keys.
    pub keys: u64,
    /// Secrets.
    pub secrets: u64,
    /// Whether this region has become the home of IAM.
    pub iam: bool,
}

/// What a failover in this region would do.
///
/// # Errors
///
/// Those of the store.
pub fn plan(node: &Node, lost: &Region) -> Result<FailoverPlan, Error> {
    let heard = node.peers().into_iter().find(|peer| peer.region == *lost).and_then(|peer| peer.heard);
    let mut plan = FailoverPlan { iam: node.topology().iam_home == *lost, heard, ..FailoverPlan::default() };
    plan.key_count = each_key(node, |_, record| {
        if !is_primary(&record, lost) {
            return Ok(false);
        }
        let arn = record.id.arn(node.region(), &record.account);
        let why = unready(&record.state);
        match why {
            Some(why) => plan.unready.extend((plan.unready.len() < NAMED_MAX).then_some((arn, why))),
            None => plan.keys.extend((plan.keys.len() < NAMED_MAX).then_some(arn)),
        }
        Ok(why.is_none())
    })?;
    plan.secret_count = each_secret(node, |_, record| {
        let is_it = is_primary_of_secret(&record, lost);
        plan.secrets.extend((is_it && plan.secrets.len() < NAMED_MAX).then(|| record.arn.clone()));
        Ok(is_it)
    })?;
    Ok(plan)
}

/// Makes this region the primary of every key and secret that it has a replica of and whose primary is in the lost region, and the home of
/// IAM if the lost region was. A failover that is cut off can be run again.
///
/// # Errors
///
/// Those of the store, or if audit records cannot be written.
pub fn run(node: &Node, lost: &Region, may: &MayFailOver) -> Result<Failover, Error> {
    let authorization = may.authorization();
    let mut done = Failover::default();
    let request_id = node.random().uuid();
    let event = |source, name, account: &AccountId, (member, value): (&'static str, String)| ServiceEvent {
        source,
        name,
        account: account.clone(),
        data: [(member, value)].into_iter().chain(may.audited()).collect(),
        error: None,
        request_id: request_id.clone(),
        at: node.clock().now(),
    };
    if node.topology().iam_home == *lost {
        let peers = node.facts().peers();
        let moved = node.in_transaction(|tx| {
            let moved = iam_home::take_over(tx, node.region(), &peers, authorization)?;
            if moved {
                // The home is of no account.
                let (account, data) = (AccountId::dev(), ("lostRegion", lost.to_string()));
                node.record_event(tx, &event("iam.amazonaws.com", "IamHomeMovedByFailover", &account, data))?;
            }
            Ok(moved)
        })?;
        done.iam = moved;
        node.change_fleet();
    }
    done.keys = each_key(node, |tx, mut record| {
        // A change of the primary that waits for the lost region would wait for ever.
        if end_handover_with(&mut record, lost) {
            key_table::save_key(tx, &record)?;
        }
        let promoted =
            is_primary(&record, lost) && key_replication::promote(tx, node.region(), &mut record, authorization)?;
        if promoted {
            key_table::save_key(tx, &record)?;
            let arn = record.id.arn(node.region(), &record.account).to_string();
            node.record_event(tx, &event("kms.amazonaws.com", PROMOTED, &record.account, ("keyArn", arn)))?;
        }
        Ok(promoted)
    })?;
    done.secrets = each_secret(node, |tx, mut record| {
        let is_it = is_primary_of_secret(&record, lost);
        if is_it {
            secret_replication::promote(tx, &mut record, node.clock().now(), authorization)?;
            secret_table::save_secret(tx, &record)?;
            let data = ("secretArn", record.arn.to_string());
            let source = "secretsmanager.amazonaws.com";
            node.record_event(tx, &event(source, PROMOTED, &record.arn.account, data))?;
        }
        Ok(is_it)
    })?;
    Ok(done)
}

fn is_primary(record: &KeyRecord, region: &Region) -> bool {
    record.multi_region.as_ref().is_some_and(|shared| shared.primary == *region)
}

fn is_primary_of_secret(record: &SecretRecord, region: &Region) -> bool {
    record.replication.as_ref().is_some_and(|shared| shared.primary == *region)
}

/// Why a replica in this state cannot become the primary.
pub(crate) fn unready(state: &KeyState) -> Option<&'static str> {
    match state {
        KeyState::Enabled | KeyState::Disabled | KeyState::PendingImport => None,
        KeyState::Creating => Some("its material has not arrived"),
        KeyState::PendingDeletion { .. } | KeyState::PendingReplicaDeletion { .. } => Some("it is being deleted"),
        KeyState::Updating => Some("a change of its primary is under way"),
    }
}

/// Visits every key, some in each transaction. Returns how many visits answered true. A visit is repeated if its transaction conflicts with
/// a request.
pub(crate) fn each_key(
    node: &Node,
    mut visit: impl FnMut(&mut Tx<'_>, KeyRecord) -> Result<bool, Error>,
) -> Result<u64, Error> {
    each(node, |tx, after| {
        let rows = all_keys(tx, after, PAGE)?;
        rows.into_iter().map(|(row, record)| Ok((row, visit(tx, record)?))).collect()
    })
}

/// As [`each_key`], for secrets.
pub(crate) fn each_secret(
    node: &Node,
    mut visit: impl FnMut(&mut Tx<'_>, SecretRecord) -> Result<bool, Error>,
) -> Result<u64, Error> {
    each(node, |tx, after| {
        let rows = all_secrets(tx, after, PAGE)?;
        rows.into_iter().map(|(row, record)| Ok((row, visit(tx, record)?))).collect()
    })
}

fn each(
    node: &Node,
    mut page: impl FnMut(&mut Tx<'_>, Option<&[u8]>) -> Result<Vec<(Key, bool)>, Error>,
) -> Result<u64, Error> {
    let (mut after, mut count): (Option<Key>, u64) = (None, 0);
    loop {
        let visited = node.in_transaction(|tx| page(tx, after.as_deref()))?;
        count += visited.iter().filter(|(_, counted)| *counted).count() as u64;
        let Some((last, _)) = visited.into_iter().next_back() else { return Ok(count) };
        after = Some(last);
    }
}
