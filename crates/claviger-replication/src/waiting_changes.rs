//! The rows of an outbox and the open requests to a peer, by the things that they name: for an operator who asks what is under way.

use std::collections::BTreeMap;

use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::{Record, log};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, KeyId, Region, SecretArn};
use minicbor::Decode;
use minicbor::bytes::ByteVec;

use crate::change::{Announced, Envelope, Kind, OutboxRow, Part};
use crate::key_messages::{KeyName, KeyReport, MemberReport, OfferDeclined, ReplicaDeleted, SharedKey};
use crate::refused_claims::ClaimNotice;
use crate::secret_messages::{SecretDetached, SecretRemoved, SecretReport, SharedSecret};
use crate::secret_transfer::SecretRequest;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// Changes or requests, by the things that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingChanges {
    /// Those of multi-Region keys, and how many name each.
    pub keys: BTreeMap<(AccountId, KeyId), u64>,
    /// Those of replicated secrets, by the ARN of the primary.
    pub secrets: BTreeMap<SecretArn, u64>,
    /// Those of users, roles, policies and access keys.
    pub iam: u64,
    /// Others that the peer has to get: members of the fleet, keys of session tokens.
    pub others: u64,
    /// Reports and requests to the peer. The peer loses nothing with them.
    pub reports: u64,
    /// Whether a snapshot is being written: an unknown number of changes follows.
    pub snapshot: bool,
    /// Whether there are more than were read.
    pub more: bool,
}

impl WaitingChanges {
    /// The changes for a peer that it has not acknowledged, at most `limit`.
    pub fn read(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<WaitingChanges, StoreError> {
        let mut found = WaitingChanges::default();
        let (mut read, mut after) = (0, None::<Key>);
        while read < limit {
            let rows = log::outbox(tx, peer, after.as_deref(), PAGE.min(limit - read))?;
            let Some((last, _)) = rows.last() else { return Ok(found) };
            after = Some(last.clone());
            read += rows.len();
            rows.iter().for_each(|(_, bytes)| found.add(bytes));
        }
        found.more = !log::outbox(tx, peer, after.as_deref(), 1)?.is_empty();
        Ok(found)
    }

    /// The requests to a peer for key material, values and other secrets that it has not answered, at most `limit`.
    pub fn requested(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<WaitingChanges, StoreError> {
        let mut found = WaitingChanges::default();
        let requests = log::receive_keys(tx, peer, limit.saturating_add(1))?;
        found.more = requests.len() > limit;
        for request in requests.into_iter().take(limit) {
            match request.subject.as_ref().and_then(|subject| decode::<(Kind, ByteVec)>(subject)) {
                Some((kind, name)) => found.add_named(kind, &name),
                None => found.others += 1,
            }
        }
        Ok(found)
    }

    /// Whether the peer would lose nothing.
    pub fn is_empty(&self) -> bool {
        let nothing = self.iam == 0 && self.others == 0 && !self.snapshot && !self.more;
        nothing && self.keys.is_empty() && self.secrets.is_empty()
    }

    /// Whether nothing but reports was read.
    pub fn is_report_only(&self) -> bool {
        WaitingChanges { more: false, ..self.clone() }.is_empty()
    }

    fn add(&mut self, row: &[u8]) {
        match decode::<OutboxRow>(row) {
            Some(OutboxRow::Change(change)) => self.add_change(&change),
            Some(OutboxRow::Resync(_) | OutboxRow::Copies { .. }) => self.snapshot = true,
            None => self.others += 1,
        }
    }

    fn add_change(&mut self, change: &Envelope) {
        match change.part {
            Part::State => self.add_named(change.kind, &change.bytes),
            Part::Request => self.reports += 1,
            Part::Response => match decode::<SecretRequest>(&change.bytes) {
                Some(request) => self.add_named(change.kind, &request.name),
                None => self.others += 1,
            },
        }
    }

    fn add_named(&mut self, kind: Kind, name: &[u8]) {
        match kind {
            SharedKey::KIND => match decode::<KeyName>(name) {
                Some(KeyName { account, id }) => *self.keys.entry((account, id)).or_default() += 1,
                None => self.others += 1,
            },
            SharedSecret::KIND => self.add_secret(decode(name)),
            SecretRemoved::KIND => self.add_secret(decode::<SecretRemoved>(name).map(|removed| removed.0.primary)),
            kind if is_report(kind) => self.reports += 1,
            kind if IAM.contains(&kind) => self.iam += 1,
            _ => self.others += 1,
        }
    }

    fn add_secret(&mut self, arn: Option<SecretArn>) {
        match arn {
            Some(arn) => *self.secrets.entry(arn).or_default() += 1,
            None => self.others += 1,
        }
    }
}

/// What a region says of things whose primaries, or whose home, are in the peer's region.
const REPORTS: [Kind; 8] = [
    KeyReport::KIND,
    ReplicaDeleted::KIND,
    MemberReport::KIND,
    OfferDeclined::KIND,
    SecretDetached::KIND,
    SecretReport::KIND,
    LastUseRecord::KIND,
    ClaimNotice::KIND,
];

/// Whether a kind is a report, with which the peer loses nothing.
pub(crate) fn is_report(kind: Kind) -> bool {
    REPORTS.contains(&kind)
}

const IAM: [Kind; 5] = [
    Kind::of_table(UserRecord::TABLE),
    Kind::of_table(RoleRecord::TABLE),
    Kind::of_table(PolicyRecord::TABLE),
    Kind::of_table(PolicyVersionRecord::TABLE),
    Kind::of_table(AccessKeyRecord::TABLE),
];

fn decode<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Option<T> {
    minicbor::decode(bytes).ok()
}

#[cfg(test)]
#[path = "waiting_changes_tests.rs"]
mod tests;
