//! The history of a store: when it was opened, and how far it had come. By it a store is recognized that was restored from an older copy.

use claviger_crypto::{Identity, PublicIdentity};
use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, fetch, put};
use crate::{Error, Key, Tx};

/// A moment in the history of a store, as its region told another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct StorePoint {
    /// How often the store had been opened.
    #[n(0)]
    pub boots: u64,
    /// The number of commits that the store had seen.
    #[n(1)]
    pub position: u64,
    /// The random number of that opening.
    #[n(2)]
    pub run: u64,
}

/// A point that the region itself has signed. Nobody else can say that the store has been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SignedPoint {
    /// The point.
    #[n(0)]
    pub point: StorePoint,
    /// The signature by the identity of the store's region.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl SignedPoint {
    const DOMAIN: &'static str = "store point";

    /// Signs a point of the own store.
    pub fn sign(point: StorePoint, identity: &Identity) -> SignedPoint {
        SignedPoint { point, signature: identity.sign(SignedPoint::DOMAIN, &SignedPoint::bytes(&point)) }
    }

    /// Whether this identity signed it.
    pub fn is_of(&self, identity: &PublicIdentity) -> bool {
        identity.verify(SignedPoint::DOMAIN, &SignedPoint::bytes(&self.point), &self.signature)
    }

    /// The later of two points.
    pub fn later(one: Option<SignedPoint>, other: Option<SignedPoint>) -> Option<SignedPoint> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if other.point > one.point { other } else { one }),
            (one, other) => one.or(other),
        }
    }

    fn bytes(point: &StorePoint) -> Vec<u8> {
        [point.boots, point.position, point.run].into_iter().flat_map(u64::to_be_bytes).collect()
    }
}

/// One opening of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RunRecord {
    /// A random number. A store that was restored from an older copy has another one for the same count of openings.
    #[n(0)]
    pub run: u64,
    /// The position of the store when it was opened: the end of the run before.
    #[n(1)]
    pub position: u64,
}

impl Record for RunRecord {
    const TABLE: Table = Table::Run;
}

fn run_row(boots: u64) -> Key {
    [&[Table::Run as u8][..], &boots.to_be_bytes()].concat()
}

/// Reads the opening of this number.
pub fn run(tx: &Tx<'_>, boots: u64) -> Result<Option<RunRecord>, Error> {
    fetch(tx, &run_row(boots))
}

/// Notes an opening of the store, at its present position.
pub fn begin_run(tx: &mut Tx<'_>, boots: u64, run: u64) -> Result<(), Error> {
    let position = tx.pin()?;
    put(tx, run_row(boots), &RunRecord { run, position })
}

/// The present point of the store, which has been opened so often.
pub fn now(tx: &Tx<'_>, boots: u64) -> Result<Option<StorePoint>, Error> {
    let position = tx.pin()?;
    Ok(run(tx, boots)?.map(|record| StorePoint { boots, position, run: record.run }))
}

/// Whether a point is in the past of this store. Of a store from before these records, every point of before is.
pub fn has_been_at(tx: &Tx<'_>, boots: u64, point: &StorePoint) -> Result<bool, Error> {
    let Some(at) = run(tx, point.boots)? else { return Ok(point.boots < boots) };
    let end = match run(tx, point.boots.saturating_add(1))? {
        Some(next) => next.position,
        None => tx.pin()?,
    };
    Ok(at.run == point.run && point.position <= end)
}

/// A store that another region knows to have been further. The region takes no part in replication and serves no requests until an operator
/// has it rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct HeldRecord {
    /// When it was noticed.
    #[n(0)]
    pub noticed: Timestamp,
    /// The region that knows.
    #[n(1)]
    pub by: Region,
}

impl Record for HeldRecord {
    const TABLE: Table = Table::Held;
}

/// Why the region is held, if it is.
pub fn held(tx: &Tx<'_>) -> Result<Option<HeldRecord>, Error> {
    fetch(tx, &[Table::Held as u8])
}

/// Whether the transaction has begun or ended to hold the region.
pub fn has_written_held(tx: &Tx<'_>) -> bool {
    tx.has_written(&[Table::Held as u8])
}

/// Holds the region.
pub fn hold(tx: &mut Tx<'_>, record: &HeldRecord) -> Result<(), Error> {
    put(tx, vec![Table::Held as u8], record)
}

/// Lets the region take part again.
pub fn release(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.delete(vec![Table::Held as u8])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;
    use crate::conformance::barrier;
    use crate::memory::MemoryStore;
    use crate::{Store, commit_blocking};

    fn write(store: &dyn Store, change: impl FnOnce(&mut Tx<'_>)) {
        let (barrier, random) = (barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(store, &barrier, &random).unwrap();
        change(&mut tx);
        commit_blocking(store, tx.into_batch()).unwrap();
    }

    fn read<T>(store: &dyn Store, read: impl FnOnce(&Tx<'_>) -> T) -> T {
        let (barrier, random) = (barrier(1), SeededRandom::new(1));
        read(&Tx::begin(store, &barrier, &random).unwrap())
    }

    #[test]
    fn points_of_another_past_or_a_future_are_not_its_own() {
        let store = MemoryStore::new();
        write(&store, |tx| begin_run(tx, 1, 11).unwrap());
        write(&store, |tx| tx.put(vec![9], b"change").unwrap());
        let first = read(&store, |tx| now(tx, 1).unwrap().unwrap());
        write(&store, |tx| begin_run(tx, 2, 22).unwrap());
        let knows = |point: &StorePoint| read(&store, |tx| has_been_at(tx, 2, point).unwrap());
        assert!(knows(&first));
        assert!(!knows(&StorePoint { position: first.position + 1, ..first }), "later in the run than it went");
        assert!(!knows(&StorePoint { run: 12, ..first }));
        let present = read(&store, |tx| now(tx, 2).unwrap().unwrap());
        assert!(knows(&present));
        assert!(!knows(&StorePoint { position: present.position + 1, ..present }));
        assert!(!knows(&StorePoint { boots: 3, ..present }));
        assert!(knows(&StorePoint { boots: 0, position: 5, run: 7 }), "before the records");
    }
}
