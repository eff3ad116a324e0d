//! The kinds of replicated things, each in one line.

use claviger_store::tables::account_alias_table::AccountAliasRecord;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, SamlProviderRecord};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::region_table::TokenKeyRecord;

use crate::change::Kind;
use crate::copies_wanted::CopiesWanted;
use crate::entry::KindEntry;
use crate::fleet_copy::FleetCopy;
use crate::fleet_replication::FleetMember;
use crate::home_moved::HomeMoved;
use crate::home_row::HomeRow;
use crate::iam_recovery::IamWanted;
use crate::key_copy::KeyCopy;
use crate::key_messages::{KeyReport, MemberReport, OfferDeclined, ReplicaDeleted, SharedKey};
use crate::rebuild::{RebuildEnd, RebuildFinished, RebuildRequested, RebuildStart};
use crate::refused_claims::ClaimNotice;
use crate::replica_end::ReplicaEnded;
use crate::sealed_home_row::SealedHomeRow;
use crate::secret_copy::SecretCopy;
use crate::secret_messages::{SecretDetached, SecretRemoved, SecretReport, SharedSecret};

/// All kinds, in the order of a snapshot. Policies come before the groups, users and roles that they are attached to, groups
/// before the users that are in them, roles before their instance profiles, and access keys after the users that they belong to.
pub(crate) static KINDS: &[KindEntry] = &[
    KindEntry::of::<CopiesWanted>(),
    KindEntry::of::<RebuildStart>(),
    KindEntry::of::<HomeMoved>(),
    KindEntry::of::<FleetMember>(),
    KindEntry::of::<FleetCopy>(),
    KindEntry::with_sealed_parts::<TokenKeyRecord>(),
    KindEntry::of::<HomeRow<PolicyRecord>>(),
    KindEntry::of::<HomeRow<PolicyVersionRecord>>(),
    KindEntry::of::<HomeRow<GroupRecord>>(),
    KindEntry::of::<HomeRow<UserRecord>>(),
    KindEntry::of::<HomeRow<OidcProviderRecord>>(),
    KindEntry::of::<HomeRow<SamlProviderRecord>>(),
    KindEntry::of::<HomeRow<RoleRecord>>(),
    KindEntry::of::<HomeRow<InstanceProfileRecord>>(),
    KindEntry::of::<HomeRow<AccountAliasRecord>>(),
    KindEntry::with_sealed_parts::<SealedHomeRow<AccessKeyRecord>>(),
    KindEntry::of::<LastUseRecord>(),
    KindEntry::with_sealed_parts::<SharedKey>(),
    KindEntry::of::<KeyReport>(),
    KindEntry::of::<ReplicaDeleted>(),
    KindEntry::of::<MemberReport>(),
    KindEntry::of::<OfferDeclined>(),
    KindEntry::with_sealed_parts::<SharedSecret>(),
    KindEntry::of::<SecretRemoved>(),
    KindEntry::of::<SecretDetached>(),
    KindEntry::of::<SecretReport>(),
    KindEntry::of::<KeyCopy>(),
    KindEntry::of::<ReplicaEnded>(),
    KindEntry::with_sealed_parts::<SecretCopy>(),
    KindEntry::of::<IamWanted>(),
    KindEntry::of::<RebuildRequested>(),
    KindEntry::of::<RebuildEnd>(),
    KindEntry::of::<RebuildFinished>(),
    KindEntry::of::<ClaimNotice>(),
];

/// The entry of a kind. `None` for the number of a kind that this release does not know.
pub(crate) fn entry(kind: Kind) -> Option<&'static KindEntry> {
    KINDS.iter().find(|entry| entry.kind == kind)
}

/// The entry after that of `kind`, or the first one. `None` after the last.
pub(crate) fn next(kind: Option<Kind>) -> Option<&'static KindEntry> {
    let at = kind.and_then(|kind| KINDS.iter().position(|entry| entry.kind == kind));
    KINDS.get(at.map_or(0, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_share_a_number() {
        let kinds: BTreeSet<Kind> = KINDS.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds.len(), KINDS.len());
    }

    #[test]
    fn next_visits_every_kind_once() {
        let mut walked = vec![];
        while let Some(entry) = next(walked.last().copied()) {
            walked.push(entry.kind);
        }
        assert!(walked.iter().eq(KINDS.iter().map(|entry| &entry.kind)));
    }
}
