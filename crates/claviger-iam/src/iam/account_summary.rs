//! GetAccountSummary: how many of each kind of IAM resource the account has, and how many it can have.

use std::collections::BTreeMap;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::GetAccountSummaryResponse;
use claviger_store::tables::{group_table, iam_table, identity_provider_table, instance_profile_table};
use claviger_store::{Error as StoreError, Key};

use super::{access, wire};

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// AWS's quotas that this service enforces, by the name in the answer (reference: IAM User Guide, "IAM and AWS STS quotas").
const QUOTAS: [(&str, i32); 9] = [
    ("AccessKeysPerUserQuota", 2),
    ("AssumeRolePolicySizeQuota", 2_048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GroupsPerUserQuota", 10),
    ("PolicySizeQuota", 6_144),
    ("UserPolicySizeQuota", 2_048),
    ("VersionsPerPolicyQuota", 5),
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
        let quotas = QUOTAS.into_iter().map(|(name, quota)| (name.to_owned(), quota));
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
