//! Rules for resource policies.

use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::BoundPrincipal;

use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::secretsmanager::{SERVICE, error};
use claviger_types::SecretArn;

/// Checks a policy before it is stored: its grammar, and that its principals exist. Returns it with the unique ids of its users and
/// roles.
pub(crate) fn check(cx: &Cx<'_, '_>, text: &str) -> Result<(Policy, Vec<BoundPrincipal>), Error> {
    let policy = Policy::parse(text, PolicyKind::Resource).map_err(|e| malformed(e.message))?;
    for principal in policy.principals() {
        if !binding::principal_exists(cx, principal)? {
            return Err(malformed("This resource policy contains an unsupported principal"));
        }
    }
    let bound = binding::bind(cx, &policy)?;
    Ok((policy, bound))
}

/// Why `BlockPublicPolicy` refuses a policy of this secret, or of one that is not given. None if the policy lets no stranger in.
pub(crate) fn public_access(policy: &Policy, secret: Option<&SecretArn>) -> Option<String> {
    let operations = SERVICE.operations.iter();
    let actions: Vec<String> = operations.map(|operation| format!("secretsmanager:{}", operation.name)).collect();
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let arn = secret.map(SecretArn::to_string);
    let statement = policy.public_statement(&actions, arn.as_deref())?;
    let named = match &statement.sid {
        Some(sid) => sid.to_string(),
        None => format!("number {}", statement.index + 1),
    };
    Some(format!("The resource policy gives broad access to the secret in its statement {named}."))
}

/// Why a policy is refused under which the caller could not change it again.
pub(crate) const LOCKS_OUT: &str =
    "The new resource policy will not allow you to update the resource policy in the future.";

/// The error for such a policy.
pub(crate) fn locks_out() -> Error {
    malformed(LOCKS_OUT)
}

fn malformed(text: impl Into<String>) -> Error {
    Error::new(error::MALFORMED_POLICY_DOCUMENT_EXCEPTION, text)
}
