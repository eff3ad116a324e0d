//! When users, roles and access keys last used each service. `last_use_job.rs` writes it.

use claviger_store::tables::last_use_table::UsedPrincipal;
use claviger_types::{Caller, CallerKind, Timestamp};

use crate::uses::{Use, Uses};

/// The latest uses of a user, role or access key.
#[derive(Clone)]
pub(crate) struct PrincipalUse {
    pub(crate) principal: UsedPrincipal,
    /// The latest use of each service; at least one. A region serves few services, so the list is short.
    pub(crate) services: Vec<(&'static str, Timestamp)>,
}

impl PrincipalUse {
    /// Adds the use of a service, unless a later one is known.
    fn add(&mut self, service: &'static str, at: Timestamp) {
        match self.services.iter_mut().find(|(known, _)| *known == service) {
            Some((_, latest)) => *latest = at.max(*latest),
            None => self.services.push((service, at)),
        }
    }
}

impl Use for PrincipalUse {
    fn id(&self) -> &str {
        self.principal.id()
    }

    fn at(&self) -> Timestamp {
        self.services.iter().map(|(_, at)| *at).max().unwrap_or(Timestamp(i64::MIN))
    }

    fn merge(&mut self, other: &PrincipalUse) {
        other.services.iter().for_each(|&(service, at)| self.add(service, at));
    }
}

/// Uses of users, roles and access keys that are not written yet.
pub(crate) type LastUses = Uses<PrincipalUse>;

/// Notes that a caller has signed a request. A request is noted once: under the access key of a user, under the user itself if a
/// session of GetSessionToken signed it, or under the role of a session. The root and federated sessions have no last use.
pub(crate) fn note(uses: &LastUses, caller: &Caller, service: &'static str, at: Timestamp) {
    let id = match &caller.kind {
        CallerKind::RoleSession { role_id, .. } => role_id,
        CallerKind::User { .. } if caller.session.is_none() => &caller.access_key_id,
        CallerKind::User { id, .. } => id,
        CallerKind::Root | CallerKind::WebIdentity(_) | CallerKind::FederatedUser { .. } => return,
    };
    let make = || PrincipalUse { principal: principal(caller), services: vec![(service, at)] };
    uses.note(id, |known| known.add(service, at), make);
}

fn principal(caller: &Caller) -> UsedPrincipal {
    match &caller.kind {
        CallerKind::RoleSession { role, role_id, .. } => {
            UsedPrincipal::Role { account: caller.account.clone(), name: role.clone(), id: role_id.clone() }
        }
        CallerKind::User { name, id, .. } if caller.session.is_some() => {
            UsedPrincipal::User { account: caller.account.clone(), name: name.clone(), id: id.clone() }
        }
        _ => UsedPrincipal::AccessKey { id: caller.access_key_id.clone() },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use claviger_types::AccountId;

    use super::*;

    fn caller() -> Caller {
        let kind = CallerKind::User { path: "/".into(), name: "ana".into(), id: "AIDA".into() };
        Caller { account: AccountId::dev(), kind, access_key_id: "AKIA".into(), session: None }
    }

    #[test]
    fn the_latest_use_of_each_service_is_kept_whatever_the_order() {
        let uses = LastUses::new(Timestamp(0));
        for (service, at) in [("kms", 3), ("sts", 2), ("kms", 1), ("sts", 4)] {
            note(&uses, &caller(), service, Timestamp(at));
        }
        let (taken, _) = uses.take(Timestamp(5));
        // A use that the store refuses goes on with those that were noted meanwhile.
        note(&uses, &caller(), "iam", Timestamp(6));
        uses.put_back(&taken);
        let found = uses.latest("AKIA").unwrap();
        assert_eq!(found.services, [("iam", Timestamp(6)), ("kms", Timestamp(3)), ("sts", Timestamp(4))]);
        assert_eq!(found.at(), Timestamp(6));
    }
}
