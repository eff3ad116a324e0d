//! When roles and access keys were last used, gathered in memory and written at most a minute late.
//!
//! A request costs one lookup in a map; it writes nothing. The region's background thread writes what has gathered, in a few
//! commits however many requests there were. A region that is killed loses the uses that it had not written.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_replication::last_use_replication;
use claviger_store::tables::last_use_table::{LastUseRecord, UsedPrincipal};
use claviger_store::{Error as StoreError, commit_blocking};
use claviger_types::{Caller, CallerKind, Timestamp};

use crate::job_runner::JobEntry;
use crate::node::Node;

/// How often uses are written. With the way to the IAM home it leaves a use visible there well within a minute.
const WRITE_EVERY_MS: i64 = 15_000;

/// How many roles and access keys are held in memory. When they are more, a use of a further one is lost, and counted.
const PENDING_MAX: usize = 16_384;

/// From how many on they are written at the next second instead of after [`WRITE_EVERY_MS`].
const PENDING_MANY: usize = PENDING_MAX / 4;

/// How many uses one transaction writes.
const BATCH: usize = 256;

/// How often a transaction is run again after a conflict. Beyond, its uses wait for the next time.
const ATTEMPTS_MAX: usize = 4;

/// The job that writes last uses.
pub const JOBS: &[JobEntry] = &[JobEntry::unscheduled(Node::write_last_uses_if_due)];

/// Uses that are not written yet: for each role or access key the latest one.
pub(crate) struct LastUses(Mutex<Pending>);

struct Pending {
    /// By unique id.
    uses: HashMap<String, Use>,
    written: Timestamp,
    /// Uses that found no place since they were last written.
    lost: u64,
}

struct Use {
    principal: UsedPrincipal,
    at: Timestamp,
    service: &'static str,
}

impl LastUses {
    pub(crate) fn new(now: Timestamp) -> LastUses {
        LastUses(Mutex::new(Pending { uses: HashMap::new(), written: now, lost: 0 }))
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

    fn is_due(&self, now: Timestamp) -> bool {
        let pending = self.pending();
        // A clock that was put back must not put off the next write.
        let waited = now.0.abs_diff(pending.written.0) >= WRITE_EVERY_MS.unsigned_abs();
        pending.uses.len() >= PENDING_MANY || (waited && !pending.uses.is_empty())
    }

    fn take(&self, now: Timestamp) -> (Vec<Use>, u64) {
        let mut pending = self.pending();
        pending.written = now;
        let lost = std::mem::take(&mut pending.lost);
        (std::mem::take(&mut pending.uses).into_values().collect(), lost)
    }

    /// Takes uses back that could not be written.
    fn put_back(&self, uses: &[Use]) {
        let mut pending = self.pending();
        for Use { principal, at, service } in uses {
            if pending.uses.len() >= PENDING_MAX {
                pending.lost += 1;
            } else {
                let again = || Use { principal: principal.clone(), at: *at, service };
                pending.uses.entry(principal.id().to_owned()).or_insert_with(again);
            }
        }
    }

    /// A panic of another holder leaves each use whole.
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

impl Node {
    fn write_last_uses_if_due(&self, now: Timestamp) {
        if self.last_uses().is_due(now) {
            self.write_last_uses(now);
        }
    }

    /// Writes the uses that have gathered. What cannot be written waits for the next time.
    pub fn write_last_uses(&self, now: Timestamp) {
        let (uses, lost) = self.last_uses().take(now);
        if lost > 0 {
            tracing::warn!(region = %self.region(), lost, "last uses of roles and access keys were lost: too many at a time");
        }
        for batch in uses.chunks(BATCH) {
            if let Err(error) = self.write_batch(batch) {
                tracing::error!(region = %self.region(), %error, "last uses of roles and access keys cannot be written");
                self.last_uses().put_back(batch);
            }
        }
    }

    fn write_batch(&self, batch: &[Use]) -> Result<(), StoreError> {
        let mut attempts = 1;
        loop {
            match self.try_batch(batch) {
                Err(StoreError::Conflict) if attempts < ATTEMPTS_MAX => attempts += 1,
                Err(StoreError::Corrupt { key }) if batch.len() == 1 => {
                    // A damaged record would be met again each time. The use is lost with it.
                    let error = StoreError::Corrupt { key };
                    tracing::error!(region = %self.region(), %error, "a last use met a damaged record, and is lost");
                    return Ok(());
                }
                // One by one, so that the damage costs no other use.
                Err(StoreError::Corrupt { .. }) => return batch.chunks(1).try_for_each(|one| self.write_batch(one)),
                outcome => return outcome,
            }
        }
    }

    fn try_batch(&self, batch: &[Use]) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        for Use { principal, at, service } in batch {
            let record = LastUseRecord {
                principal: principal.clone(),
                at: *at,
                region: self.region().clone(),
                service: (*service).to_owned(),
            };
            last_use_replication::record_use(&mut tx, &self.topology().iam_home, &record)?;
        }
        if tx.has_writes() {
            commit_blocking(self.store(), tx.into_batch())?;
            self.notify_committed();
        }
        Ok(())
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
        // One that is known already needs no further place.
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
