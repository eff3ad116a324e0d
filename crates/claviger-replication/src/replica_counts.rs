//! How far the replicas of a region's keys and secrets are in each other region, in numbers.

use std::collections::BTreeMap;

use claviger_store::tables::StateDigest;
use claviger_store::tables::key_table::KeyRecord;
use claviger_store::tables::secret_table::{ReplicaStatus, SecretRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::state_digest;

/// The replicas of one kind of things in one other region, by what they have reported. Each replica counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplicaStates {
    /// They have reported the primary's present revision and digest.
    pub equal: u64,
    /// They have not reported the present revision. Those that are still being made are among them.
    pub behind: u64,
    /// They have reported the present revision with another digest. So has a key whose imported material is not imported there.
    pub differ: u64,
    /// Of secrets: they have reported that they could not apply the present revision.
    pub failed: u64,
}

/// The replicas in one other region of what has its primary in this one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplicaCounts {
    /// Those of keys.
    pub keys: ReplicaStates,
    /// Those of secrets.
    pub secrets: ReplicaStates,
}

/// Counts by the regions of the replicas.
pub type RegionCounts = BTreeMap<Region, ReplicaCounts>;

impl ReplicaStates {
    /// Adds a replica that has reported this revision and digest.
    fn add(&mut self, own: (u64, Option<StateDigest>), reported: Option<(u64, Option<StateDigest>)>) {
        match reported {
            Some((revision, Some(digest))) if revision >= own.0 && Some(digest) == own.1 => self.equal += 1,
            Some((revision, Some(_))) if revision >= own.0 => self.differ += 1,
            _ => self.behind += 1,
        }
    }
}

/// Counts the replicas of a key, if its primary is here.
///
/// # Errors
///
/// Those of the store.
pub fn add_key(counts: &mut RegionCounts, tx: &Tx<'_>, here: &Region, record: &KeyRecord) -> Result<(), StoreError> {
    let Some(shared) = record.multi_region.as_ref().filter(|shared| shared.primary == *here) else { return Ok(()) };
    if shared.replicas.is_empty() {
        return Ok(());
    }
    let own = (shared.revision, state_digest::of_key(tx, record)?);
    for region in &shared.replicas {
        let is_made = shared.pending.iter().all(|pending| pending.region != *region);
        let holder = shared.holders.iter().find(|holder| holder.region == *region).filter(|_| is_made);
        let reported = holder.map(|holder| (holder.revision, holder.digest));
        counts.entry(region.clone()).or_default().keys.add(own, reported);
    }
    Ok(())
}

/// Counts the replicas of a secret, if its primary is here.
pub fn add_secret(counts: &mut RegionCounts, here: &Region, record: &SecretRecord) {
    let Some(shared) = record.replication.as_ref().filter(|shared| shared.primary == *here) else { return };
    if shared.replicas.is_empty() {
        return;
    }
    let own = (shared.revision, state_digest::of_secret(record));
    for replica in &shared.replicas {
        let states = &mut counts.entry(replica.region.clone()).or_default().secrets;
        match (replica.status, replica.reported) {
            (ReplicaStatus::Failed, _) => states.failed += 1,
            (_, reported) => states.add(own, reported.map(|reported| (reported.revision, reported.digest))),
        }
    }
}
