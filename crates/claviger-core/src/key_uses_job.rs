//! Writes the last uses of keys that have gathered in memory.

use claviger_store::Error as StoreError;
use claviger_store::tables::key_use_table;
use claviger_types::Timestamp;

use crate::job_runner::JobEntry;
use crate::key_uses::KeyUse;
use crate::node::Node;

/// How many uses one transaction writes.
const BATCH: usize = 256;

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
                // The store would most likely refuse the others as well. A conflict is with the deletion of a key, which is gone
                // the next time.
                if error != StoreError::Conflict {
                    let unwritten = rest.len();
                    tracing::error!(region = %self.region(), %error, unwritten, "last uses of keys cannot be written");
                }
                self.key_uses().put_back(rest);
                return;
            }
            rest = later;
        }
    }

    fn write_key_use_batch(&self, batch: &[KeyUse]) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        for KeyUse { account, key, record } in batch {
            key_use_table::save_key_use(&mut tx, account, key, record)?;
        }
        if tx.has_writes() { self.commit_blocking(tx.into_batch()).map(drop) } else { Ok(()) }
    }
}
