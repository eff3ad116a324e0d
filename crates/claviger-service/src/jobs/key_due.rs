//! Keys whose deletion window has ended, and keys that are due for rotation.

use claviger_replication::keys as replication;
use claviger_store::tables::keys::{self as records, KeyRecord, KeyState};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, KeyId, Timestamp};

use super::Job;
use crate::Node;
use crate::error::Error;

/// Work on keys that is due.
pub(crate) struct KeysDue;

impl Job for KeysDue {
    const NAME: &'static str = "keys due";
    type Work = (AccountId, KeyId);

    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError> {
        let due = records::keys_due(tx, now, limit)?;
        Ok(due.into_iter().map(|(note, account, id)| (note, (account, id))).collect())
    }

    fn settle(node: &Node, tx: &mut Tx<'_>, (account, id): &Self::Work, now: Timestamp) -> Result<(), Error> {
        match records::key(tx, account, id)? {
            Some(record) if record.due().is_some_and(|due| due <= now) => settle(node, tx, record, now),
            _ => Ok(()),
        }
    }

    fn postpone(tx: &mut Tx<'_>, (account, id): &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        records::postpone_key_work(tx, at, account, id)
    }
}

fn settle(node: &Node, tx: &mut Tx<'_>, record: KeyRecord, now: Timestamp) -> Result<(), Error> {
    match record.state {
        KeyState::PendingDeletion { .. } => delete(node, tx, &record),
        _ => rotate(node, tx, record, now),
    }
}

/// The key, its material and its aliases go for good; related keys are told.
fn delete(node: &Node, tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    if record.multi_region.is_some() {
        replication::gone(tx, node.region(), record)?;
    }
    Ok(records::delete_key(tx, record)?)
}

/// New material, which becomes current once every replica holds it; and the date of the next rotation.
fn rotate(node: &Node, tx: &mut Tx<'_>, mut record: KeyRecord, now: Timestamp) -> Result<(), Error> {
    record.rotation.next = Some(now.plus_days(record.rotation.period_days.unwrap_or(365)));
    replication::begin_rotation(tx, &mut record, node.keyring(), node.random(), now)?;
    Ok(records::save_key(tx, &record)?)
}
