//! GetAccountSummary: how many of each kind of IAM resource the account has, and how many it can have.

use std::collections::BTreeMap;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::GetAccountSummaryResponse;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{RoleRecord, UserRecord};
use claviger_store::tables::{group_table, iam_table, identity_provider_table, instance_profile_table};
use claviger_store::{Error as StoreError, Key};

use super::entities::Entity;
use super::{access, access_keys, add_user_to_group, attached_policies, documents, policies, wire};

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// The quotas of AWS that this service enforces, by the name in the answer (reference: IAM User Guide, "IAM and AWS STS quotas").
const QUOTAS: [(&str, usize); 11] = [
    ("AccessKeysPerUserQuota", access_keys::PER_USER),
    ("AssumeRolePolicySizeQuota", documents::TRUST_MAX),
    ("AttachedPoliciesPerGroupQuota", attached_policies::ATTACHED_MAX),
    ("AttachedPoliciesPerRoleQuota", attached_policies::ATTACHED_MAX),
    ("AttachedPoliciesPerUserQuota", attached_policies::ATTACHED_MAX),
    ("GroupPolicySizeQuota", GroupRecord::INLINE_MAX),
    ("GroupsPerUserQuota", add_user_to_group::GROUPS_MAX),
    ("PolicySizeQuota", documents::MANAGED_MAX),
    ("RolePolicySizeQuota", RoleRecord::INLINE_MAX),
    ("UserPolicySizeQuota", UserRecord::INLINE_MAX),
    ("VersionsPerPolicyQuota", policies::VERSIONS_MAX),
];

pub(crate) struct GetAccountSummary;

impl Operation for GetAccountSummary {
    const ACTION: &'static str = "iam:GetAccountSummary";
    const READ_ONLY: bool = true;
    type Input = ();
    type Output = GetAccountSummaryResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(_: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (tx, account) = (&*cx.tx, cx.account());
        let providers = identity_provider_table::oidc_providers(tx, account, PAGE)?.len()
            + identity_provider_table::saml_providers(tx, account, PAGE)?.len();
        let counts = [
            ("Users", count(|after| iam_table::users(tx, account, after, PAGE))?),
            ("Groups", count(|after| group_table::groups(tx, account, after, PAGE))?),
            ("Roles", count(|after| iam_table::roles(tx, account, after, PAGE))?),
            ("Policies", count(|after| iam_table::policies(tx, account, after, PAGE))?),
            ("InstanceProfiles", count(|after| instance_profile_table::instance_profiles(tx, account, after, PAGE))?),
            ("Providers", providers),
            (
                "AccountAccessKeysPresent",
                usize::from(!iam_table::access_keys(tx, account, account.as_str())?.is_empty()),
            ),
            // This release has none of these.
            ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 0),
            ("AccountSigningCertificatesPresent", 0),
            ("MFADevices", 0),
            ("MFADevicesInUse", 0),
            ("ServerCertificates", 0),
        ];
        let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), wire::count(count)));
        let quotas = QUOTAS.into_iter().map(|(name, quota)| (name.to_owned(), wire::count(quota)));
        Ok(GetAccountSummaryResponse { summary_map: Some(counts.chain(quotas).collect::<BTreeMap<_, _>>()) })
    }
}

/// Counts the rows of a list. It reads all of them, as the caller asks for no less.
fn count<T>(read: impl Fn(Option<&[u8]>) -> Result<Vec<(Key, T)>, StoreError>) -> Result<usize, StoreError> {
    let (mut counted, mut after) = (0_usize, None::<Key>);
    loop {
        let rows = read(after.as_deref())?;
        counted = counted.saturating_add(rows.len());
        match rows.last() {
            Some((row, _)) if rows.len() >= PAGE => after = Some(row.clone()),
            _ => return Ok(counted),
        }
    }
}
