//! Custom key stores, and the keys in them.

use claviger_types::{AccountId, KeyId, Timestamp};
use minicbor::{Decode, Encode};

use super::{
    IndexRow, Indexed, Record, Table, account_part, delete, fetch, fetch_shared, group, list, list_shared, row, save,
    save_new,
};
use crate::{Error, Key, Shared, Tx};

/// An external key store: where its proxy is, and the credentials for it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyStoreRecord {
    /// `cks-...`
    #[n(0)]
    pub id: String,
    /// The owner.
    #[n(1)]
    pub account: AccountId,
    /// Its name, unique in the account.
    #[n(2)]
    pub name: String,
    /// When it was made.
    #[n(3)]
    pub created: Timestamp,
    /// `https://host`
    #[n(4)]
    pub endpoint: String,
    /// `[/prefix]/kms/xks/v1`
    #[n(5)]
    pub path: String,
    /// The id of the credentials.
    #[n(6)]
    pub access_key_id: String,
    /// Their secret, sealed under the region's keyring.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub secret: Vec<u8>,
    /// Whether its keys can be used.
    #[n(8)]
    pub connection: Connection,
}

/// The connection of a key store to its proxy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Connection {
    /// Never connected, or disconnected by its owner.
    #[n(0)]
    Disconnected,
    /// Its keys can be used.
    #[n(1)]
    Connected,
    /// It could not be connected.
    #[n(2)]
    Failed {
        /// The `ConnectionErrorCode` of the API.
        #[n(0)]
        code: String,
    },
}

impl Record for KeyStoreRecord {
    const TABLE: Table = Table::KeyStore;
}

impl Indexed for KeyStoreRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        key_store_row(tx, &self.account, &self.id)
    }

    fn index(&self, _tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        Ok(Vec::new())
    }
}

/// The most key stores of an account in a region (AWS KMS resource quota).
pub const KEY_STORES_PER_ACCOUNT: usize = 10;

fn key_store_row(tx: &Tx<'_>, account: &AccountId, id: &str) -> Key {
    row(tx, Table::KeyStore, &[account_part(account)], &[id.as_bytes()])
}

/// Reads a key store, shared with other requests.
pub fn key_store_shared(tx: &Tx<'_>, account: &AccountId, id: &str) -> Result<Option<Shared<KeyStoreRecord>>, Error> {
    fetch_shared(tx, key_store_row(tx, account, id))
}

/// An account's key stores, after the row `after`, at most `limit`.
pub fn key_stores(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Shared<KeyStoreRecord>)>, Error> {
    list_shared(tx, &group(tx, Table::KeyStore, &[account_part(account)]), after, limit)
}

/// Writes a key store.
pub fn save_key_store(tx: &mut Tx<'_>, record: &KeyStoreRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Writes a key store whose id this transaction has drawn.
pub fn save_new_key_store(tx: &mut Tx<'_>, record: &KeyStoreRecord) -> Result<(), Error> {
    save_new(tx, record)
}

/// Deletes a key store. The caller has checked that it holds no keys.
pub fn delete_key_store(tx: &mut Tx<'_>, record: &KeyStoreRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// The key store of a KMS key, and the key outside that it stands for. None of it ever changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ExternalKeyRecord {
    /// The KMS key.
    #[n(0)]
    pub key: KeyId,
    /// The owner of both.
    #[n(1)]
    pub account: AccountId,
    /// The id of the key store.
    #[n(2)]
    pub key_store: String,
    /// The name of the key outside.
    #[n(3)]
    pub xks_key_id: String,
}

impl Record for ExternalKeyRecord {
    const TABLE: Table = Table::ExternalKey;
}

impl Indexed for ExternalKeyRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        external_key_row(tx, &self.key)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let mut by_store = by_xks_key_id(tx, &self.account, &self.key_store, &self.xks_key_id);
        by_store.extend_from_slice(&tx.name(&[self.key.as_str().as_bytes()]));
        Ok(vec![IndexRow::new(by_store, &ExternalKeyIdRecord { key: self.key.clone() })?])
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct ExternalKeyIdRecord {
    #[n(0)]
    pub(super) key: KeyId,
}

impl Record for ExternalKeyIdRecord {
    const TABLE: Table = Table::ExternalKeyByStore;
}

fn external_key_row(tx: &Tx<'_>, key: &KeyId) -> Key {
    row(tx, Table::ExternalKey, &[key.as_str().as_bytes()], &[])
}

fn by_store(tx: &Tx<'_>, account: &AccountId, key_store: &str) -> Key {
    group(tx, Table::ExternalKeyByStore, &[account_part(account), key_store.as_bytes()])
}

fn by_xks_key_id(tx: &Tx<'_>, account: &AccountId, key_store: &str, xks_key_id: &str) -> Key {
    let mut prefix = by_store(tx, account, key_store);
    prefix.extend_from_slice(&tx.name(&[xks_key_id.as_bytes()]));
    prefix
}

/// Reads the place of a key, shared with other requests.
pub fn external_key_shared(tx: &Tx<'_>, key: &KeyId) -> Result<Option<Shared<ExternalKeyRecord>>, Error> {
    fetch_shared(tx, external_key_row(tx, key))
}

/// Writes the place of a key whose id this transaction has drawn.
pub fn save_new_external_key(tx: &mut Tx<'_>, record: &ExternalKeyRecord) -> Result<(), Error> {
    save_new(tx, record)
}

/// Forgets the place of a key that is deleted.
pub(super) fn delete_external_key(tx: &mut Tx<'_>, key: &KeyId) -> Result<(), Error> {
    let record = fetch::<ExternalKeyRecord>(tx, &external_key_row(tx, key))?;
    record.map_or(Ok(()), |record| delete(tx, &record))
}

/// Whether a key store holds keys, those that are to be deleted among them.
pub fn has_keys(tx: &Tx<'_>, account: &AccountId, key_store: &str) -> Result<bool, Error> {
    Ok(!list::<ExternalKeyIdRecord>(tx, &by_store(tx, account, key_store), None, 1)?.is_empty())
}

/// Whether a key of the key store stands for this key outside.
pub fn is_in_use(tx: &Tx<'_>, account: &AccountId, key_store: &str, xks_key_id: &str) -> Result<bool, Error> {
    let prefix = by_xks_key_id(tx, account, key_store, xks_key_id);
    Ok(!list::<ExternalKeyIdRecord>(tx, &prefix, None, 1)?.is_empty())
}
