//! Writes the last uses of keys that have gathered in memory.

use claviger_store::Error as StoreError;
use claviger_store::tables::key_use_table;
use claviger_types::Timestamp;

use crate::job_runner::JobEntry;
use crate::key_uses::KeyUse;
use crate::node::Node;

/// How many uses one transaction writes.
const BATCH: usize = 256;

/// How often a transaction is run again after a conflict. After that, its uses wait for the next time.
const ATTEMPTS_MAX: usize = 4;

/// The job that writes uses of keys.
pub const JOBS: &[JobEntry] = &[JobEntry::unscheduled(Node::write_key_uses_if_due)];

impl Node {
    fn write_key_uses_if_due(&self, now: Timestamp) {
        if self.key_uses().is_due(now) {
            self.write_key_uses(now);
        }
    }

    /// Writes the uses that have gathered. Uses that cannot be written are kept for the next time.
    pub fn write_key_uses(&self, now: Timestamp) {
        let (uses, lost) = self.key_uses().take(now);
        if lost > 0 {
            tracing::warn!(region = %self.region(), lost, "last uses of keys were lost: too many at a time");
        }
        let mut rest = uses.as_slice();
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(rest.len().min(BATCH));
            if let Err(error) = self.write_key_use_batch(batch) {
                // The store would most likely refuse the others as well.
                let unwritten = rest.len();
                tracing::error!(region = %self.region(), %error, unwritten, "last uses of keys cannot be written");
                self.key_uses().put_back(rest);
                return;
            }
            rest = later;
        }
        self.key_uses().written();
    }

    fn write_key_use_batch(&self, batch: &[KeyUse]) -> Result<(), StoreError> {
        let mut attempts = 1;
        loop {
            match self.try_key_use_batch(batch) {
                // With the creation or deletion of one of the keys.
                Err(StoreError::Conflict) if attempts < ATTEMPTS_MAX => attempts += 1,
                Err(StoreError::Corrupt { key }) if batch.len() == 1 => {
                    // The damaged record would fail each time, so its use is dropped.
                    let error = StoreError::Corrupt { key };
                    tracing::error!(region = %self.region(), %error, "the record of a key's last use is damaged; the use is lost");
                    return Ok(());
                }
                // One by one, so that the damaged record does not hold up the other uses.
                Err(StoreError::Corrupt { .. }) => {
                    return batch.chunks(1).try_for_each(|one| self.write_key_use_batch(one));
                }
                outcome => return outcome,
            }
        }
    }

    fn try_key_use_batch(&self, batch: &[KeyUse]) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        for KeyUse { account, key, record } in batch {
            key_use_table::save_key_use(&mut tx, account, key, record)?;
        }
        if tx.has_writes() { self.commit_blocking(tx.into_batch()).map(drop) } else { Ok(()) }
    }
}
