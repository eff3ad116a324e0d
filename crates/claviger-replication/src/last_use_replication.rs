//! The last use of roles and access keys, from the region where they were used to the IAM home.
//!
//! The home keeps the latest use of each. Other regions are not told of it: they answer for IAM only while the home is down, and
//! leave last uses out of their answers then.

use claviger_store::tables::last_use_table::{self, LastUseRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change::Change;
use crate::engine::{Error, PeerContext, Verdict};

/// Stores a use in the region `record.region`, and tells the IAM home of it. A use of a principal that no longer exists, or
/// that a later use is stored of, is left out.
pub fn record_use(tx: &mut Tx<'_>, iam_home: &Region, record: &LastUseRecord) -> Result<(), StoreError> {
    let saved = last_use_table::save_last_use(tx, record)?;
    if saved && record.region != *iam_home {
        Change::LastUse(record.principal.id().to_owned()).push(tx, iam_home)?;
    }
    Ok(())
}

/// The use to tell the IAM home of. None if the principal was deleted meanwhile.
pub(crate) fn outgoing(cx: &mut PeerContext<'_, '_>, id: &str) -> Result<Option<LastUseRecord>, Error> {
    Ok(last_use_table::last_use(cx.tx, id)?)
}

/// Takes in a use in the peer's region.
pub(crate) fn apply(cx: &mut PeerContext<'_, '_>, record: LastUseRecord) -> Result<Verdict, Error> {
    if cx.here != cx.iam_home || record.region != *cx.peer {
        return Ok(Verdict::Forbidden);
    }
    // A peer whose clock is ahead must not hide the uses that follow.
    let at = record.at.min(cx.env.now);
    let saved = last_use_table::save_last_use(cx.tx, &LastUseRecord { at, ..record })?;
    Ok(if saved { Verdict::Applied } else { Verdict::Stale })
}

#[cfg(test)]
#[path = "last_use_replication_tests.rs"]
mod tests;
