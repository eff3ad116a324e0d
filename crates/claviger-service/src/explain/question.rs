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
use claviger_types::{AccountId, Arn, IamArn, IamKind};

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

/// The permission for an action. None if the resource is one of this region and does not exist.
pub(super) fn permission(
    cx: &Cx<'_, '_>,
    action: &'static str,
    resource: &str,
) -> Result<Option<RequiredPermission>, Error> {
    let by_identity = |owner: &AccountId| RequiredPermission::new(action, resource, owner, ResourcePolicy::Identity);
    let Ok(arn) = Arn::parse(resource) else { return Ok(Some(by_identity(cx.account()))) };
    let Ok(owner) = AccountId::parse(arn.account) else { return Ok(Some(by_identity(cx.account()))) };
    let is_here = arn.partition == cx.partition().as_str() && arn.region == cx.region().as_str();
    match arn.service {
        "kms" if arn.resource.starts_with("key/") => match is_here {
            true => of_key(cx, action, resource),
            false => Ok(None),
        },
        "secretsmanager" => match is_here {
            true => lookup::asked_permission(cx, resource, action),
            false => Ok(None),
        },
        "iam" if action.starts_with("sts:") => of_role(cx, action, resource),
        _ => Ok(Some(by_identity(&owner))),
    }
}

fn of_key(cx: &Cx<'_, '_>, action: &'static str, arn: &str) -> Result<Option<RequiredPermission>, Error> {
    match key_lookup::find_by_id(cx, arn) {
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
        let trust = ResourcePolicy::Trust(StoredPolicy::new(&role.trust, &role.bound));
        RequiredPermission::new(action, arn, account, trust)
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
