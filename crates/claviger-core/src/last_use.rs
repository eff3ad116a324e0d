//! When roles and access keys were last used. `last_use_job.rs` writes it.

use claviger_store::tables::last_use_table::UsedPrincipal;
use claviger_types::{Caller, CallerKind, Timestamp};

use crate::uses::{Use, Uses};

/// The latest use of a role or access key.
#[derive(Clone)]
pub(crate) struct PrincipalUse {
    pub(crate) principal: UsedPrincipal,
    pub(crate) at: Timestamp,
    pub(crate) service: &'static str,
}

impl Use for PrincipalUse {
    fn id(&self) -> &str {
        self.principal.id()
    }

    fn at(&self) -> Timestamp {
        self.at
    }
}

/// Uses of roles and access keys that are not written yet.
pub(crate) type LastUses = Uses<PrincipalUse>;

/// Notes that a caller has signed a request. AWS tracks the access keys of users and the sessions of roles; the root and the
/// sessions of users have no last use.
pub(crate) fn note(uses: &LastUses, caller: &Caller, service: &'static str, at: Timestamp) {
    let id = match &caller.kind {
        CallerKind::RoleSession { role_id, .. } => role_id,
        CallerKind::User { .. } if caller.session.is_none() => &caller.access_key_id,
        CallerKind::User { .. } | CallerKind::Root | CallerKind::WebIdentity(_) | CallerKind::FederatedUser { .. } => {
            return;
        }
    };
    let update = |known: &mut PrincipalUse| (known.at, known.service) = (at, service);
    uses.note(id, at, update, || PrincipalUse { principal: principal(caller), at, service });
}

fn principal(caller: &Caller) -> UsedPrincipal {
    match &caller.kind {
        CallerKind::RoleSession { role, role_id, .. } => {
            UsedPrincipal::Role { account: caller.account.clone(), name: role.clone(), id: role_id.clone() }
        }
        _ => UsedPrincipal::AccessKey { id: caller.access_key_id.clone() },
    }
}
