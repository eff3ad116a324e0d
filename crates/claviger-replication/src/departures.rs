//! Taking regions that left the fleet out of the sets of keys and secrets.
//!
//! The region of a primary drops the replicas of a removed region, as if that region had reported that they are deleted: a key that waits for
//! them is deleted in time, and a change of the primary that waits for the region ends. The region itself is not told, and keeps what it has.

use claviger_store::tables::fleet_table::{self, DepartureRecord, SetsCursor};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteVec;

use crate::handover::end_handover_with;
use crate::key_replication::{announce, raise_revision};
use crate::kind::Page;

/// How many records a tick reads.
const PAGE: usize = 256;

/// Begins to take a removed region out of all sets whose primaries are here.
pub(crate) fn begin(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    let mut regions = fleet_table::departure(tx)?.map(|departure| departure.regions).unwrap_or_default();
    if !regions.contains(region) {
        regions.push(region.clone());
    }
    // From the beginning, also for those that were removed before: it changes nothing twice.
    fleet_table::save_departure(tx, &DepartureRecord { regions, at: SetsCursor::Keys(None) })
}

/// Goes on with a page of keys or secrets, if a region was removed. Called in each tick, so that messages and changes do not wait for it.
pub(crate) fn settle_some(tx: &mut Tx<'_>, here: &Region, now: Timestamp) -> Result<(), StoreError> {
    let Some(departure) = fleet_table::departure(tx)? else { return Ok(()) };
    // While this region is rebuilt, other regions may know later states of its sets.
    if fleet_table::rebuild(tx)?.is_some() {
        return Ok(());
    }
    let mut regions = Vec::new();
    for region in departure.regions {
        // One of this name may have been admitted since.
        if fleet_table::is_former_member(tx, &region)? {
            regions.push(region);
        }
    }
    let next = match departure.at {
        _ if regions.is_empty() => None,
        SetsCursor::Keys(after) => {
            let last = settle_keys(tx, here, &regions, bytes(after.as_ref()), now)?;
            Some(last.map_or(SetsCursor::Secrets(None), |last| SetsCursor::Keys(Some(ByteVec::from(last)))))
        }
        SetsCursor::Secrets(after) => settle_secrets(tx, here, &regions, bytes(after.as_ref()))?
            .map(|last| SetsCursor::Secrets(Some(ByteVec::from(last)))),
    };
    match next {
        Some(at) => fleet_table::save_departure(tx, &DepartureRecord { regions, at }),
        None => fleet_table::end_departure(tx),
    }
}

fn bytes(after: Option<&ByteVec>) -> Option<&[u8]> {
    after.map(|row| row.as_slice())
}

/// Returns the last row of the page, if there may be more.
fn settle_keys(
    tx: &mut Tx<'_>,
    here: &Region,
    gone: &[Region],
    after: Option<&[u8]>,
    now: Timestamp,
) -> Result<Option<Key>, StoreError> {
    let page = Page::around_damage(after, PAGE, |limit| {
        Ok(Page::of(key_table::all_keys(tx, after, limit)?, limit, |record| {
            involves(&record, here, gone).then_some(record)
        }))
    })?;
    for record in page.items {
        match settle_key(tx, here, record, gone, now) {
            // A damaged key keeps no other one waiting.
            Err(StoreError::Corrupt { .. }) => {}
            settled => settled?,
        }
    }
    Ok(page.last)
}

fn settle_key(
    tx: &mut Tx<'_>,
    here: &Region,
    mut record: KeyRecord,
    gone: &[Region],
    now: Timestamp,
) -> Result<(), StoreError> {
    leave_key(&mut record, gone, now);
    raise_revision(&mut record);
    key_table::save_key(tx, &record)?;
    announce(tx, here, &record)
}

/// Whether the key's primary is here and one of the regions has a part in its set.
fn involves(record: &KeyRecord, here: &Region, gone: &[Region]) -> bool {
    record.multi_region.as_ref().is_some_and(|shared| {
        let hands_over =
            |region: &Region| shared.handover.as_ref().is_some_and(|h| h.to == *region || h.from == *region);
        shared.primary == *here && gone.iter().any(|region| shared.replicas.contains(region) || hands_over(region))
    })
}

fn leave_key(record: &mut KeyRecord, gone: &[Region], now: Timestamp) {
    for region in gone {
        end_handover_with(record, region);
    }
    let Some(shared) = record.multi_region.as_mut() else { return };
    shared.replicas.retain(|region| !gone.contains(region));
    shared.pending.retain(|pending| !gone.contains(&pending.region));
    shared.holders.retain(|holder| !gone.contains(&holder.region));
    if let (true, KeyState::PendingReplicaDeletion { window_days }) = (shared.replicas.is_empty(), &record.state) {
        let date = now.plus_days(*window_days);
        record.state = KeyState::PendingDeletion { date };
    }
}

fn settle_secrets(
    tx: &mut Tx<'_>,
    here: &Region,
    gone: &[Region],
    after: Option<&[u8]>,
) -> Result<Option<Key>, StoreError> {
    let is_gone = |region: &Region| gone.contains(region);
    let has_replica = |record: &SecretRecord| {
        let shared = record.replication.as_ref().filter(|shared| shared.primary == *here);
        shared.is_some_and(|shared| shared.replicas.iter().any(|replica| is_gone(&replica.region)))
    };
    let page = Page::around_damage(after, PAGE, |limit| {
        let rows = secret_table::all_secrets(tx, after, limit)?;
        Ok(Page::of(rows, limit, |record| has_replica(&record).then_some(record)))
    })?;
    for mut record in page.items {
        if let Some(shared) = record.replication.as_mut() {
            shared.replicas.retain(|replica| !is_gone(&replica.region));
        }
        secret_table::save_secret(tx, &record)?;
    }
    Ok(page.last)
}

#[cfg(test)]
#[path = "departures_tests.rs"]
mod tests;
