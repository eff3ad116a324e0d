//! What waits for a region that is away, kept short.
//!
//! Rows that only name a thing, and that a snapshot would name too, give way to one snapshot once there are too many of them.
//! Rows that say what no snapshot says - that something is gone, was declined, failed or is wanted - all stay, in their order.

use std::collections::BTreeSet;

use claviger_store::tables::iam_table;
use claviger_store::tables::log;
use claviger_store::tables::secret_table::ReplicaStatus;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Region;

use crate::change::{Change, IamKind, IamName};
use crate::iam_replication;
use crate::resync::resync;

/// How many rows are read at a time.
const PAGE: usize = 1_024;

/// Replaces what waits for `peer` after the row `after` by a snapshot, if at least `limit` rows can be replaced. Whether it did.
pub(crate) fn compact(tx: &mut Tx<'_>, peer: &Region, after: Option<&[u8]>, limit: usize) -> Result<bool, StoreError> {
    let (mut replaced, mut kept_names) = (Vec::<Key>::new(), BTreeSet::new());
    let mut after = after.map(<[u8]>::to_vec);
    loop {
        let rows = log::outbox(tx, peer, after.as_deref(), PAGE)?;
        after = rows.get(PAGE - 1).map(|(row, _)| row.clone());
        for (row, bytes) in rows {
            let Ok(change) = minicbor::decode::<Change>(&bytes) else { continue };
            let stays = match change {
                Change::Iam(name) => is_gone(tx, &name)? && kept_names.insert(bytes.to_vec()),
                other => !is_in_snapshot(&other),
            };
            if !stays {
                replaced.push(row);
            }
        }
        if after.is_none() {
            break;
        }
    }
    if replaced.len() < limit {
        return Ok(false);
    }
    log::drop_outbox(tx, replaced)?;
    resync(tx, peer)?;
    Ok(true)
}

fn is_in_snapshot(change: &Change) -> bool {
    match change {
        Change::Key(_)
        | Change::KeyReport(_)
        | Change::Secret(_)
        | Change::TokenKey(_)
        | Change::LastUse(_)
        | Change::Resync(_) => true,
        Change::SecretReport(report) => report.status == ReplicaStatus::InSync,
        _ => false,
    }
}

/// A snapshot names what there is, so the row that tells of a deletion must stay.
fn is_gone(tx: &Tx<'_>, name: &IamName) -> Result<bool, StoreError> {
    let found = match name.kind {
        IamKind::User => iam_table::user(tx, &name.account, &name.name).map(|record| record.is_some()),
        IamKind::Role => iam_table::role(tx, &name.account, &name.name).map(|record| record.is_some()),
        IamKind::Policy => iam_table::policy(tx, &name.account, &name.name).map(|record| record.is_some()),
        IamKind::AccessKey => iam_table::access_key(tx, &name.name).map(|record| record.is_some()),
        IamKind::PolicyVersion => iam_replication::policy_version(tx, name).map(|record| record.is_some()),
    };
    match found {
        Ok(found) => Ok(!found),
        Err(StoreError::Corrupt { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "compact_tests.rs"]
mod tests;
