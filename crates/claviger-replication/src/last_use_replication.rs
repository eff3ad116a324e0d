//! The last uses of users, roles and access keys, from the region where they were used to the IAM home.
//!
//! The home keeps the latest use of each service by each of them. Other regions do not receive it. They answer IAM requests only while the home is
//! down, and omit last uses from those answers.

use claviger_store::tables::last_use_table::{self, LastUseRecord, ServiceUse};
use claviger_store::tables::{Record, list};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change::{self, Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Coverage, Page, Replicated, Walk};

/// Stores uses in the region `record.region`, and announces them to the IAM home. Does nothing if the principal no longer
/// exists, or if later uses of it are stored.
pub fn record_use(tx: &mut Tx<'_>, iam_home: &Region, record: &LastUseRecord) -> Result<(), StoreError> {
    let saved = last_use_table::save_last_use(tx, record)?;
    if saved && record.region != *iam_home {
        change::announce::<LastUseRecord>(tx, iam_home, &record.principal.id().to_owned())?;
    }
    Ok(())
}

impl Announced for LastUseRecord {
    const KIND: Kind = Kind::of_table(LastUseRecord::TABLE);
    /// The unique id of the user, role or access key.
    type Name = String;
}

impl Replicated for LastUseRecord {
    fn outgoing(cx: &mut PeerContext<'_, '_>, id: String) -> Result<Option<LastUseRecord>, Error> {
        Ok(last_use_table::last_use(cx.tx, &id)?)
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        if cx.here != cx.iam_home {
            return Ok(Verdict::Forbidden);
        }
        if self.uses().any(|used| !used.names_a_service()) {
            return Ok(Verdict::Forbidden);
        }
        // A peer speaks of its own region only. A former home also holds the uses of others, which send them themselves.
        let own = self.uses().filter(|used| used.region == *cx.peer);
        // A use from a peer whose clock is ahead must not hide the uses that follow.
        let own = own.map(|used| ServiceUse { at: used.at.min(cx.env.now), ..used });
        let Some(record) = LastUseRecord::of(self.principal.clone(), own) else { return Ok(Verdict::Forbidden) };
        let saved = last_use_table::save_last_use(cx.tx, &record)?;
        Ok(if saved { Verdict::Applied } else { Verdict::Stale })
    }

    /// Only a snapshot for the home contains last uses.
    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        if walk.peer != walk.iam_home {
            return Ok(Page::default());
        }
        let rows = list::<LastUseRecord>(tx, &[LastUseRecord::TABLE as u8], walk.after, walk.limit)?;
        let announced = |record: LastUseRecord| Envelope::naming::<LastUseRecord>(&record.principal.id().to_owned());
        Ok(Page::of(rows, walk.limit, |record| Some(announced(record))))
    }

    fn coverage(_: &Tx<'_>, _: &String) -> Result<Coverage, StoreError> {
        Ok(Coverage::Announced)
    }
}

#[cfg(test)]
#[path = "last_use_replication_tests.rs"]
mod tests;
