//! What the replicas of a region's keys and secrets lack, for an operator who is about to lose or to shut down a region.
//!
//! Every key and secret of the region is read, a page in each transaction. So this is for a command, and not for metrics, which are gathered
//! every few seconds.

use std::collections::BTreeMap;

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_store::Key;
use claviger_store::tables::key_table::{KeyRecord, all_keys};
use claviger_store::tables::secret_table::{ReplicaStatus, SecretRecord, all_secrets};
use claviger_types::Region;

/// How many records a transaction reads.
const PAGE: usize = 128;

/// What the replicas in one other region lack, of keys and secrets whose primaries are in this one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplicaLag {
    /// Keys whose replica has not reported the primary's present state, those that are still `Creating` among them.
    pub keys: u64,
    /// Secrets whose replica is `InProgress`.
    pub secrets_in_progress: u64,
    /// Secrets whose replica is `Failed`.
    pub secrets_failed: u64,
}

/// What the replicas lack in each other region that has any.
///
/// # Errors
///
/// Those of the store.
pub fn count(node: &Node) -> Result<BTreeMap<Region, ReplicaLag>, Error> {
    let (mut lags, mut after) = (BTreeMap::new(), None::<Key>);
    loop {
        let rows = node.in_transaction(|tx| Ok(all_keys(tx, after.as_deref(), PAGE)?))?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(last.clone());
        rows.iter().for_each(|(_, record)| add_key(&mut lags, node.region(), record));
    }
    after = None;
    loop {
        let rows = node.in_transaction(|tx| Ok(all_secrets(tx, after.as_deref(), PAGE)?))?;
        let Some((last, _)) = rows.last() else { return Ok(lags) };
        after = Some(last.clone());
        rows.iter().for_each(|(_, record)| add_secret(&mut lags, node.region(), record));
    }
}

fn add_key(lags: &mut BTreeMap<Region, ReplicaLag>, here: &Region, record: &KeyRecord) {
    let Some(shared) = record.multi_region.as_ref().filter(|shared| shared.primary == *here) else { return };
    for region in &shared.replicas {
        let is_made = shared.pending.iter().all(|pending| pending.region != *region);
        let has = |revision: u64| revision >= shared.revision;
        let reported = shared.holders.iter().any(|holder| holder.region == *region && has(holder.revision));
        lags.entry(region.clone()).or_default().keys += u64::from(!(is_made && reported));
    }
}

fn add_secret(lags: &mut BTreeMap<Region, ReplicaLag>, here: &Region, record: &SecretRecord) {
    let Some(shared) = record.replication.as_ref().filter(|shared| shared.primary == *here) else { return };
    for replica in &shared.replicas {
        let lag = lags.entry(replica.region.clone()).or_default();
        match replica.status {
            ReplicaStatus::InSync => {}
            ReplicaStatus::InProgress => lag.secrets_in_progress += 1,
            ReplicaStatus::Failed => lag.secrets_failed += 1,
        }
    }
}
