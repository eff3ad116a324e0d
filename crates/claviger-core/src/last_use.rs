//! When roles and access keys were last used, gathered in memory and written at most a minute late.
//!
//! A request costs one lookup in a map, and writes nothing. The region's background thread writes the gathered uses, in a few
//! commits however many requests there were (`last_use_job.rs`). A region that is killed loses the uses that are not written
//! yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_store::tables::last_use_table::UsedPrincipal;
use claviger_types::{Caller, CallerKind, Timestamp};

/// The interval of writes. With the time to the IAM home, a use is visible there well within a minute.
const WRITE_EVERY_MS: i64 = 15_000;

/// How many roles and access keys are held in memory. Uses of further ones are lost, and counted.
const PENDING_MAX: usize = 16_384;

/// From this number on, uses are written at the next second instead of after [`WRITE_EVERY_MS`]. Uses that the store has refused
/// always wait for [`WRITE_EVERY_MS`].
const PENDING_MANY: usize = PENDING_MAX / 4;

/// Uses that are not written yet: for each role or access key the latest one.
pub(crate) struct LastUses(Mutex<Pending>);

struct Pending {
    /// By unique id.
    uses: HashMap<String, Use>,
    written: Timestamp,
    /// Whether the store has refused uses since then.
    refused: bool,
    /// Uses that were lost since the last write because the map was full.
    lost: u64,
}

pub(crate) struct Use {
    pub(crate) principal: UsedPrincipal,
    pub(crate) at: Timestamp,
    pub(crate) service: &'static str,
}

impl LastUses {
    pub(crate) fn new(now: Timestamp) -> LastUses {
        LastUses(Mutex::new(Pending { uses: HashMap::new(), written: now, refused: false, lost: 0 }))
    }

    /// Notes that a caller has signed a request. AWS tracks the access keys of users and the sessions of roles; the root and the
    /// sessions of users have no last use.
    pub(crate) fn note(&self, caller: &Caller, service: &'static str, at: Timestamp) {
        let id = match &caller.kind {
            CallerKind::RoleSession { role_id, .. } => role_id,
            CallerKind::User { .. } if caller.session.is_none() => &caller.access_key_id,
            CallerKind::User { .. } | CallerKind::Root => return,
        };
        let mut pending = self.pending();
        if let Some(known) = pending.uses.get_mut(id) {
            if known.at <= at {
                (known.at, known.service) = (at, service);
            }
        } else if pending.uses.len() < PENDING_MAX {
            pending.uses.insert(id.clone(), Use { principal: principal(caller), at, service });
        } else {
            pending.lost += 1;
        }
    }

    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let pending = self.pending();
        // A clock that was put back must not put off the next write.
        let waited = now.0.abs_diff(pending.written.0) >= WRITE_EVERY_MS.unsigned_abs();
        let hurries = pending.uses.len() >= PENDING_MANY && !pending.refused;
        hurries || (waited && !pending.uses.is_empty())
    }

    pub(crate) fn take(&self, now: Timestamp) -> (Vec<Use>, u64) {
        let mut pending = self.pending();
        (pending.written, pending.refused) = (now, false);
        let lost = std::mem::take(&mut pending.lost);
        (std::mem::take(&mut pending.uses).into_values().collect(), lost)
    }

    /// Takes uses back that could not be written. However many there are, the next write waits for [`WRITE_EVERY_MS`].
    pub(crate) fn put_back(&self, uses: &[Use]) {
        let mut pending = self.pending();
        pending.refused = true;
        for Use { principal, at, service } in uses {
            if pending.uses.len() >= PENDING_MAX {
                pending.lost += 1;
            } else {
                let again = || Use { principal: principal.clone(), at: *at, service };
                pending.uses.entry(principal.id().to_owned()).or_insert_with(again);
            }
        }
    }

    /// A panic while the lock was held leaves each use complete.
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn principal(caller: &Caller) -> UsedPrincipal {
    match &caller.kind {
        CallerKind::RoleSession { role, role_id, .. } => {
            UsedPrincipal::Role { account: caller.account.clone(), name: role.clone(), id: role_id.clone() }
        }
        CallerKind::User { .. } | CallerKind::Root => UsedPrincipal::AccessKey { id: caller.access_key_id.clone() },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::AccountId;

    use super::*;

    fn session(role_id: String) -> Caller {
        let kind = CallerKind::RoleSession { path: "/".into(), role: "ops".into(), role_id, session: "s".into() };
        Caller { account: AccountId::dev(), kind, access_key_id: "ASIA".into(), session: None }
    }

    #[test]
    fn memory_is_bounded_and_what_is_lost_is_counted() {
        let uses = LastUses::new(Timestamp(0));
        for n in 0..PENDING_MAX + 3 {
            uses.note(&session(format!("AROA{n}")), "kms", Timestamp(1));
        }
        // A role that is in the map needs no further place.
        uses.note(&session("AROA0".into()), "sts", Timestamp(2));
        let (taken, lost) = uses.take(Timestamp(3));
        assert_eq!((taken.len(), lost), (PENDING_MAX, 3));
        let first = taken.iter().find(|u| u.principal.id() == "AROA0").unwrap();
        assert_eq!((first.at, first.service), (Timestamp(2), "sts"));
        assert_eq!(uses.take(Timestamp(4)).1, 0);
    }

    #[test]
    fn due_after_a_while_or_when_there_are_many_and_never_without_uses() {
        let uses = LastUses::new(Timestamp(0));
        assert!(!uses.is_due(Timestamp(10 * WRITE_EVERY_MS)));
        uses.note(&session("AROA".into()), "kms", Timestamp(1));
        assert!(!uses.is_due(Timestamp(WRITE_EVERY_MS - 1)));
        assert!(uses.is_due(Timestamp(WRITE_EVERY_MS)) && uses.is_due(Timestamp(-WRITE_EVERY_MS)));
        for n in 0..PENDING_MANY {
            uses.note(&session(format!("AROA{n}")), "kms", Timestamp(1));
        }
        assert!(uses.is_due(Timestamp(1)));
    }

    #[test]
    fn a_use_that_is_put_back_does_not_hide_a_later_one() {
        let uses = LastUses::new(Timestamp(0));
        uses.note(&session("AROA".into()), "kms", Timestamp(1));
        let (taken, _) = uses.take(Timestamp(2));
        uses.note(&session("AROA".into()), "sts", Timestamp(3));
        uses.put_back(&taken);
        let (taken, _) = uses.take(Timestamp(4));
        assert_eq!(taken.iter().map(|u| (u.at, u.service)).collect::<Vec<_>>(), [(Timestamp(3), "sts")]);
        uses.put_back(&taken);
        assert_eq!(uses.take(Timestamp(5)).0.len(), 1);
    }
}
