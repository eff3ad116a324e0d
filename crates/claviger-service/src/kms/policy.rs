//! Key policies: the default one, and what a given one has to pass before it is stored.

use claviger_policy::{Policy, PolicyKind, PrincipalPattern};
use claviger_store::tables::iam;
use claviger_types::{AccountId, Arn, KeyArn};

use crate::authorize::{self, Demand, Guard};
use crate::error::Error;
use crate::operation::Cx;

/// The name of a key's only policy.
pub(crate) const NAME: &str = "default";

/// The longest key policy in bytes (AWS KMS quota).
const POLICY_BYTES_MAX: usize = 32_768;

/// The policy of a key that was made without one: its account's IAM policies decide. Written as AWS prints it.
pub(crate) fn default_policy(cx: &Cx<'_, '_>, account: &AccountId) -> String {
    let root = account.root_arn(cx.partition());
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{root}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

/// Checks a given key policy: its size, its grammar, that its principals exist, and (unless the caller asks to skip that) that the
/// caller could still change it.
pub(crate) fn check(cx: &Cx<'_, '_>, text: &str, key: &KeyArn, bypass_lockout_check: bool) -> Result<(), Error> {
    if text.len() > POLICY_BYTES_MAX {
        let text = format!("The key policy is {} bytes long; at most {POLICY_BYTES_MAX} are allowed.", text.len());
        return Err(Error::new("LimitExceededException", text));
    }
    let policy = Policy::parse(text, PolicyKind::Key).map_err(|e| malformed(e.message))?;
    for principal in policy.principals() {
        if !principal_exists(cx, principal)? {
            return Err(malformed("Policy contains a statement with one or more invalid principals."));
        }
    }
    if !bypass_lockout_check && !caller_could_put(cx, text, key)? {
        return Err(malformed("The new key policy will not allow you to update the key policy in the future."));
    }
    Ok(())
}

fn malformed(text: impl Into<String>) -> Error {
    Error::new("MalformedPolicyDocumentException", text)
}

fn caller_could_put(cx: &Cx<'_, '_>, text: &str, key: &KeyArn) -> Result<bool, Error> {
    let guard = Guard::Key(text.to_owned());
    let demand = Demand::new("kms:PutKeyPolicy", key.to_string(), &key.account, guard)
        .with("kms:CallerAccount", cx.account().as_str());
    authorize::allows(cx, demand)
}

/// Users and roles that a policy names must exist: a policy must not wait for whoever takes the name next.
pub(crate) fn principal_exists(cx: &Cx<'_, '_>, principal: &PrincipalPattern) -> Result<bool, Error> {
    let arn = match principal {
        PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) | PrincipalPattern::Session(arn) => arn,
        PrincipalPattern::UniqueId(_) => return Ok(false),
        PrincipalPattern::Anyone
        | PrincipalPattern::Account(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_) => return Ok(true),
    };
    let (Ok(arn), partition) = (Arn::parse(arn), cx.partition()) else { return Ok(false) };
    let Ok(account) = AccountId::parse(arn.account) else { return Ok(false) };
    if arn.partition != partition.as_str() {
        return Ok(false);
    }
    // An ARN with another path than the entity's own names nobody.
    let full = |kind: &str, path: &str, name: &str| arn.resource == format!("{kind}{path}{name}");
    let last = arn.resource.rsplit('/').next().unwrap_or_default();
    Ok(match principal {
        PrincipalPattern::User(_) => {
            iam::user(cx.tx, &account, last)?.is_some_and(|u| full("user", &u.identity.path, &u.identity.name))
        }
        PrincipalPattern::Role(_) => {
            iam::role(cx.tx, &account, last)?.is_some_and(|r| full("role", &r.identity.path, &r.identity.name))
        }
        _ => {
            let role = arn.resource.split('/').nth(1).unwrap_or_default();
            iam::role(cx.tx, &account, role)?.is_some()
        }
    })
}
