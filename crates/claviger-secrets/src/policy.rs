//! Rules for resource policies.

use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::BoundPrincipal;

use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

/// Checks a policy before it is stored: its grammar, that its principals exist and, if the caller requires it, that it is not
/// public. Returns the unique ids of its users and roles.
pub(crate) fn check(cx: &Cx<'_, '_>, text: &str, block_public: bool) -> Result<Vec<BoundPrincipal>, Error> {
    let policy = Policy::parse(text, PolicyKind::Resource).map_err(|e| malformed(e.message))?;
    for principal in policy.principals() {
        if !binding::principal_exists(cx, principal)? {
            return Err(malformed("This resource policy contains an unsupported principal"));
        }
    }
    if block_public && policy.grants_public_access() {
        let text = "The resource policy gives broad access to the secret, which BlockPublicPolicy rules out.";
        return Err(Error::new(error::PUBLIC_POLICY_EXCEPTION, text));
    }
    binding::bind(cx, &policy)
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
