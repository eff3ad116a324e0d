//! Writes uses that have gathered in memory, in batches.

use claviger_store::{Error as StoreError, Tx};
use claviger_types::Timestamp;

use crate::node::Node;
use crate::uses::{Use, Uses};

/// How many uses one transaction writes.
pub(crate) const BATCH: usize = 256;

/// How often a transaction is run again after a conflict. After that, its uses wait for the next time.
const ATTEMPTS_MAX: usize = 4;

/// Uses of one kind of thing.
pub(crate) struct UseKind<U> {
    /// What is used, for the log: `keys`.
    pub(crate) things: &'static str,
    /// Those of a region.
    pub(crate) of: fn(&Node) -> &Uses<U>,
    /// Writes one use.
    pub(crate) save: fn(&Node, &mut Tx<'_>, &U) -> Result<(), StoreError>,
}

impl<U: Use> UseKind<U> {
    pub(crate) fn write_if_due(&self, node: &Node, now: Timestamp) {
        if (self.of)(node).is_due(now) {
            self.write(node, now);
        }
    }

    /// Writes the uses that have gathered. A use that cannot be written is kept for the next time.
    pub(crate) fn write(&self, node: &Node, now: Timestamp) {
        let (region, things, all) = (node.region(), self.things, (self.of)(node));
        let (uses, lost) = all.take(now);
        if lost > 0 {
            tracing::warn!(%region, things, lost, "last uses were lost: too many at a time");
        }
        let mut rest = uses.as_slice();
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(rest.len().min(BATCH));
            if let Err(error) = self.write_batch(node, batch) {
                // The store would most likely refuse the others as well.
                let unwritten = rest.len();
                tracing::error!(%region, things, %error, unwritten, "last uses cannot be written");
                all.put_back(rest);
                return;
            }
            rest = later;
        }
        all.written();
    }

    fn write_batch(&self, node: &Node, batch: &[U]) -> Result<(), StoreError> {
        let mut attempts = 1;
        loop {
            match self.try_batch(node, batch) {
                Err(StoreError::Conflict) if attempts < ATTEMPTS_MAX => attempts += 1,
                Err(StoreError::Corrupt { key }) if batch.len() == 1 => {
                    // The damaged record would fail each time, so its use is dropped.
                    let (region, error) = (node.region(), StoreError::Corrupt { key });
                    tracing::error!(%region, things = self.things, %error, "the record of a last use is damaged; the use is lost");
                    return Ok(());
                }
                // One by one, so that the damaged record does not hold up the other uses.
                Err(StoreError::Corrupt { .. }) => {
                    return batch.chunks(1).try_for_each(|one| self.write_batch(node, one));
                }
                outcome => return outcome,
            }
        }
    }

    fn try_batch(&self, node: &Node, batch: &[U]) -> Result<(), StoreError> {
        let mut tx = node.begin()?;
        batch.iter().try_for_each(|one| (self.save)(node, &mut tx, one))?;
        if tx.has_writes() { node.commit_blocking(tx.into_batch()).map(drop) } else { Ok(()) }
    }
}
