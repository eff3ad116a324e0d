//! Names of secrets, and the lookup by `SecretId` (reference: Secrets Manager User Guide, "ARN" under "What's in a secret"; the
//! rules for partial ARNs as recorded from AWS).

use claviger_policy::Context;
use claviger_store::Shared;
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{AccountId, Arn, Partition, SecretArn};

use claviger_core::binding::StoredPolicy;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::secretsmanager::error;

/// A secret as a request names it. It may not exist. Only a caller with the permission learns that.
#[derive(Debug)]
pub(crate) struct Named {
    record: Option<Shared<SecretRecord>>,
    reference: Reference,
    /// The name in policies and denials of a secret that does not exist: as much of its ARN as was given, or the name.
    missing: Option<String>,
}

impl Named {
    /// Finds a secret by name, full ARN or partial ARN.
    pub(crate) fn find(cx: &Cx<'_, '_>, secret_id: &str) -> Result<Named, Error> {
        let reference = Reference::parse(cx, secret_id)?;
        let record = reference.find(cx)?;
        let missing = match &record {
            Some(_) => None,
            None if secret_id.starts_with("arn:") => Some(reference.arn(cx)),
            None => Some(secret_id.to_owned()),
        };
        Ok(Named { record, reference, missing })
    }

    /// Requires a permission on the secret, with the condition keys that every operation on a secret has (Service Authorization
    /// Reference, "AWS Secrets Manager").
    pub(crate) fn permission(&self, action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
        let Reference { account, .. } = &self.reference;
        let permission = match &self.record {
            Some(record) => permission(action, record),
            None => {
                let name = self.missing.as_deref().unwrap_or_default();
                RequiredPermission::new(action, name, account, ResourcePolicy::Secret(None))
                    .with("secretsmanager:SecretId", self.reference.arn(cx))
            }
        };
        // A denial names a secret of another account as the caller did: its full ARN would show that it exists, and its suffix.
        if account == cx.account() { permission } else { permission.shown_as(self.reference.arn(cx)) }
    }

    /// The secret, or the error that it does not exist.
    pub(crate) fn record(&self) -> Result<&SecretRecord, Error> {
        self.record.as_deref().ok_or_else(no_such_secret)
    }

    /// Takes the secret out, or returns the error that it does not exist.
    pub(crate) fn into_record(self) -> Result<SecretRecord, Error> {
        self.into_shared().map(Shared::into_owned)
    }

    /// As [`Named::into_record`], for reading.
    pub(crate) fn into_shared(self) -> Result<Shared<SecretRecord>, Error> {
        self.record.ok_or_else(no_such_secret)
    }

    /// Whether there is such a secret.
    pub(crate) fn exists(&self) -> bool {
        self.record.is_some()
    }

    /// An ARN for a secret that does not exist.
    pub(crate) fn imagined_arn(&self, cx: &Cx<'_, '_>) -> SecretArn {
        let Reference { account, name, suffix } = &self.reference;
        let suffix = suffix.clone().unwrap_or_else(|| draw_suffix(cx));
        SecretArn { region: cx.region().clone(), account: account.clone(), name: name.clone(), suffix }
    }
}

/// Requires a permission on a secret that exists.
pub(crate) fn permission(action: &'static str, record: &Shared<SecretRecord>) -> RequiredPermission {
    let policy = record.policy.as_ref().map(|text| StoredPolicy::new(text, &record.bound));
    let shared = record.clone();
    RequiredPermission::new(action, record.arn.text(), &record.arn.account, ResourcePolicy::Secret(policy))
        .with_lazy(move |context| set_conditions(context, &shared))
}

/// The permission that an action on a secret needs, for an operator who asks about it. None if there is no such secret.
pub fn asked_permission(
    cx: &Cx<'_, '_>,
    secret_id: &str,
    action: &'static str,
) -> Result<Option<RequiredPermission>, Error> {
    let named = Named::find(cx, secret_id)?;
    Ok(named.exists().then(|| named.permission(action, cx)))
}

/// Sets the condition keys of a secret.
fn set_conditions(context: &mut Context, record: &SecretRecord) {
    let primary = record.replication.as_ref().map_or(&record.arn.region, |r| &r.primary);
    context.set("secretsmanager:SecretId", record.arn.text());
    context.set("secretsmanager:SecretPrimaryRegion", primary.as_str());
    if let Some(kind) = &record.kind {
        context.set("secretsmanager:resource/Type", kind.as_str());
    }
    if let Some(function) = record.rotation.as_ref().and_then(|rotation| rotation.function_arn.as_deref()) {
        context.set("secretsmanager:resource/AllowRotationLambdaArn", function);
    }
    for tag in record.tags.iter().flatten() {
        context.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        context.set(format!("secretsmanager:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}

/// A parsed `SecretId`. The region of an ARN is ignored: the secret is looked for in this region.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    account: AccountId,
    name: String,
    suffix: Option<String>,
}

impl Reference {
    fn parse(cx: &Cx<'_, '_>, secret_id: &str) -> Result<Reference, Error> {
        if !secret_id.starts_with("arn:") {
            require_name(secret_id)?;
            return Ok(Reference { account: cx.account().clone(), name: secret_id.to_owned(), suffix: None });
        }
        Reference::parse_arn(secret_id, cx.partition()).ok_or_else(invalid_name)
    }

    fn parse_arn(text: &str, partition: Partition) -> Option<Reference> {
        let arn = Arn::parse(text).ok().filter(|arn| arn.service == "secretsmanager")?;
        // The same account number in another partition is another account.
        if arn.partition != partition.as_str() {
            return None;
        }
        let account = AccountId::parse(arn.account).ok()?;
        let resource = arn.resource.strip_prefix("secret:").filter(|r| is_name(r))?;
        // A tail of the form of the six characters counts as the suffix, even if it belongs to a name.
        let (name, suffix) = match resource.rsplit_once('-').filter(|(name, tail)| !name.is_empty() && is_suffix(tail))
        {
            Some((name, suffix)) => (name, Some(suffix.to_owned())),
            None => (resource, None),
        };
        Some(Reference { account, name: name.to_owned(), suffix })
    }

    fn find(&self, cx: &Cx<'_, '_>) -> Result<Option<Shared<SecretRecord>>, Error> {
        let record = secret_table::secret_shared(cx.tx, &self.account, &self.name)?;
        Ok(record.filter(|record| self.suffix.as_ref().is_none_or(|suffix| suffix == &record.arn.suffix)))
    }

    /// The ARN in this region, with as much of the suffix as was given.
    fn arn(&self, cx: &Cx<'_, '_>) -> String {
        let Reference { account, name, suffix } = self;
        let arn = format!("arn:{}:secretsmanager:{}:{account}:secret:{name}", cx.partition(), cx.region());
        suffix.as_ref().map_or_else(|| arn.clone(), |suffix| format!("{arn}-{suffix}"))
    }
}

/// The six characters of a new secret's ARN.
pub(crate) fn draw_suffix(cx: &Cx<'_, '_>) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    cx.random.text(SUFFIX_LEN, ALPHABET)
}

const SUFFIX_LEN: usize = 6;

fn is_suffix(text: &str) -> bool {
    text.len() == SUFFIX_LEN && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Checks the characters of a name.
pub(crate) fn require_name(name: &str) -> Result<(), Error> {
    if is_name(name) { Ok(()) } else { Err(invalid_name()) }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&b))
}

fn invalid_name() -> Error {
    let text =
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
    Error::Validation(text.to_owned())
}

fn no_such_secret() -> Error {
    Error::new(error::RESOURCE_NOT_FOUND_EXCEPTION, "Secrets Manager can't find the specified secret.")
}

/// The error that no version has this id, or that it has no value yet.
pub(crate) fn no_such_version(id: &str) -> Error {
    let text = format!("Secrets Manager can't find the specified secret value for VersionId: {id}");
    Error::new(error::RESOURCE_NOT_FOUND_EXCEPTION, text)
}

/// The error that no version has this label.
pub(crate) fn no_such_stage(label: &str) -> Error {
    let text = format!("Secrets Manager can't find the specified secret value for staging label: {label}");
    Error::new(error::RESOURCE_NOT_FOUND_EXCEPTION, text)
}

/// A secret that is scheduled for deletion can only be described, restored, and deleted by force.
pub(crate) fn require_not_deleted(record: &SecretRecord) -> Result<(), Error> {
    if record.deletion.is_some() {
        let text = "You can't perform this operation on the secret because it was marked for deletion.";
        return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
    }
    Ok(())
}

/// A replica is written in its primary's region only.
pub(crate) fn require_primary(record: &SecretRecord) -> Result<(), Error> {
    if record.is_replica() {
        let text = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
        return Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
    }
    Ok(())
}

/// The condition for every change but deletion and restoring.
pub(crate) fn require_writable(record: &SecretRecord) -> Result<(), Error> {
    require_primary(record)?;
    require_not_deleted(record)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "prod/db", "/a//b/", "rds!cluster-1", "x_+=.@-!", "A-Z0-9"] {
            assert!(require_name(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a*", "a?", "a\\b", "a]", "a:b", "ä", "a\n"] {
            assert!(require_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn arns() {
        let aws = claviger_types::Region::parse("us-east-1").unwrap().partition();
        let parse = |text: &str| Reference::parse_arn(text, aws);
        let parsed = |resource: &str| {
            let arn = format!("arn:aws:secretsmanager:us-east-1:111122223333:{resource}");
            let arn = parse(&arn);
            arn.map(|r| (r.name, r.suffix.unwrap_or_default()))
        };
        let pair = |name: &str, suffix: &str| Some((name.to_owned(), suffix.to_owned()));
        assert_eq!(parsed("secret:db-a1B2c3"), pair("db", "a1B2c3"));
        assert_eq!(parsed("secret:db"), pair("db", ""));
        assert_eq!(parsed("secret:db-a1b2"), pair("db-a1b2", ""));
        assert_eq!(parsed("secret:db-a1b2c3-"), pair("db-a1b2c3-", ""));
        assert_eq!(parsed("secret:db-a1b2c3-XyZ012"), pair("db-a1b2c3", "XyZ012"));
        assert_eq!(parsed("secret:-a1B2c3"), pair("-a1B2c3", ""));
        assert_eq!(parsed("secret:"), None);
        assert_eq!(parsed("secret:a b"), None);
        assert_eq!(parsed("key/db"), None);
        assert_eq!(parse("arn:aws:kms:us-east-1:111122223333:secret:db"), None);
        assert_eq!(parse("arn:aws:secretsmanager:us-east-1:1:secret:db"), None);
        assert_eq!(parse("arn:aws:secretsmanager"), None);
        assert_eq!(parse("arn:aws-cn:secretsmanager:us-east-1:111122223333:secret:db"), None);
    }
}
