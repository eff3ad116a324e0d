//! Key policies: the default one, and what a given one has to pass before it is stored.

use claviger_policy::{Policy, PolicyKind};
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
        if !principal_exists(cx, principal.as_str())? {
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

/// Users and roles of accounts that live here must exist. What a policy says of other accounts' principals cannot be known here
/// and is taken as given.
pub(crate) fn principal_exists(cx: &Cx<'_, '_>, principal: &str) -> Result<bool, Error> {
    if principal == "*" || AccountId::parse(principal).is_ok() {
        return Ok(true);
    }
    let Ok(arn) = Arn::parse(principal) else { return Ok(!principal.contains(':')) };
    let Ok(account) = AccountId::parse(arn.account) else { return Ok(false) };
    if arn.partition != cx.partition().as_str() {
        return Ok(false);
    }
    let last = |rest: &str| rest.rsplit('/').next().unwrap_or_default().to_owned();
    if arn.service == "iam" && arn.resource == "root" {
        Ok(true)
    } else if let Some(name) = arn.resource.strip_prefix("user/").filter(|_| arn.service == "iam") {
        Ok(iam::user(&cx.tx, &account, &last(name))?.is_some())
    } else if let Some(name) = arn.resource.strip_prefix("role/").filter(|_| arn.service == "iam") {
        Ok(iam::role(&cx.tx, &account, &last(name))?.is_some())
    } else if let Some(session) = arn.resource.strip_prefix("assumed-role/").filter(|_| arn.service == "sts") {
        let role = session.split('/').next().unwrap_or_default();
        Ok(iam::role(&cx.tx, &account, role)?.is_some())
    } else {
        Ok(false)
    }
}
