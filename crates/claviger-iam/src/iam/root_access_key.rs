//! The access keys of an account's root. They make the account: a server knows the accounts that have one, and no others.
//!
//! No request makes them, because there is no caller yet whom the account could permit it. The host does, for whoever owns the
//! server's folder.

use claviger_replication::home_row;
use claviger_store::Tx;
use claviger_store::tables::iam_table::{self, AccessKeyRecord};
use claviger_types::{AccountId, Region, Sensitive, Timestamp};

use claviger_core::error::Error;
use claviger_core::{Node, ServiceEvent};

use super::{access_keys, ids};

/// A new access key of an account's root. The secret is nowhere else, except sealed in the store.
pub struct RootAccessKey {
    /// `AKIA...`
    pub id: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum RootAccessKeyError {
    /// Only the IAM home makes access keys.
    #[error("access keys are made in region {0}, where IAM is written")]
    NotHome(Region),
    /// There are as many as a root can have.
    #[error("account {0} has {1} root access keys, and can have no more")]
    Full(AccountId, usize),
    /// The store or the audit file does not take it.
    #[error("the access key cannot be stored: {0}")]
    Store(String),
}

/// Makes an access key for the root of an account, and the account with it. The audit log gets a record of the event.
///
/// Waits for the disk, so it must run on a thread that may wait.
///
/// # Errors
///
/// See [`RootAccessKeyError`].
pub fn create(node: &Node, account: &AccountId, now: Timestamp) -> Result<RootAccessKey, RootAccessKeyError> {
    let home = &node.topology().iam_home;
    if home != node.region() {
        return Err(RootAccessKeyError::NotHome(home.clone()));
    }
    let id = ids::access_key_id(node.random(), ids::LONG_TERM, account);
    let secret = ids::secret_key(node.random());
    let stored = node.in_transaction(|tx| {
        if iam_table::access_keys(tx, account, account.as_str())?.len() >= access_keys::PER_USER {
            return Ok(false);
        }
        store(node, tx, account, (&id, &secret), now).map(|()| true)
    });
    match stored {
        Ok(true) => Ok(RootAccessKey { id, secret }),
        Ok(false) => Err(RootAccessKeyError::Full(account.clone(), access_keys::PER_USER)),
        Err(error) => Err(RootAccessKeyError::Store(error.to_string())),
    }
}

fn store(
    node: &Node,
    tx: &mut Tx<'_>,
    account: &AccountId,
    (id, secret): (&str, &Sensitive<String>),
    now: Timestamp,
) -> Result<(), Error> {
    let key = AccessKeyRecord {
        id: id.to_owned(),
        account: account.clone(),
        user: String::new(),
        // The unique id of an account's root is the account's own id (reference: IAM User Guide, "IAM identifiers").
        user_id: account.as_str().to_owned(),
        created: now,
        active: true,
        secret: node.keyring().seal(node.random(), &[b"access-key", id.as_bytes()], secret.expose().as_bytes()),
    };
    iam_table::save_access_key(tx, &key)?;
    let peers: Vec<Region> = node.topology().regions.iter().filter(|r| *r != node.region()).cloned().collect();
    home_row::announce::<AccessKeyRecord>(tx, &peers, &iam_table::access_key_name(id))?;
    let event = ServiceEvent {
        source: "iam.amazonaws.com",
        name: "CreateRootAccessKey",
        account: account.clone(),
        data: vec![("accessKeyId", id.to_owned())],
        error: None,
        request_id: node.random().event_id(),
        at: now,
    };
    node.record_event(tx, &event)
}
