//! Sessions that GetSessionToken and GetFederationToken began: of a user or root, or of whom they vouch for. They open less than the keys they were
//! made with.

use claviger_types::{Caller, CallerKind};

use claviger_core::context::Cx;
use claviger_core::error::Error;

/// Whether the caller's credentials are those of GetSessionToken or GetFederationToken.
pub(crate) fn is(caller: &Caller) -> bool {
    caller.session.is_some() && !matches!(caller.kind, CallerKind::RoleSession { .. })
}

/// Of STS they open GetCallerIdentity, and those of GetSessionToken AssumeRole too (reference: AWS STS, GetSessionToken).
pub(crate) fn refuse(cx: &Cx<'_, '_>, operation: &str) -> Result<(), Error> {
    if is(cx.caller) {
        return Err(Error::Denied(format!("Cannot call {operation} with session credentials")));
    }
    Ok(())
}
