//! The copies of IAM in the store of its home, which was restored from an older copy.

use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::{Named, delete, list};
use claviger_store::{Error as StoreError, Tx};

/// How many rows are read at a time.
const PAGE: usize = 256;

/// Deletes every row of IAM, so that those of another region can take their place.
pub(crate) fn delete_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    delete_of::<AccessKeyRecord>(tx)?;
    delete_of::<UserRecord>(tx)?;
    delete_of::<RoleRecord>(tx)?;
    delete_of::<PolicyVersionRecord>(tx)?;
    delete_of::<PolicyRecord>(tx)
}

fn delete_of<R: Named>(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let rows = list::<R>(tx, &[R::TABLE as u8], after.as_deref(), PAGE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(last.clone());
        rows.iter().try_for_each(|(_, record)| delete(tx, record))?;
    }
}
