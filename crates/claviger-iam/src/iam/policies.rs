//! Managed policies: finding them by ARN, and helpers that several operations share.

use claviger_model::iam::Policy as WirePolicy;
use claviger_store::tables::Tag;
use claviger_store::tables::iam_table::{self, PolicyRecord, PolicyUseCount};
use claviger_store::tables::policy_version_table::{self as version_table, PolicyVersionRecord};
use claviger_types::{Arn, IamArn, IamKind};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;

use super::on_resource::{Found, IamResource};
use super::{announce, tags, wire};
use claviger_core::aws_managed_policies::{self as managed, AwsPolicy};

/// Versions that a policy can have.
pub(crate) const VERSIONS_MAX: usize = 5;

/// A managed policy of the account or of AWS.
pub(crate) enum Managed {
    /// One of the account's.
    Own(PolicyRecord),
    /// One of AWS's, with its ARN.
    Aws(&'static AwsPolicy, String),
}

/// For operations that read: any policy.
impl IamResource for Managed {
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<Managed>, Error> {
        check_arn(cx, named)?;
        Ok(Found { arn: named.to_owned(), resource: read(cx, named)?.ok_or_else(|| not_found(named)) })
    }

    fn unique_id(&self) -> &str {
        match self {
            Managed::Own(record) => &record.id,
            Managed::Aws(policy, _) => policy.id,
        }
    }

    fn tags(&self) -> &[Tag] {
        match self {
            Managed::Own(record) => &record.tags,
            Managed::Aws(..) => &[],
        }
    }
}

/// For operations that write: the account's own.
impl IamResource for PolicyRecord {
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<PolicyRecord>, Error> {
        check_arn(cx, named)?;
        let resource = match read(cx, named)? {
            Some(Managed::Own(record)) => Ok(record),
            Some(Managed::Aws(..)) => {
                Err(Error::Denied(format!("Policy {named} is kept by AWS and cannot be changed.")))
            }
            None => Err(not_found(named)),
        };
        Ok(Found { arn: named.to_owned(), resource })
    }

    fn unique_id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl Managed {
    /// The policy without its documents, as GetPolicy and ListPolicies show it; the list leaves out description and tags.
    pub(crate) fn shown(&self, cx: &Cx<'_, '_>, in_full: bool) -> Result<WirePolicy, Error> {
        let (mut policy, description, tags) = match self {
            Managed::Own(record) => (own(cx, record)?, record.description.clone(), tags::shown(&record.tags)),
            Managed::Aws(policy, arn) => (aws(cx, policy, arn)?, Some(policy.description.to_owned()), None),
        };
        if in_full {
            (policy.description, policy.tags) = (description, tags);
        }
        Ok(policy)
    }

    /// Its path.
    pub(crate) fn path(&self) -> &str {
        match self {
            Managed::Own(record) => &record.path,
            Managed::Aws(..) => "/",
        }
    }

    /// How many of the account's users, groups and roles use it.
    pub(crate) fn uses(&self, cx: &Cx<'_, '_>) -> Result<PolicyUseCount, Error> {
        match self {
            Managed::Own(record) => count_uses(cx, &arn(cx, record)),
            Managed::Aws(_, arn) => count_uses(cx, arn),
        }
    }

    /// Its versions, newest first.
    pub(crate) fn versions(&self, cx: &Cx<'_, '_>) -> Result<Vec<PolicyVersionRecord>, Error> {
        match self {
            Managed::Own(record) => {
                let mut versions = version_table::policy_versions(cx.tx, &record.account, &record.id)?;
                versions.reverse();
                Ok(versions)
            }
            Managed::Aws(policy, _) => Ok(vec![aws_version(cx, policy)]),
        }
    }

    /// The version with an id (`v3`); `arn` is the policy's.
    pub(crate) fn version(&self, cx: &Cx<'_, '_>, arn: &str, id: &str) -> Result<PolicyVersionRecord, Error> {
        match self {
            Managed::Own(record) => own_version(cx, record, arn, id),
            Managed::Aws(policy, _) if id == wire::version_id(1) => Ok(aws_version(cx, policy)),
            Managed::Aws(..) => Err(no_version(arn, id)),
        }
    }

    /// The number of the version in force.
    pub(crate) fn default_version(&self) -> u32 {
        match self {
            Managed::Own(record) => record.default_version,
            Managed::Aws(..) => 1,
        }
    }
}

fn own(cx: &Cx<'_, '_>, record: &PolicyRecord) -> Result<WirePolicy, Error> {
    let arn = arn(cx, record);
    let uses = count_uses(cx, &arn)?;
    Ok(WirePolicy {
        policy_name: Some(record.name.clone()),
        policy_id: Some(record.id.clone()),
        arn: Some(arn),
        path: Some(record.path.clone()),
        default_version_id: Some(wire::version_id(record.default_version)),
        attachment_count: Some(wire::count(uses.attached)),
        permissions_boundary_usage_count: Some(wire::count(uses.bounding)),
        is_attachable: Some(true),
        create_date: Some(record.created),
        update_date: Some(record.updated),
        ..WirePolicy::default()
    })
}

fn aws(cx: &Cx<'_, '_>, policy: &AwsPolicy, arn: &str) -> Result<WirePolicy, Error> {
    let uses = count_uses(cx, arn)?;
    Ok(WirePolicy {
        policy_name: Some(policy.name.to_owned()),
        policy_id: Some(policy.id.to_owned()),
        arn: Some(arn.to_owned()),
        path: Some("/".to_owned()),
        default_version_id: Some(wire::version_id(1)),
        attachment_count: Some(wire::count(uses.attached)),
        permissions_boundary_usage_count: Some(wire::count(uses.bounding)),
        is_attachable: Some(true),
        create_date: Some(policy.created()),
        update_date: Some(policy.created()),
        ..WirePolicy::default()
    })
}

/// Counts the account's users, groups and roles that use a policy.
pub(crate) fn count_uses(cx: &Cx<'_, '_>, arn: &str) -> Result<PolicyUseCount, Error> {
    Ok(iam_table::count_policy_uses(cx.tx, cx.account(), arn)?)
}

/// The ARN of a policy of the caller's account.
pub(crate) fn arn(cx: &Cx<'_, '_>, record: &PolicyRecord) -> String {
    arn_of(cx, &record.path, &record.name)
}

/// The ARN that a policy of the caller's account has or would have.
pub(crate) fn arn_of(cx: &Cx<'_, '_>, path: &str, name: &str) -> String {
    IamArn::new(cx.partition(), cx.account(), IamKind::Policy, path, name).to_string()
}

/// Checks the form of a managed policy's ARN.
pub(crate) fn check_arn(cx: &Cx<'_, '_>, text: &str) -> Result<(), Error> {
    // The two spaces are AWS's.
    let parsed = Arn::parse(text).map_err(|_| Error::Validation("Invalid ARN:  Could not be parsed!".to_owned()))?;
    let valid = parsed.partition == cx.partition().as_str()
        && parsed.service == "iam"
        && parsed.region.is_empty()
        && parsed.resource.strip_prefix("policy/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'));
    if valid { Ok(()) } else { Err(Error::new(error::INVALID_INPUT_EXCEPTION, format!("ARN {text} is not valid."))) }
}

/// Reads the policy with an ARN: one of AWS's, or one of the caller's account.
pub(crate) fn read(cx: &Cx<'_, '_>, text: &str) -> Result<Option<Managed>, Error> {
    if let Some(policy) = managed::find(text) {
        return Ok(Some(Managed::Aws(policy, policy.arn(cx.partition()))));
    }
    let Ok(named) = IamArn::parse(text) else { return Ok(None) };
    let record = iam_table::policy(cx.tx, cx.account(), &named.name)?;
    // Account, path and the name's case are part of the ARN and must be right too.
    Ok(record.filter(|record| arn(cx, record) == text).map(Managed::Own))
}

/// Whether the policy with an ARN can be attached or be a boundary; `text` is the text of the refusal.
pub(crate) fn require_attachable(cx: &Cx<'_, '_>, arn: &str, text: impl Fn(&str) -> String) -> Result<(), Error> {
    check_arn(cx, arn)?;
    match read(cx, arn)? {
        Some(_) => Ok(()),
        None => Err(Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text(arn))),
    }
}

/// Stores a policy and announces it to the other regions.
pub(crate) fn save(cx: &mut Cx<'_, '_>, record: &PolicyRecord) -> Result<(), Error> {
    iam_table::save_policy(cx.tx, record)?;
    announce::policy(cx, &record.name)
}

/// The error that no policy has that ARN.
pub(crate) fn not_found(arn: &str) -> Error {
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, format!("Policy {arn} was not found."))
}

/// The version of one of the account's policies with an id (`v3`); `arn` is the policy's.
pub(crate) fn own_version(
    cx: &Cx<'_, '_>,
    record: &PolicyRecord,
    arn: &str,
    id: &str,
) -> Result<PolicyVersionRecord, Error> {
    let found = match version_number(id) {
        Some(number) => version_table::policy_version(cx.tx, &record.account, &record.id, number)?,
        None => None,
    };
    found.ok_or_else(|| no_version(arn, id))
}

fn aws_version(cx: &Cx<'_, '_>, policy: &AwsPolicy) -> PolicyVersionRecord {
    PolicyVersionRecord {
        account: cx.account().clone(),
        policy_id: policy.id.to_owned(),
        number: 1,
        document: policy.document.to_owned(),
        created: policy.created(),
    }
}

fn no_version(arn: &str, id: &str) -> Error {
    Error::new(
        error::NO_SUCH_ENTITY_EXCEPTION,
        format!("Policy {arn} version {id} does not exist or is not attachable."),
    )
}

/// The number of a version id: 3 for `v3`, none for another spelling of it.
fn version_number(id: &str) -> Option<u32> {
    let number = id.strip_prefix('v')?.parse::<u32>().ok()?;
    (wire::version_id(number) == id).then_some(number)
}

/// Stores a version and announces it to the other regions.
pub(crate) fn save_version(cx: &mut Cx<'_, '_>, version: &PolicyVersionRecord) -> Result<(), Error> {
    version_table::save_policy_version(cx.tx, version)?;
    announce::row(cx, version)
}

/// Deletes a version and announces that to the other regions.
pub(crate) fn delete_version(cx: &mut Cx<'_, '_>, version: &PolicyVersionRecord) -> Result<(), Error> {
    version_table::delete_policy_version(cx.tx, version)?;
    announce::row(cx, version)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_version_id_has_one_spelling() {
        assert_eq!(version_number("v1"), Some(1));
        assert_eq!(version_number("v12"), Some(12));
        for none in ["v01", "1", "v", "v+1", "v1.a", "v99999999999999"] {
            assert_eq!(version_number(none), None, "{none}");
        }
    }
}
