//! The copies of IAM in the store of its home, which was restored from an older copy.

use claviger_store::tables::account_alias_table::AccountAliasRecord;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, SamlProviderRecord};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::{Named, delete, list};
use claviger_store::{Error as StoreError, Tx};

/// How many rows are deleted in a step.
const PAGE: usize = 128;

/// Deletes some rows of IAM, so that those of another region can take their place. Returns whether there were any.
pub(crate) fn delete_some(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(delete_of::<AccessKeyRecord>(tx)?
        || delete_of::<UserRecord>(tx)?
        || delete_of::<GroupRecord>(tx)?
        || delete_of::<InstanceProfileRecord>(tx)?
        || delete_of::<RoleRecord>(tx)?
        || delete_of::<OidcProviderRecord>(tx)?
        || delete_of::<SamlProviderRecord>(tx)?
        || delete_of::<AccountAliasRecord>(tx)?
        || delete_of::<PolicyVersionRecord>(tx)?
        || delete_of::<PolicyRecord>(tx)?)
}

fn delete_of<R: Named>(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    match list::<R>(tx, &[R::TABLE as u8], None, PAGE) {
        Ok(rows) => {
            rows.iter().try_for_each(|(_, record)| delete(tx, record))?;
            Ok(!rows.is_empty())
        }
        // A row that cannot be read must not stay either. Its index rows lead nowhere then.
        Err(StoreError::Corrupt { key }) => tx.delete(key).map(|()| true),
        Err(error) => Err(error),
    }
}
