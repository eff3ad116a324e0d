//! The store's part in replication: changes that wait for a peer, and the position up to which a peer's changes have been
//! applied.

use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::run_table::{SignedPoint, StorePoint};
use super::{Record, Table, fetch, group, list, put, row, successor};
use crate::{Batch, Error, Key, Tx, Value, Write};

/// Adds a change to the outbox of `peer`, in the order of commits. `entry` is the replication layer's own encoding.
pub fn push_outbox(tx: &mut Tx<'_>, peer: &Region, entry: &[u8]) -> Result<(), Error> {
    let prefix = group(tx, Table::Outbox, &[peer.as_str().as_bytes()]);
    tx.append(&prefix, &[], entry)
}

/// Whether a batch adds changes to the outbox of any peer.
pub fn adds_to_an_outbox(batch: &Batch) -> bool {
    batch.writes.iter().any(|write| match write {
        Write::PutStamped { key, .. } => key.first() == Some(&(Table::Outbox as u8)),
        Write::Put { .. } | Write::Delete { .. } => false,
    })
}

/// The oldest changes that wait for `peer`, after the row `after`, at most `limit`.
pub fn outbox(tx: &Tx<'_>, peer: &Region, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, Value)>, Error> {
    let prefix = group(tx, Table::Outbox, &[peer.as_str().as_bytes()]);
    let start = after.map_or_else(|| prefix.clone(), |row| [row, &[0]].concat());
    tx.scan(&start, &successor(&prefix), limit)
}

/// The position of the commit that put a row into an outbox.
pub fn outbox_position(row: &[u8]) -> u64 {
    let stamp = row.get(OUTBOX_PREFIX..).and_then(|rest| rest.first_chunk::<8>());
    stamp.map_or(0, |stamp| u64::from_be_bytes(*stamp))
}

/// The bytes before the stamp of a row of an outbox: the table and the hash of the peer.
const OUTBOX_PREFIX: usize = 17;

/// How many changes wait for `peer` or are not acknowledged, counted up to `limit`.
pub fn waiting(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<usize, Error> {
    const PAGE: usize = 1_000;
    let (mut count, mut after) = (0, None::<Key>);
    while count < limit {
        let rows = outbox(tx, peer, after.as_deref(), PAGE.min(limit - count))?;
        let Some((last, _)) = rows.last() else { break };
        count += rows.len();
        after = Some(last.clone());
    }
    Ok(count)
}

/// Drops all changes that wait for `peer`.
pub fn clear_outbox(tx: &mut Tx<'_>, peer: &Region) -> Result<(), Error> {
    const PAGE: usize = 1_000;
    let mut after = None::<Key>;
    loop {
        let rows = outbox(tx, peer, after.as_deref(), PAGE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(last.clone());
        drop_outbox(tx, rows.into_iter().map(|(row, _)| row).collect())?;
    }
}

/// Drops changes that the peer has acknowledged.
pub fn drop_outbox(tx: &mut Tx<'_>, rows: Vec<Key>) -> Result<(), Error> {
    rows.into_iter().try_for_each(|row| tx.delete(row))
}

/// The position up to which a peer's stream has been applied. It is committed together with the changes that it covers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct InboxRecord {
    /// The sender's session; messages of an older one are dropped.
    #[n(0)]
    pub session: u64,
    /// The last sequence number applied in it.
    #[n(1)]
    pub applied: u64,
    /// The furthest point of the sender's store that a change has told of.
    #[n(2)]
    pub seen: Option<SignedPoint>,
    /// How far the changes of a lost store of this peer had been applied, until the peer has been rebuilt.
    #[n(3)]
    pub lost: Option<AppliedPoint>,
    /// The last request for copies of what is shared that was served. The request may come again.
    #[n(4)]
    pub copied: Option<u64>,
    /// As `copied`, of IAM.
    #[n(5)]
    pub iam_copied: Option<u64>,
    /// The furthest point of the sender's store of which everything for this region has been applied.
    #[n(6)]
    pub whole: Option<StorePoint>,
    /// The changes of the sender that were received and not applied, until it has announced everything again; none if there are none.
    #[n(7)]
    pub unapplied: Option<UnappliedChanges>,
}

/// Changes of a peer that were received and not applied: they were malformed, forbidden, or needed a row that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct UnappliedChanges {
    /// How many.
    #[n(0)]
    pub count: u64,
    /// When the last one came.
    #[n(1)]
    pub at: Timestamp,
    /// The session and the sequence number of the last one.
    #[n(2)]
    pub last: (u64, u64),
}

/// How far the changes of a region's store have been applied in another region. The furthest one is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct AppliedPoint {
    /// The furthest point of the store of which everything has been applied. Points of one store are comparable between the regions that
    /// have heard of them; the two numbers below are not, and decide only where no such point is known.
    #[n(0)]
    pub whole: Option<StorePoint>,
    /// The session of the stream between the two regions.
    #[n(1)]
    pub session: u64,
    /// The last sequence number applied in it.
    #[n(2)]
    pub applied: u64,
}

impl InboxRecord {
    /// How far the peer's changes have been applied: those of its lost store, if it lost one and has not been rebuilt yet.
    pub fn applied_point(&self) -> AppliedPoint {
        let present = AppliedPoint { whole: self.whole, session: self.session, applied: self.applied };
        self.lost.unwrap_or(present)
    }
}

impl Record for InboxRecord {
    const TABLE: Table = Table::Inbox;
}

fn inbox_row(tx: &Tx<'_>, peer: &Region) -> Key {
    row(tx, Table::Inbox, &[peer.as_str().as_bytes()], &[])
}

/// Reads the position of a peer's stream; zero if the peer has never sent a change.
pub fn inbox(tx: &Tx<'_>, peer: &Region) -> Result<InboxRecord, Error> {
    Ok(fetch(tx, &inbox_row(tx, peer))?.unwrap_or_default())
}

/// Writes the position of a peer's stream.
pub fn save_inbox(tx: &mut Tx<'_>, peer: &Region, record: &InboxRecord) -> Result<(), Error> {
    put(tx, inbox_row(tx, peer), record)
}

/// How far a peer has acknowledged this region's changes: the session of the stream to it, and the last sequence number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
pub struct AckedRecord {
    /// The session of the stream to the peer.
    #[n(0)]
    pub session: u64,
    /// The last sequence number that was acknowledged in it.
    #[n(1)]
    pub applied: u64,
}

impl Record for AckedRecord {
    const TABLE: Table = Table::Acked;
}

fn acked_row(tx: &Tx<'_>, peer: &Region) -> Key {
    row(tx, Table::Acked, &[peer.as_str().as_bytes()], &[])
}

/// Reads how far a peer has acknowledged this region's changes; zero if it never has.
pub fn acked(tx: &Tx<'_>, peer: &Region) -> Result<AckedRecord, Error> {
    Ok(fetch(tx, &acked_row(tx, peer))?.unwrap_or_default())
}

/// Writes how far a peer has acknowledged this region's changes.
pub fn save_acked(tx: &mut Tx<'_>, peer: &Region, record: AckedRecord) -> Result<(), Error> {
    put(tx, acked_row(tx, peer), &record)
}

/// A one-time receiving key, kept until the response to its request has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReceiveRecord {
    /// The private half, sealed by this region's keyring with the context `["receive", subject]`.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// The public half, as it was sent in the request.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public: Vec<u8>,
    /// The peer's session in which the request was made. In a later session the peer may have lost the request.
    #[n(2)]
    pub session: u64,
    /// The parts that were held already and so were not requested, in the replication layer's own encoding.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub held: Vec<u8>,
    /// The thing that the row's key hides, in the replication layer's own encoding, so that an operator can be told what was requested.
    #[n(4)]
    pub subject: Option<ByteVec>,
}

impl Record for ReceiveRecord {
    const TABLE: Table = Table::Receive;
}

fn receive_row(tx: &Tx<'_>, peer: &Region, subject: &[u8]) -> Key {
    row(tx, Table::Receive, &[peer.as_str().as_bytes()], &[subject])
}

/// Reads the receiving key for the thing that `subject` names (a key, a secret, ...).
pub fn receive_key(tx: &Tx<'_>, peer: &Region, subject: &[u8]) -> Result<Option<ReceiveRecord>, Error> {
    fetch(tx, &receive_row(tx, peer, subject))
}

/// Stores a receiving key, in place of an earlier one for the same subject.
pub fn save_receive_key(tx: &mut Tx<'_>, peer: &Region, subject: &[u8], record: &ReceiveRecord) -> Result<(), Error> {
    put(tx, receive_row(tx, peer, subject), record)
}

/// Erases a receiving key after its one use.
pub fn delete_receive_key(tx: &mut Tx<'_>, peer: &Region, subject: &[u8]) -> Result<(), Error> {
    tx.delete(receive_row(tx, peer, subject))
}

/// The requests to a peer that wait for their answers, at most `limit`.
pub fn receive_keys(tx: &Tx<'_>, peer: &Region, limit: usize) -> Result<Vec<ReceiveRecord>, Error> {
    let rows = list(tx, &group(tx, Table::Receive, &[peer.as_str().as_bytes()]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Whether a request to a peer waits for its answer.
pub fn has_receive_key(tx: &Tx<'_>, peer: &Region) -> Result<bool, Error> {
    let prefix = group(tx, Table::Receive, &[peer.as_str().as_bytes()]);
    Ok(!tx.scan(&prefix, &successor(&prefix), 1)?.is_empty())
}

/// Erases all receiving keys for a peer, which will answer none of the requests.
pub fn drop_receive_keys(tx: &mut Tx<'_>, peer: &Region) -> Result<(), Error> {
    const PAGE: usize = 1_000;
    let prefix = group(tx, Table::Receive, &[peer.as_str().as_bytes()]);
    let mut start = prefix.clone();
    loop {
        let rows = tx.scan(&start, &successor(&prefix), PAGE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        start = [last, [0].as_slice()].concat();
        rows.into_iter().try_for_each(|(row, _)| tx.delete(row))?;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;
    use crate::commit_blocking;
    use crate::conformance::barrier;
    use crate::memory::MemoryStore;

    #[test]
    fn only_a_batch_with_a_change_for_a_peer_adds_to_an_outbox() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let peer = Region::parse("eu-west-1").unwrap();
        let batch = |announced: bool| {
            let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
            save_inbox(&mut tx, &peer, &InboxRecord::default()).unwrap();
            if announced {
                push_outbox(&mut tx, &peer, b"change").unwrap();
            }
            tx.into_batch()
        };
        assert_eq!((adds_to_an_outbox(&batch(false)), adds_to_an_outbox(&batch(true))), (false, true));
    }

    #[test]
    fn a_row_of_an_outbox_has_the_position_of_its_commit() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let peer = Region::parse("eu-west-1").unwrap();
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        push_outbox(&mut tx, &peer, b"change").unwrap();
        commit_blocking(&store, tx.into_batch()).unwrap();
        let tx = Tx::begin(&store, &barrier, &random).unwrap();
        let rows = outbox(&tx, &peer, None, 10).unwrap();
        assert_eq!(outbox_position(&rows.first().unwrap().0), tx.position());
    }
}
