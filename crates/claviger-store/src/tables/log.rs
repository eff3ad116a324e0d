//! The two ends of replication in a store: changes that wait for a peer, and how far a peer's changes have been applied.

use claviger_types::Region;
use minicbor::{Decode, Encode};

use super::{Record, Table, fetch, group, put, row, successor};
use crate::{Error, Key, Tx, Value};

/// Adds a change to what waits for `peer`, in the order of commits. `entry` is the replication layer's own encoding.
pub fn push_outbox(tx: &mut Tx<'_>, peer: &Region, entry: &[u8]) -> Result<(), Error> {
    let prefix = group(tx, Table::Outbox, &[peer.as_str().as_bytes()]);
    tx.append(&prefix, &[], entry)
}

/// The oldest changes that wait for `peer`, after the row `after`, at most `limit`.
pub fn outbox(tx: &Tx<'_>, peer: &Region, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, Value)>, Error> {
    let prefix = group(tx, Table::Outbox, &[peer.as_str().as_bytes()]);
    let start = after.map_or_else(|| prefix.clone(), |row| [row, &[0]].concat());
    tx.scan(&start, &successor(&prefix), limit)
}

/// Drops changes that the peer has acknowledged.
pub fn drop_outbox(tx: &mut Tx<'_>, rows: Vec<Key>) -> Result<(), Error> {
    rows.into_iter().try_for_each(|row| tx.delete(row))
}

/// How far one peer's stream has been applied here. Committed with what it applied.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct InboxRecord {
    /// The sender's session; messages of an older one are dropped.
    #[n(0)]
    pub session: u64,
    /// The last sequence number applied in it.
    #[n(1)]
    pub applied: u64,
}

impl Record for InboxRecord {
    const TABLE: Table = Table::Inbox;
}

fn inbox_row(tx: &Tx<'_>, peer: &Region) -> Key {
    row(tx, Table::Inbox, &[peer.as_str().as_bytes()], &[])
}

/// Reads how far a peer's stream has been applied; zero for a peer never heard of.
pub fn inbox(tx: &Tx<'_>, peer: &Region) -> Result<InboxRecord, Error> {
    Ok(fetch(tx, &inbox_row(tx, peer))?.unwrap_or_default())
}

/// Writes how far a peer's stream has been applied.
pub fn save_inbox(tx: &mut Tx<'_>, peer: &Region, record: &InboxRecord) -> Result<(), Error> {
    put(tx, inbox_row(tx, peer), record)
}

/// A one-time receiving key, kept until what it was made for has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReceiveRecord {
    /// The private half, sealed by this region's keyring with the context `["receive", subject]`.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// The public half, as it was sent.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public: Vec<u8>,
    /// The peer's session in which it was asked for: in a later one the peer may know nothing of it any more.
    #[n(2)]
    pub session: u64,
    /// What was held already and so was not asked for: the replication layer's own encoding.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub held: Vec<u8>,
}

impl Record for ReceiveRecord {
    const TABLE: Table = Table::Receive;
}

fn receive_row(tx: &Tx<'_>, peer: &Region, subject: &[u8]) -> Key {
    row(tx, Table::Receive, &[peer.as_str().as_bytes()], &[subject])
}

/// Reads the receiving key for what `subject` names (a key, a secret, ...).
pub fn receive_key(tx: &Tx<'_>, peer: &Region, subject: &[u8]) -> Result<Option<ReceiveRecord>, Error> {
    fetch(tx, &receive_row(tx, peer, subject))
}

/// Keeps a receiving key; an earlier one for the same subject is gone.
pub fn save_receive_key(tx: &mut Tx<'_>, peer: &Region, subject: &[u8], record: &ReceiveRecord) -> Result<(), Error> {
    put(tx, receive_row(tx, peer, subject), record)
}

/// Erases a receiving key after its one use.
pub fn delete_receive_key(tx: &mut Tx<'_>, peer: &Region, subject: &[u8]) -> Result<(), Error> {
    tx.delete(receive_row(tx, peer, subject))
}
