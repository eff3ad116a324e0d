//! Scheduled work on secrets: deletion for good once the recovery window has ended, and further attempts of replicas that failed.

use claviger_replication::secret_replication;
use claviger_store::tables::secret_table;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, Timestamp};

use claviger_core::error::Error;
use claviger_core::jobs::{Job, JobCx};

/// The job of secrets with work that is due.
pub(crate) struct SecretWork;

impl Job for SecretWork {
    const NAME: &'static str = "secret deletion and replication";
    type Work = (AccountId, String);

    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError> {
        let due = secret_table::secrets_due(tx, now, limit)?;
        Ok(due.into_iter().map(|(note, account, name)| (note, (account, name))).collect())
    }

    fn settle(cx: &JobCx<'_>, tx: &mut Tx<'_>, (account, name): &Self::Work) -> Result<(), Error> {
        let Some(mut record) = secret_table::secret(tx, account, name)? else { return Ok(()) };
        if record.deletion_due().is_some_and(|due| due <= cx.now) {
            secret_replication::record_deletion(tx, &record)?;
            return Ok(secret_table::delete_secret(tx, &record)?);
        }
        if record.due().is_some_and(|due| due <= cx.now) {
            secret_replication::retry_failed(tx, &mut record, cx.now)?;
            secret_table::save_secret(tx, &record)?;
        }
        Ok(())
    }

    fn postpone(tx: &mut Tx<'_>, (account, name): &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        secret_table::postpone_secret_work(tx, at, account, name)
    }
}
