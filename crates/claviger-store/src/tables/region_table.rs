//! The region's own record, and the session-token keys that all regions of a partition share.

use claviger_crypto::PublicIdentity;
use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, fetch, list, put};
use crate::{Error, Key, Tx};

/// A region's own record, written once when its store is made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RegionRecord {
    /// The region's name. A store that is opened under another name is refused.
    #[n(0)]
    pub region: Region,
    /// The sealed domain keys.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub keyring: Vec<u8>,
    /// The seed of its signing identity, sealed by the keyring with the context `["identity"]`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub identity: Vec<u8>,
    /// The public half of the identity.
    #[n(3)]
    pub public_identity: PublicIdentity,
    /// The number of times that this store has been opened. It numbers the sessions of the region's links.
    #[n(4)]
    pub boots: u64,
    /// When it was made.
    #[n(5)]
    pub created: Timestamp,
    /// The id of its own session-token key.
    #[n(6)]
    pub token_key: String,
    /// The region that writes IAM for the partition.
    #[n(7)]
    pub iam_home: Region,
    /// How often that region has been changed. With the region's name it is the epoch of the home.
    #[n(8)]
    pub home_counter: Option<u64>,
}

impl Record for RegionRecord {
    const TABLE: Table = Table::Region;
}

fn region_row() -> Key {
    vec![Table::Region as u8]
}

/// Reads the region's own record; absent in a new store.
pub fn region(tx: &Tx<'_>) -> Result<Option<RegionRecord>, Error> {
    fetch(tx, &region_row())
}

/// Whether the transaction has written the region's own record.
pub fn has_written_region(tx: &Tx<'_>) -> bool {
    tx.has_written(&region_row())
}

/// Writes the region's own record.
pub fn save_region(tx: &mut Tx<'_>, record: &RegionRecord) -> Result<(), Error> {
    put(tx, region_row(), record)
}

/// A key that seals session tokens. Every region makes one and sends it to all others, so that a token opens everywhere, even
/// if the region that issued it is down.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TokenKeyRecord {
    /// The key's name inside a token: 16 hexadecimal digits.
    #[n(0)]
    pub id: String,
    /// The region that made it.
    #[n(1)]
    pub region: Region,
    /// When it was made.
    #[n(2)]
    pub created: Timestamp,
    /// 32 bytes, sealed by this region's keyring with the context `["token-key", id]`. Empty until the bytes have arrived.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

impl Record for TokenKeyRecord {
    const TABLE: Table = Table::TokenKey;
}

fn token_key_row(tx: &Tx<'_>, id: &str) -> Key {
    super::row(tx, Table::TokenKey, &[id.as_bytes()], &[])
}

/// Reads a token key.
pub fn token_key(tx: &Tx<'_>, id: &str) -> Result<Option<TokenKeyRecord>, Error> {
    fetch(tx, &token_key_row(tx, id))
}

/// Writes a token key.
pub fn save_token_key(tx: &mut Tx<'_>, record: &TokenKeyRecord) -> Result<(), Error> {
    put(tx, token_key_row(tx, &record.id), record)
}

/// All token keys that this region has a row for.
pub fn token_keys(tx: &Tx<'_>, limit: usize) -> Result<Vec<TokenKeyRecord>, Error> {
    Ok(list(tx, &[Table::TokenKey as u8], None, limit)?.into_iter().map(|(_, record)| record).collect())
}
