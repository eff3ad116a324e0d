//! The rows of an outbox and the open requests to a peer, by the things that they name: for an operator who asks what is under way.

use std::collections::{BTreeMap, BTreeSet};

use claviger_store::tables::account_alias_table::AccountAliasRecord;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, SamlProviderRecord};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::{Record, log};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, KeyId, Region, SecretArn};
use minicbor::Decode;
use minicbor::bytes::ByteVec;

use crate::change::{Announced, Envelope, Kind, OutboxRow, Part};
use crate::copies_wanted::CopiesWanted;
use crate::fleet_copy::FleetCopy;
use crate::home_row;
use crate::iam_recovery::IamWanted;
use crate::key_copy::KeyCopy;
use crate::key_messages::{KeyName, KeyReport, MemberReport, OfferDeclined, ReplicaDeleted, SharedKey};
use crate::rebuild::{RebuildEnd, RebuildFinished, RebuildRequested, RebuildStart};
use crate::refused_claims::ClaimNotice;
use crate::replica_end::ReplicaEnded;
use crate::secret_copy::SecretCopy;
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
    /// Those of users, groups, roles, policies and access keys.
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
        Ok(WaitingChanges::read_until(tx, peer, u64::MAX, limit)?.0)
    }

    /// The requests to a peer for key material, values and other secrets that it has not answered, at most `limit`.
    pub fn requested(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<WaitingChanges, StoreError> {
        WaitingChanges::requested_where(tx, peer, limit, |_| true)
    }

    /// As [`WaitingChanges::requested`], of these requests, which [`WaitingChanges::open_requests`] has returned.
    pub fn requested_among(
        tx: &Tx<'_>,
        peer: &Region,
        limit: usize,
        requests: &BTreeSet<Vec<u8>>,
    ) -> Result<WaitingChanges, StoreError> {
        WaitingChanges::requested_where(tx, peer, limit, |public| requests.contains(public))
    }

    /// The requests to a peer that it has not answered, at most `limit`, by the public keys to which the answers are to be sealed. Also returns
    /// whether there are more.
    pub fn open_requests(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<(BTreeSet<Vec<u8>>, bool), StoreError> {
        let requests = log::receive_keys(tx, peer, limit.saturating_add(1))?;
        let more = requests.len() > limit;
        Ok((requests.into_iter().take(limit).map(|request| request.public).collect(), more))
    }

    fn requested_where(
        tx: &Tx<'_>,
        peer: &Region,
        limit: usize,
        is_counted: impl Fn(&[u8]) -> bool,
    ) -> Result<WaitingChanges, StoreError> {
        let mut found = WaitingChanges::default();
        let requests = log::receive_keys(tx, peer, limit.saturating_add(1))?;
        found.more = requests.len() > limit;
        for request in requests.into_iter().take(limit).filter(|request| is_counted(&request.public)) {
            match request.subject.as_ref().and_then(|subject| decode::<(Kind, ByteVec)>(subject)) {
                Some((kind, name)) => found.add_named(kind, &name),
                None => found.others += 1,
            }
        }
        Ok(found)
    }

    /// The changes for a peer that it has not acknowledged, at most `limit`: those that were made up to this position of the store, and those
    /// that were made after it. A snapshot that is being written counts as made before, since it stands for what was.
    pub fn read_until(
        tx: &Tx<'_>,
        peer: &Region,
        position: u64,
        limit: usize,
    ) -> Result<(WaitingChanges, WaitingChanges), StoreError> {
        let (mut before, mut since) = (WaitingChanges::default(), WaitingChanges::default());
        let (mut read, mut after, mut is_before) = (0, None::<Key>, true);
        loop {
            let rows = log::outbox(tx, peer, after.as_deref(), PAGE.min(limit.saturating_sub(read)).max(1))?;
            let Some((last, _)) = rows.last() else { break };
            if read >= limit {
                if is_before {
                    before.more = true
                } else {
                    since.more = true
                }
                break;
            }
            after = Some(last.clone());
            read += rows.len();
            for (row, bytes) in &rows {
                is_before = log::outbox_position(row) <= position;
                if is_before { before.add(bytes) } else { since.add(bytes) }
            }
        }
        before.snapshot |= std::mem::take(&mut since.snapshot);
        Ok((before, since))
    }

    /// How many changes there are, without reports. A snapshot counts as one.
    pub fn changes(&self) -> u64 {
        let named = self.keys.values().chain(self.secrets.values()).sum::<u64>();
        named + self.iam + self.others + u64::from(self.snapshot)
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
            kind if REPORTS.contains(&kind) => self.reports += 1,
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

/// What regions tell each other while one of them is rebuilt. What is lost of it comes again with the snapshot at the end.
const OF_REBUILDING: [Kind; 10] = [
    CopiesWanted::KIND,
    RebuildStart::KIND,
    FleetCopy::KIND,
    KeyCopy::KIND,
    ReplicaEnded::KIND,
    SecretCopy::KIND,
    IamWanted::KIND,
    RebuildRequested::KIND,
    RebuildEnd::KIND,
    RebuildFinished::KIND,
];

/// Whether something of the sender is lacking in the region that received this part of a message and did not apply it. Of a kind that this
/// release does not know, something may be.
pub(crate) fn is_change(kind: Kind, part: Part, bytes: &[u8]) -> bool {
    match part {
        Part::Request => false,
        Part::State if IAM.contains(&kind) => home_row::is_row(bytes),
        Part::State | Part::Response => !REPORTS.contains(&kind) && !OF_REBUILDING.contains(&kind),
    }
}

const IAM: [Kind; 10] = [
    Kind::of_table(UserRecord::TABLE),
    Kind::of_table(GroupRecord::TABLE),
    Kind::of_table(RoleRecord::TABLE),
    Kind::of_table(PolicyRecord::TABLE),
    Kind::of_table(PolicyVersionRecord::TABLE),
    Kind::of_table(AccessKeyRecord::TABLE),
    Kind::of_table(InstanceProfileRecord::TABLE),
    Kind::of_table(OidcProviderRecord::TABLE),
    Kind::of_table(SamlProviderRecord::TABLE),
    Kind::of_table(AccountAliasRecord::TABLE),
];

fn decode<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Option<T> {
    minicbor::decode(bytes).ok()
}

#[cfg(test)]
#[path = "waiting_changes_tests.rs"]
mod tests;
