//! The permission that an action on a resource needs.

use std::sync::OnceLock;

use claviger_core::binding::StoredPolicy;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_kms::key_lookup::{self, Lookup};
use claviger_kms::key_permissions;
use claviger_secrets::lookup;
use claviger_store::tables::iam_table;
use claviger_types::{AccountId, Arn, CallerKind, IamArn, IamKind};

use super::ExplainError;
use super::principals::SESSION;
use crate::SERVICES;

/// The actions that no operation is named after.
const FURTHER: [&str; 3] = ["sts:TagSession", "sts:SetSourceIdentity", "iam:PassRole"];

/// An action in the spelling of its service. Actions are compared without regard to case.
pub(super) fn action(named: &str) -> Option<&'static str> {
    static ACTIONS: OnceLock<Vec<String>> = OnceLock::new();
    let actions = ACTIONS.get_or_init(|| {
        let of_service = |service: &'static claviger_core::service::ServiceDefinition| {
            let prefix = service.model.signing_name;
            service.model.operations.iter().map(move |operation| format!("{prefix}:{}", operation.name))
        };
        SERVICES.0.iter().flat_map(of_service).chain(FURTHER.map(str::to_owned)).collect()
    });
    actions.iter().find(|action| action.eq_ignore_ascii_case(named)).map(String::as_str)
}

/// The permission for an action.
pub(super) fn permission(
    cx: &Cx<'_, '_>,
    action: &'static str,
    resource: &str,
) -> Result<RequiredPermission, ExplainError> {
    let by_identity = |owner: &AccountId| RequiredPermission::new(action, resource, owner, ResourcePolicy::Identity);
    let missing = || ExplainError::Resource { resource: resource.to_owned(), region: cx.region().to_string() };
    let arn = Arn::parse(resource).ok();
    let owner = arn.as_ref().and_then(|arn| AccountId::parse(arn.account).ok());
    let (Some(arn), Some(owner)) = (arn, owner) else {
        // The policy of a resource decides too, so the resource must be known.
        return if has_resource(action) {
            Err(ExplainError::NeedsResource(action))
        } else {
            Ok(by_identity(cx.account()))
        };
    };
    let is_here = arn.partition == cx.partition().as_str() && arn.region == cx.region().as_str();
    let found = match arn.service {
        "kms" if arn.resource.starts_with("key/") || arn.resource.starts_with("alias/") => match is_here {
            // An action on an alias itself needs a permission on it by the caller's own policies.
            true if arn.resource.starts_with("alias/") && action.ends_with("Alias") => Some(by_identity(&owner)),
            true => of_key(cx, action, resource)?,
            false => None,
        },
        "secretsmanager" => match is_here {
            true => lookup::asked_permission(cx, resource, action)?,
            false => None,
        },
        "iam" if action.starts_with("sts:") => of_role(cx, action, resource)?,
        _ => Some(by_identity(&owner)),
    };
    found.ok_or_else(missing)
}

/// The actions of KMS and Secrets Manager that are about no single key or secret.
const WITHOUT_RESOURCE: [&str; 13] = [
    "kms:ConnectCustomKeyStore",
    "kms:CreateCustomKeyStore",
    "kms:CreateKey",
    "kms:DeleteCustomKeyStore",
    "kms:DescribeCustomKeyStores",
    "kms:DisconnectCustomKeyStore",
    "kms:GenerateRandom",
    "kms:ListAliases",
    "kms:ListKeys",
    "kms:UpdateCustomKeyStore",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:ListSecrets",
];

/// Whether an action is decided by the policy of a resource too.
fn has_resource(action: &str) -> bool {
    let is_of_role =
        action.starts_with("sts:AssumeRole") || ["sts:TagSession", "sts:SetSourceIdentity"].contains(&action);
    let is_of_service = action.starts_with("kms:") || action.starts_with("secretsmanager:");
    is_of_role || (is_of_service && !WITHOUT_RESOURCE.contains(&action))
}

fn of_key(cx: &Cx<'_, '_>, action: &'static str, arn: &str) -> Result<Option<RequiredPermission>, Error> {
    match key_lookup::find(cx, arn) {
        Ok(Lookup::Found(key)) => key_permissions::permission(action, &key, cx).map(Some),
        // KMS says that a key does not exist. A failure of the store is one.
        Ok(Lookup::Unseen { .. }) | Err(Error::Service { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn of_role(cx: &Cx<'_, '_>, action: &'static str, arn: &str) -> Result<Option<RequiredPermission>, Error> {
    let Some(named) = IamArn::parse(arn).ok().filter(|named| named.kind == IamKind::Role) else { return Ok(None) };
    let Some(account) = named.account() else { return Ok(None) };
    let role = iam_table::role_shared(cx.tx, account, &named.name)?;
    let role = role.filter(|role| role.identity.path == named.path && role.identity.name == named.name);
    Ok(role.map(|role| {
        let trust = StoredPolicy::new(&role.trust, &role.bound);
        let is_own = matches!(&cx.caller.kind, CallerKind::RoleSession { role_id, .. } if *role_id == role.identity.id);
        // Nobody assumes a role as a root, but in dev mode; a trust policy for the role's own sessions admits no root either.
        let refuses_root = cx.caller.is_root() && !cx.facts.dev;
        let trust = if is_own || refuses_root { ResourcePolicy::OwnTrust(trust) } else { ResourcePolicy::Trust(trust) };
        let permission = RequiredPermission::new(action, arn, account, trust).with("sts:RoleSessionName", SESSION);
        role.identity.tags.iter().fold(permission, |permission, tag| {
            permission
                .with(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str())
                .with(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str())
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::action;

    #[test]
    fn actions_are_found_in_any_case() {
        assert_eq!(action("KMS:decrypt"), Some("kms:Decrypt"));
        assert_eq!(action("secretsmanager:GetSecretValue"), Some("secretsmanager:GetSecretValue"));
        assert_eq!(action("sts:TagSession"), Some("sts:TagSession"));
        for none in ["kms:*", "s3:GetObject", "Decrypt", ""] {
            assert_eq!(action(none), None, "{none}");
        }
    }
}
