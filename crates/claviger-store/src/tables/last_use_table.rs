//! The last uses of roles and access keys.
//!
//! The IAM home holds the latest use in any region; every other region holds its own uses only.

use claviger_types::{AccountId, Region, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, fetch, iam_table, put, row};
use crate::{Error, Key, Tx};

/// The last request that was signed with an access key or by a session of a role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LastUseRecord {
    /// The role or access key.
    #[n(0)]
    pub principal: UsedPrincipal,
    /// When the request was received.
    #[n(1)]
    pub at: Timestamp,
    /// The region that served the request.
    #[n(2)]
    pub region: Region,
    /// The service that it was signed for, such as `kms`.
    #[n(3)]
    pub service: String,
}

/// A principal whose last use is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum UsedPrincipal {
    /// A role, used by one of its sessions.
    #[n(0)]
    Role {
        /// The owner.
        #[n(0)]
        account: AccountId,
        /// The role's name.
        #[n(1)]
        name: String,
        /// `AROA...`
        #[n(2)]
        id: String,
    },
    /// An access key of a user.
    #[n(1)]
    AccessKey {
        /// `AKIA...`
        #[n(0)]
        id: String,
    },
}

impl UsedPrincipal {
    /// The unique id, which is never used again.
    pub fn id(&self) -> &str {
        match self {
            UsedPrincipal::Role { id, .. } | UsedPrincipal::AccessKey { id } => id,
        }
    }

    /// Whether the principal exists. A role of the same name that was made later is another principal.
    pub fn exists(&self, tx: &Tx<'_>) -> Result<bool, Error> {
        Ok(match self {
            UsedPrincipal::Role { account, name, id } => {
                iam_table::role(tx, account, name)?.is_some_and(|role| role.identity.id == *id)
            }
            UsedPrincipal::AccessKey { id } => iam_table::access_key(tx, id)?.is_some(),
        })
    }
}

impl Record for LastUseRecord {
    const TABLE: Table = Table::LastUse;
}

/// The row of the last use of the principal with a unique id. The principal's record owns it.
pub(super) fn last_use_row(tx: &Tx<'_>, id: &str) -> Key {
    row(tx, Table::LastUse, &[id.as_bytes()], &[])
}

/// Reads the last use of the principal with a unique id.
pub fn last_use(tx: &Tx<'_>, id: &str) -> Result<Option<LastUseRecord>, Error> {
    fetch(tx, &last_use_row(tx, id))
}

/// Writes a use if its principal exists and no later use of it is stored. Returns whether it was written.
pub fn save_last_use(tx: &mut Tx<'_>, record: &LastUseRecord) -> Result<bool, Error> {
    let key = last_use_row(tx, record.principal.id());
    let stored = fetch::<LastUseRecord>(tx, &key)?;
    if stored.is_some_and(|stored| stored.at >= record.at) || !record.principal.exists(tx)? {
        return Ok(false);
    }
    put(tx, key, record)?;
    Ok(true)
}
