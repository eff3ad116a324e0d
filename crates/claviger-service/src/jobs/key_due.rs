//! Keys whose deletion window has ended, and keys that are due for rotation.

use claviger_replication::key_replication;
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
            Some(record) => settle(node, tx, record, now),
            None => Ok(()),
        }
    }

    fn note_again(tx: &mut Tx<'_>, (account, id): &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        records::note_key_due(tx, at, account, id)
    }
}

fn settle(node: &Node, tx: &mut Tx<'_>, record: KeyRecord, now: Timestamp) -> Result<(), Error> {
    match record.state {
        KeyState::PendingDeletion { date } if date <= now => delete(node, tx, &record),
        KeyState::Enabled if rotation_due(node, &record, now) => rotate(node, tx, record, now),
        // A key that is being handed over is looked at again; one that is disabled is noted again when it is enabled.
        KeyState::Updating if rotation_due(node, &record, now) => {
            Ok(records::note_key_due(tx, now.plus_secs(RETRY_SECS), &record.account, &record.id)?)
        }
        _ => Ok(()),
    }
}

const RETRY_SECS: i64 = 60;

/// The key, its material and its aliases go for good; related keys are told.
fn delete(node: &Node, tx: &mut Tx<'_>, record: &KeyRecord) -> Result<(), Error> {
    if record.multi_region.is_some() {
        key_replication::record_deletion(tx, node.region(), record)?;
    }
    records::move_key_due(tx, record.rotation.next, None, &record.account, &record.id)?;
    Ok(records::delete_key(tx, record)?)
}

fn rotation_due(node: &Node, record: &KeyRecord, now: Timestamp) -> bool {
    let primary = record.multi_region.as_ref().is_none_or(|m| &m.primary == node.region());
    primary && record.rotation.enabled && record.rotation.next.is_some_and(|next| next <= now)
}

/// New material, which becomes current once every replica holds it; and the date of the next rotation.
fn rotate(node: &Node, tx: &mut Tx<'_>, mut record: KeyRecord, now: Timestamp) -> Result<(), Error> {
    let next = now.plus_days(record.rotation.period_days.unwrap_or(365));
    record.rotation.next = Some(next);
    records::note_key_due(tx, next, &record.account, &record.id)?;
    key_replication::begin_rotation(tx, &mut record, node.keyring(), node.random(), now)?;
    Ok(records::save_key(tx, &record)?)
}
