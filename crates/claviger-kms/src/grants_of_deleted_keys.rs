//! The grants of deleted keys, deleted in batches.
//!
//! The deletion of a key drops all its grants at once; no request finds them any more. A key can have 50,000 of them, each of up to
//! four rows. One commit of that many rows would hold up every other commit of the region.

use claviger_store::tables::grant_table::{self, GrantSetId};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Timestamp;

use claviger_core::error::Error;
use claviger_core::jobs::{Job, JobCx};

/// The job.
pub(crate) struct GrantsOfDeletedKeys;

/// How many grants one commit deletes. The runner makes 16 commits a second at most, so 50,000 grants take about 13 seconds.
const GRANTS_PER_COMMIT: usize = 256;

impl Job for GrantsOfDeletedKeys {
    const NAME: &'static str = "grants of deleted keys";
    type Work = GrantSetId;

    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError> {
        // One key for each commit, whatever the runner would take.
        grant_table::purges_due(tx, now, limit.min(1))
    }

    fn settle(_cx: &JobCx<'_>, tx: &mut Tx<'_>, set: &Self::Work) -> Result<(), Error> {
        if !grant_table::purge_grants(tx, set, GRANTS_PER_COMMIT)? {
            grant_table::postpone_purge(tx, set, Timestamp(0))?;
        }
        Ok(())
    }

    fn postpone(tx: &mut Tx<'_>, set: &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        grant_table::postpone_purge(tx, set, at)
    }
}
