//! What the replicas of a region's keys and secrets lack, for an operator who is about to lose or to shut down a region.
//!
//! Every key and secret of the region is read, a page in each transaction. So this is for a command. Metrics, which are gathered every few
//! seconds, have what a pass of the replication thread counts about once a minute.

use claviger_core::Node;
use claviger_core::error::Error;
pub use claviger_replication::replica_counts::{RegionCounts, ReplicaCounts, ReplicaStates};
use claviger_replication::replica_counts::{add_key, add_secret};
use claviger_store::Key;
use claviger_store::tables::key_table::all_keys;
use claviger_store::tables::secret_table::all_secrets;

/// How many records a transaction reads.
const PAGE: usize = 128;

/// The replicas in each other region that has any.
///
/// # Errors
///
/// Those of the store.
pub fn count(node: &Node) -> Result<RegionCounts, Error> {
    let (mut counts, mut after) = (RegionCounts::new(), None::<Key>);
    loop {
        let (page, last) = node.in_transaction(|tx| {
            let (rows, mut page) = (all_keys(tx, after.as_deref(), PAGE)?, counts.clone());
            rows.iter().try_for_each(|(_, record)| add_key(&mut page, tx, node.region(), record))?;
            Ok((page, rows.last().map(|(last, _)| last.clone())))
        })?;
        counts = page;
        let Some(last) = last else { break };
        after = Some(last);
    }
    after = None;
    loop {
        let rows = node.in_transaction(|tx| Ok(all_secrets(tx, after.as_deref(), PAGE)?))?;
        let Some((last, _)) = rows.last() else { return Ok(counts) };
        after = Some(last.clone());
        rows.iter().for_each(|(_, record)| add_secret(&mut counts, node.region(), record));
    }
}
