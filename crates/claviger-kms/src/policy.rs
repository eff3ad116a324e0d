//! Key policies: the default one, and the checks of a given one before it is stored.

use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::BoundPrincipal;
use claviger_types::AccountId;

use claviger_core::authorize;
use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::ResourcePolicy;
use claviger_model::kms::error;

use super::key_lookup::FoundKey;
use super::key_permissions;

/// The name of a key's only policy.
pub(crate) const NAME: &str = "default";

/// The longest key policy in bytes (AWS KMS quota).
const POLICY_BYTES_MAX: usize = 32_768;

/// The policy of a key that was made without one: its account's IAM policies decide. The text is AWS's.
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

/// Checks a given key policy: its size, its grammar, that its principals exist, and (unless the caller skips that check) that
/// the caller could still change it. `key` has the new tags already. Returns the unique ids of the policy's users and roles.
pub(crate) fn check(
    cx: &Cx<'_, '_>,
    text: &str,
    key: &FoundKey,
    bypass_lockout_check: bool,
) -> Result<Vec<BoundPrincipal>, Error> {
    if text.len() > POLICY_BYTES_MAX {
        let text = format!("The key policy is {} bytes long; at most {POLICY_BYTES_MAX} are allowed.", text.len());
        return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
    }
    let policy = Policy::parse(text, PolicyKind::Key).map_err(|e| malformed(e.message))?;
    for principal in policy.principals() {
        if !binding::principal_exists(cx, principal)? {
            return Err(malformed("Policy contains a statement with one or more invalid principals."));
        }
    }
    let bound = binding::bind(cx, &policy)?;
    if !bypass_lockout_check && !caller_could_put(cx, policy, &bound, key)? {
        return Err(malformed("The new key policy will not allow you to update the key policy in the future."));
    }
    Ok(bound)
}

fn malformed(text: impl Into<String>) -> Error {
    Error::new(error::MALFORMED_POLICY_DOCUMENT_EXCEPTION, text)
}

/// Whether the same caller could replace the policy once the key has it. The check sets the condition keys that a later
/// PutKeyPolicy would have, since policies may test them.
fn caller_could_put(cx: &Cx<'_, '_>, policy: Policy, bound: &[BoundPrincipal], key: &FoundKey) -> Result<bool, Error> {
    let resource_policy = ResourcePolicy::NewKey(policy, bound.to_vec());
    let permission = key_permissions::permission_under("kms:PutKeyPolicy", key, resource_policy, cx)?;
    authorize::allows(cx, permission.with("kms:BypassPolicyLockoutSafetyCheck", "false"))
}
