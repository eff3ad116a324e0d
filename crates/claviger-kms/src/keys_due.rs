//! Keys whose deletion window has ended, imported material that has expired, and keys that are due for rotation.

use claviger_replication::imported_material;
use claviger_replication::key_replication::{self, NewRotation};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, RotationType};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, KeyId, Timestamp};

use claviger_core::error::Error;
use claviger_core::jobs::{Job, JobCx};

/// The job of due work on keys.
pub(crate) struct KeysDue;

impl Job for KeysDue {
    const NAME: &'static str = "keys due";
    type Work = (AccountId, KeyId);

    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError> {
        let due = key_table::keys_due(tx, now, limit)?;
        Ok(due.into_iter().map(|(note, account, id)| (note, (account, id))).collect())
    }

    fn settle(cx: &JobCx<'_>, tx: &mut Tx<'_>, (account, id): &Self::Work) -> Result<(), Error> {
        match key_table::key(tx, account, id)? {
            Some(record) if record.due().is_some_and(|due| due <= cx.now) => settle(cx, tx, record),
            _ => Ok(()),
        }
    }

    fn postpone(tx: &mut Tx<'_>, (account, id): &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        key_table::postpone_key_work(tx, at, account, id)
    }
}

fn settle(cx: &JobCx<'_>, tx: &mut Tx<'_>, record: KeyRecord) -> Result<(), Error> {
    let expired = record.import.as_ref().and_then(|import| import.next_expiry).is_some_and(|at| at <= cx.now);
    match record.state {
        KeyState::PendingDeletion { date } if date <= cx.now => delete(cx, tx, &record),
        _ if expired => expire(cx, tx, record),
        _ => rotate(cx, tx, record),
    }
}

/// Deletes the key, its material and its aliases for good, and announces the deletion to the related keys.
fn delete(cx: &JobCx<'_>, tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    if record.multi_region.is_some() {
        key_replication::record_deletion(tx, &cx.facts.name, record)?;
    }
    Ok(key_table::delete_key(tx, record)?)
}

/// Deletes imported material at the end of its time.
fn expire(cx: &JobCx<'_>, tx: &mut Tx<'_>, mut record: KeyRecord) -> Result<(), Error> {
    imported_material::expire(tx, &cx.facts.name, &mut record, cx.now)?;
    Ok(key_table::save_key(tx, &record)?)
}

/// Generates new material, which becomes current once enough replicas hold it, and sets the date of the next rotation.
fn rotate(cx: &JobCx<'_>, tx: &mut Tx<'_>, mut record: KeyRecord) -> Result<(), Error> {
    record.rotation.next = Some(cx.now.plus_days(record.rotation.period_days.unwrap_or(365)));
    let new = NewRotation {
        rotation: RotationType::Automatic,
        require_replicas: cx.facts.require_replicas,
        keyring: cx.keyring,
        random: cx.random,
        now: cx.now,
    };
    key_replication::begin_rotation(tx, &mut record, &new)?;
    Ok(key_table::save_key(tx, &record)?)
}
