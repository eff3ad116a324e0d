//! Secrets whose recovery window has ended are deleted for good.

use claviger_store::tables::secret_table;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{AccountId, Timestamp};

use claviger_core::error::Error;
use claviger_core::jobs::{Job, JobCx};

/// The job of due deletions of secrets.
pub(crate) struct SecretDeletion;

impl Job for SecretDeletion {
    const NAME: &'static str = "secret deletion";
    type Work = (AccountId, String);

    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError> {
        let due = secret_table::secrets_due(tx, now, limit)?;
        Ok(due.into_iter().map(|(note, account, name)| (note, (account, name))).collect())
    }

    fn settle(cx: &JobCx<'_>, tx: &mut Tx<'_>, (account, name): &Self::Work) -> Result<(), Error> {
        match secret_table::secret(tx, account, name)? {
            Some(record) if record.due().is_some_and(|due| due <= cx.now) => {
                Ok(secret_table::delete_secret(tx, &record)?)
            }
            _ => Ok(()),
        }
    }

    fn postpone(tx: &mut Tx<'_>, (account, name): &Self::Work, at: Timestamp) -> Result<(), StoreError> {
        secret_table::postpone_secret_work(tx, at, account, name)
    }
}
