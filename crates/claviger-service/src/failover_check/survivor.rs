//! The check in the region that would take the place of a lost one.

use std::collections::BTreeSet;

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_replication::{PeerStatus, WaitingChanges};
use claviger_store::tables::fleet_table;
use claviger_store::tables::key_table::{self, KeyState};
use claviger_store::tables::log;
use claviger_store::tables::refused_secret_table::refused_secrets;
use claviger_store::tables::run_table::StorePoint;
use claviger_types::{AccountId, KeyId, Region, Timestamp};

use super::{FailoverCheck, ROWS_MAX, Safety, Settling, fresh_ms};
use crate::failover::{each_key, unready};

/// See the module's documentation.
#[derive(Debug)]
pub struct SurvivorCheck {
    lost: Region,
    /// What was known of the lost region when the check began.
    peer: Option<PeerStatus>,
    /// The requests for secret parts of that time that are not answered, by the keys to which the answers are to be sealed.
    requests: BTreeSet<Vec<u8>>,
    /// Whether there are more than were read.
    more: bool,
    /// Replicas of that time whose material has not arrived.
    creating: Vec<(AccountId, KeyId)>,
    /// Replicas of that time that do not become the primary for another reason.
    unready: Vec<(AccountId, KeyId, &'static str)>,
    /// The point of the lost region's store of which everything has been applied here.
    whole: Option<StorePoint>,
}

impl SurvivorCheck {
    /// Begins a check, of what the lost region has said last: reads all keys.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn begin(node: &Node, lost: &Region) -> Result<SurvivorCheck, Error> {
        let peer = node.peers().into_iter().find(|peer| peer.region == *lost);
        let (requests, more) = node.in_transaction(|tx| Ok(WaitingChanges::open_requests(tx, lost, ROWS_MAX)?))?;
        let (mut creating, mut others) = (Vec::new(), Vec::new());
        each_key(node, |_, record| {
            let is_theirs = record.multi_region.as_ref().is_some_and(|shared| shared.primary == *lost);
            let why = match &record.state {
                KeyState::PendingImport => Some("its material was not imported here"),
                state => unready(state),
            };
            match why.filter(|_| is_theirs) {
                Some(_) if record.state == KeyState::Creating => creating.push((record.account, record.id)),
                Some(why) => others.push((record.account, record.id, why)),
                None => {}
            }
            Ok(false)
        })?;
        Ok(SurvivorCheck { lost: lost.clone(), peer, requests, more, creating, unready: others, whole: None })
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn end(self, node: &Node) -> Result<FailoverCheck, Error> {
        let (here, lost) = (node.region(), &self.lost);
        let told = self.peer.as_ref().and_then(|peer| peer.told);
        let mut check = FailoverCheck { safety: Safety::Safe, told, ..FailoverCheck::default() };
        let (requested, refused, inbox, is_former) = node.in_transaction(|tx| {
            let requested = WaitingChanges::requested_among(tx, lost, ROWS_MAX, &self.requests)?;
            let refused = refused_secrets(tx, lost, ROWS_MAX)?;
            Ok((requested, refused, log::inbox(tx, lost)?, fleet_table::is_former_member(tx, lost)?))
        })?;
        for (account, id) in &self.creating {
            check.keys.add(id.arn(here, account), "its material has not arrived");
        }
        for (account, id, why) in &self.unready {
            check.keys.add(id.arn(here, account), *why);
        }
        for (account, id) in requested.keys.keys() {
            if !self.creating.iter().any(|creating| (&creating.0, &creating.1) == (account, id)) {
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
        let others = requested.iam + requested.others;
        if others > 0 {
            check.not_safe(format!(
                "{others} secret part(s) of IAM or of session-token keys were asked for and have not arrived"
            ));
        }
        if let Some(unapplied) = inbox.unapplied {
            let (count, at) = (unapplied.count, unapplied.at.iso8601());
            check.not_safe(format!(
                "{count} change(s) of {lost} could not be applied here, the last at {at}: see the log"
            ));
        }
        if self.more {
            check.not_known(format!("more than {ROWS_MAX} requests to {lost} are not answered"));
        }
        if is_former {
            check.not_known(format!("{lost} was removed from the fleet: what it had not sent until then is not here"));
        }
        judge_told(&mut check, self.peer.as_ref(), (lost, here), self.whole, (node.clock().now(), fresh_ms(node)));
        Ok(check)
    }
}

impl Settling for SurvivorCheck {
    fn look(&mut self, node: &Node) -> Result<bool, Error> {
        let (lost, requests) = (&self.lost, &self.requests);
        let ((open, _), inbox) =
            node.in_transaction(|tx| Ok((WaitingChanges::open_requests(tx, lost, ROWS_MAX)?, log::inbox(tx, lost)?)))?;
        // One that was answered and asked again is of a later state.
        self.requests = requests.intersection(&open).cloned().collect();
        let mut creating = Vec::new();
        for (account, id) in std::mem::take(&mut self.creating) {
            let record = node.in_transaction(|tx| Ok(key_table::key(tx, &account, &id)?))?;
            if record.is_some_and(|record| record.state == KeyState::Creating) {
                creating.push((account, id));
            }
        }
        self.creating = creating;
        self.whole = inbox.whole;
        let told = self.peer.as_ref().and_then(|peer| peer.told);
        let has_come = told.is_none_or(|told| has_come(&told.backlog, self.whole));
        Ok(self.requests.is_empty() && self.creating.is_empty() && has_come)
    }
}

/// Whether everything that the lost region had for this one when it said so is here: nothing waited then, or it has come since.
fn has_come(told: &claviger_replication::Backlog, whole: Option<StorePoint>) -> bool {
    told.waiting == 0 || whole.zip(told.point).is_some_and(|(whole, point)| whole >= point)
}

/// Judges the last status message of the lost region. `whole` is the point of its store of which everything has been applied here. A message
/// that is older than `fresh_ms` says nothing of the time after it.
pub(super) fn judge_told(
    check: &mut FailoverCheck,
    peer: Option<&PeerStatus>,
    (lost, here): (&Region, &Region),
    whole: Option<StorePoint>,
    (now, fresh_ms): (Timestamp, i64),
) {
    let Some((peer, told)) = peer.and_then(|peer| Some((peer, peer.told?))) else {
        return check.not_known(format!("{lost} has said nothing since {here} was started"));
    };
    let (backlog, at) = (told.backlog, told.backlog.at.iso8601());
    if backlog.rebuilding {
        return check.not_safe(format!("{lost} was being rebuilt at {at}"));
    }
    if backlog.unsent > 0 {
        check.not_safe(format!("at {at} {lost} had {} change(s) that it could not send: see its log", backlog.unsent));
    }
    if now < told.received {
        return check.not_known(format!("the clock of {here} was set back since the last status message of {lost}"));
    }
    let age_ms = now.0.saturating_sub(told.received.0);
    if has_come(&backlog, whole) {
        (check.as_of, check.age_ms) = (Some(backlog.at), Some(age_ms));
    } else {
        let earlier_ms = peer.whole_at.map(|whole_at| backlog.at.0.saturating_sub(whole_at.0).max(0));
        (check.as_of, check.age_ms) = (peer.whole_at, earlier_ms.map(|ms| age_ms.saturating_add(ms)));
        let since = peer.whole_at.map(|at| format!(", made since {}", at.iso8601())).unwrap_or_default();
        check
            .not_safe(format!("at {at} {lost} had {} change(s) for {here} that have not come{since}", backlog.waiting));
    }
    if age_ms > fresh_ms {
        check.not_known(format!(
            "the last status message of {lost} came {}.{} s ago: what {lost} acknowledged after {at}, by its clock, is not known here",
            age_ms / 1_000,
            age_ms % 1_000 / 100
        ));
    }
}
