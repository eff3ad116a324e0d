//! Ends of replica keys that were reported to a region while it is rebuilt, and whose keys it may not have back yet.

use claviger_types::{AccountId, KeyId, Region};
use minicbor::{Decode, Encode};

use super::lineage_table::LineageStep;
use super::{Epoch, Record, Table, account_part, list, put, row};
use crate::{Error, Key, Tx};

/// The end of a replica in an epoch in which this region was the primary. It is applied when all copies have come.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EndedReplicaRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// The key.
    #[n(1)]
    pub id: KeyId,
    /// The region of the replica.
    #[n(2)]
    pub region: Region,
    /// The epoch of the primary that the replica followed.
    #[n(3)]
    pub epoch: Epoch,
    /// The revision up to which replicas that were requested there are deleted.
    #[n(4)]
    pub until_revision: u64,
    /// How this region had become the primary.
    #[n(5)]
    pub lineage: Vec<LineageStep>,
}

impl Record for EndedReplicaRecord {
    const TABLE: Table = Table::EndedReplica;
}

/// Notes an end. A later report of the same region about the same key replaces it.
pub fn save_ended_replica(tx: &mut Tx<'_>, record: &EndedReplicaRecord) -> Result<(), Error> {
    let key = [record.id.as_str().as_bytes(), record.region.as_str().as_bytes()];
    let row = row(tx, Table::EndedReplica, &[account_part(&record.account)], &key);
    put(tx, row, record)
}

/// The ends that are noted, at most `limit`.
pub fn ended_replicas(tx: &Tx<'_>, limit: usize) -> Result<Vec<(Key, EndedReplicaRecord)>, Error> {
    list(tx, &[Table::EndedReplica as u8], None, limit)
}
