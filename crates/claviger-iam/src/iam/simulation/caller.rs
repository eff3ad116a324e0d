//! The user that a request names as the caller of what it simulates.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_policy::{Context, Principal};
use claviger_types::{AccountId, IamArn, IamKind};

use super::evaluate::invalid;

/// The user of a `CallerArn`, which need not exist, with the condition keys that its requests have.
pub(super) fn named(cx: &Cx<'_, '_>, given: &str) -> Result<(Principal, Context), Error> {
    let arn = IamArn::parse(given).ok().filter(|arn| arn.kind == IamKind::User && arn.partition == cx.partition());
    let Some((arn, account)) = arn.as_ref().and_then(|arn| Some((arn, arn.account()?))) else {
        return Err(invalid("caller ARN", given));
    };
    let mut keys = keys(given, account, "User");
    keys.set("aws:username", arn.name.as_str());
    Ok((principal(given, account), keys))
}

/// The caller of a simulation that names none. Only a resource's policy would ask for one.
pub(super) fn unnamed(cx: &Cx<'_, '_>, resource_policy: Option<&str>) -> Result<(Principal, Context), Error> {
    match resource_policy {
        Some(_) => {
            let text = "A resource policy can be simulated only for the user that CallerArn names.";
            Err(Error::new(error::INVALID_INPUT_EXCEPTION, text))
        }
        None => Ok((principal(&cx.caller.arn(cx.partition()), cx.account()), Context::new())),
    }
}

/// The keys of all requests of a user or role.
pub(super) fn keys(arn: &str, account: &AccountId, kind: &str) -> Context {
    let mut keys = Context::new();
    keys.set("aws:principalarn", arn);
    keys.set("aws:principalaccount", account.as_str());
    keys.set("aws:principaltype", kind.to_owned());
    keys
}

fn principal(arn: &str, account: &AccountId) -> Principal {
    Principal {
        account: account.to_string(),
        arn: arn.to_owned(),
        role_arn: None,
        is_root: false,
        unique_id: String::new(),
    }
}
