//! The access keys of an account's root. They make the account: a server knows the accounts that have one, and no others.
//!
//! No request makes them, because there is no caller yet whom the account could permit it. The host does, for whoever owns the
//! server's folder.

use claviger_replication::home_row;
use claviger_store::Tx;
use claviger_store::tables::iam_table::{self, AccessKeyRecord};
use claviger_store::tables::{
    account_alias_table, group_table, identity_provider_table, instance_profile_table, key_table, secret_table,
};
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
    /// There is no such account.
    #[error(
        "the server has no account {0}: there is no root access key, nothing of IAM, and no key and no secret of it"
    )]
    NoAccount(AccountId),
    /// The account is there already.
    #[error("account {0} exists already")]
    Exists(AccountId),
    /// Nobody could use the account afterwards.
    #[error(
        "it is the only way into account {0}, which has no user and no role: make one, or another root access key, first"
    )]
    Last(AccountId),
    /// There is no such key.
    #[error("{1} is no root access key of account {0}")]
    NoKey(AccountId, String),
    /// The store or the audit file does not take it.
    #[error("the access key cannot be stored: {0}")]
    Store(String),
}

/// What a new root access key is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootKeyPurpose {
    /// A new account. There must be nothing of it.
    NewAccount,
    /// An account that exists: its root has lost its keys, or is to change them.
    KnownAccount,
}

/// Makes an access key for the root of an account, and the account with it if it is a new one. The audit log gets a record of the event.
///
/// Waits for the disk, so it must run on a thread that may wait.
///
/// # Errors
///
/// See [`RootAccessKeyError`].
pub fn create(
    node: &Node,
    account: &AccountId,
    purpose: RootKeyPurpose,
    now: Timestamp,
) -> Result<RootAccessKey, RootAccessKeyError> {
    require_home(node)?;
    let id = ids::access_key_id(node.random(), ids::LONG_TERM, account);
    let secret = ids::secret_key(node.random());
    in_transaction(node, |tx| {
        let exists = exists(tx, account)?;
        match purpose {
            RootKeyPurpose::NewAccount if exists => return Ok(Err(RootAccessKeyError::Exists(account.clone()))),
            RootKeyPurpose::KnownAccount if !exists => return Ok(Err(RootAccessKeyError::NoAccount(account.clone()))),
            RootKeyPurpose::NewAccount | RootKeyPurpose::KnownAccount => {}
        }
        if iam_table::access_keys(tx, account, account.as_str())?.len() >= access_keys::PER_USER {
            return Ok(Err(RootAccessKeyError::Full(account.clone(), access_keys::PER_USER)));
        }
        store(node, tx, account, (&id, &secret), now).map(Ok)
    })?;
    Ok(RootAccessKey { id, secret })
}

/// The root access keys of an account, oldest first, without their secrets.
///
/// # Errors
///
/// See [`RootAccessKeyError`].
pub fn list(node: &Node, account: &AccountId) -> Result<Vec<RootAccessKeyInfo>, RootAccessKeyError> {
    let keys = in_transaction(node, |tx| match exists(tx, account)? {
        true => Ok(Ok(iam_table::access_keys(tx, account, account.as_str())?)),
        false => Ok(Err(RootAccessKeyError::NoAccount(account.clone()))),
    })?;
    let shown = |key: AccessKeyRecord| RootAccessKeyInfo { id: key.id, created: key.created };
    Ok(keys.into_iter().map(shown).collect())
}

/// A root access key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootAccessKeyInfo {
    /// `AKIA...`
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
}

/// Takes a root access key away. The account stays: its users and roles go on, and [`create`] makes its root a new key. Sessions that the key
/// has begun go on until they end, within an hour. The audit log gets a record of the event.
///
/// # Errors
///
/// See [`RootAccessKeyError`].
pub fn delete(node: &Node, account: &AccountId, id: &str, now: Timestamp) -> Result<(), RootAccessKeyError> {
    require_home(node)?;
    in_transaction(node, |tx| {
        let key = iam_table::access_key(tx, id)?.filter(|key| key.is_roots() && &key.account == account);
        let Some(key) = key else { return Ok(Err(RootAccessKeyError::NoKey(account.clone(), id.to_owned()))) };
        let is_last = iam_table::access_keys(tx, account, account.as_str())?.len() == 1;
        let is_alone =
            iam_table::users(tx, account, None, 1)?.is_empty() && iam_table::roles(tx, account, None, 1)?.is_empty();
        if is_last && is_alone {
            return Ok(Err(RootAccessKeyError::Last(account.clone())));
        }
        iam_table::delete_access_key(tx, &key)?;
        announce(node, tx, id)?;
        node.record_event(tx, &event(node, "DeleteRootAccessKey", account, id, now)).map(Ok)
    })
}

fn require_home(node: &Node) -> Result<(), RootAccessKeyError> {
    let home = &node.topology().iam_home;
    if home == node.region() { Ok(()) } else { Err(RootAccessKeyError::NotHome(home.clone())) }
}

fn in_transaction<T>(
    node: &Node,
    work: impl Fn(&mut Tx<'_>) -> Result<Result<T, RootAccessKeyError>, Error>,
) -> Result<T, RootAccessKeyError> {
    node.in_transaction(work).map_err(|error| RootAccessKeyError::Store(error.to_string()))?
}

/// Whether there is anything of an account. Keys and secrets of other regions are not seen here: an account that has them has a primary or a user
/// somewhere, unless its last user and key were deleted.
fn exists(tx: &Tx<'_>, account: &AccountId) -> Result<bool, Error> {
    Ok(!iam_table::access_keys(tx, account, account.as_str())?.is_empty()
        || !iam_table::users(tx, account, None, 1)?.is_empty()
        || !iam_table::roles(tx, account, None, 1)?.is_empty()
        || !iam_table::policies(tx, account, None, 1)?.is_empty()
        || !group_table::groups(tx, account, None, 1)?.is_empty()
        || !instance_profile_table::instance_profiles(tx, account, None, 1)?.is_empty()
        || !identity_provider_table::oidc_providers(tx, account, 1)?.is_empty()
        || !identity_provider_table::saml_providers(tx, account, 1)?.is_empty()
        || account_alias_table::account_alias(tx, account)?.is_some()
        || !key_table::keys(tx, account, None, 1)?.is_empty()
        || !secret_table::secrets(tx, account, None, 1)?.is_empty())
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
    announce(node, tx, id)?;
    node.record_event(tx, &event(node, "CreateRootAccessKey", account, id, now))
}

/// Has the key copied to the other regions, or removed there.
fn announce(node: &Node, tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    let peers: Vec<Region> = node.topology().regions.iter().filter(|r| *r != node.region()).cloned().collect();
    Ok(home_row::announce::<AccessKeyRecord>(tx, &peers, &iam_table::access_key_name(id))?)
}

fn event(node: &Node, name: &'static str, account: &AccountId, id: &str, at: Timestamp) -> ServiceEvent {
    ServiceEvent {
        source: "iam.amazonaws.com",
        name,
        account: account.clone(),
        data: vec![("accessKeyId", id.to_owned())],
        error: None,
        request_id: node.random().event_id(),
        at,
    }
}
