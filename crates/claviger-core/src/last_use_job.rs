//! Writes the last uses that have gathered in memory, and sends them to the IAM home.

use claviger_replication::last_use_replication;
use claviger_store::Error as StoreError;
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_types::Timestamp;

use crate::job_runner::JobEntry;
use crate::last_use::PrincipalUse;
use crate::node::Node;

/// How many uses one transaction writes.
const BATCH: usize = 256;

/// How often a transaction is run again after a conflict. After that, its uses wait for the next time.
const ATTEMPTS_MAX: usize = 4;

/// The job that writes last uses.
pub const JOBS: &[JobEntry] = &[JobEntry::unscheduled(Node::write_last_uses_if_due)];

impl Node {
    fn write_last_uses_if_due(&self, now: Timestamp) {
        if self.last_uses().is_due(now) {
            self.write_last_uses(now);
        }
    }

    /// Writes the uses that have gathered. A use that cannot be written is kept for the next time.
    pub fn write_last_uses(&self, now: Timestamp) {
        let (uses, lost) = self.last_uses().take(now);
        if lost > 0 {
            tracing::warn!(region = %self.region(), lost, "last uses of roles and access keys were lost: too many at a time");
        }
        let mut rest = uses.as_slice();
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(rest.len().min(BATCH));
            if let Err(error) = self.write_batch(batch) {
                // The store would most likely refuse the others as well.
                let unwritten = rest.len();
                tracing::error!(region = %self.region(), %error, unwritten, "last uses of roles and access keys cannot be written");
                self.last_uses().put_back(rest);
                return;
            }
            rest = later;
        }
        self.last_uses().written();
    }

    fn write_batch(&self, batch: &[PrincipalUse]) -> Result<(), StoreError> {
        let mut attempts = 1;
        loop {
            match self.try_batch(batch) {
                Err(StoreError::Conflict) if attempts < ATTEMPTS_MAX => attempts += 1,
                Err(StoreError::Corrupt { key }) if batch.len() == 1 => {
                    // The damaged record would fail each time, so its use is dropped.
                    let error = StoreError::Corrupt { key };
                    tracing::error!(region = %self.region(), %error, "the record of a last use is damaged; the use is lost");
                    return Ok(());
                }
                // One by one, so that the damaged record does not hold up the other uses.
                Err(StoreError::Corrupt { .. }) => return batch.chunks(1).try_for_each(|one| self.write_batch(one)),
                outcome => return outcome,
            }
        }
    }

    fn try_batch(&self, batch: &[PrincipalUse]) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        for PrincipalUse { principal, at, service } in batch {
            let record = LastUseRecord {
                principal: principal.clone(),
                at: *at,
                region: self.region().clone(),
                service: (*service).to_owned(),
            };
            last_use_replication::record_use(&mut tx, &self.topology().iam_home, &record)?;
        }
        if tx.has_writes() {
            self.commit_blocking(tx.into_batch())?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "last_use_job_tests.rs"]
mod tests;
