//! The announcement of the home of IAM. `iam_home.rs` has what a region does that hears it.

use claviger_crypto::PublicIdentity;
use claviger_store::tables::Epoch;
use claviger_store::tables::lineage_table::LineageStep;
use claviger_store::tables::region_table::{self, RegionRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::change::{self, Announced, Kind};
use crate::resync::resync;

/// The announcement of a new home, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HomeMoved {
    #[n(0)]
    pub(crate) home: Region,
    #[n(1)]
    pub(crate) counter: u64,
    /// How the region has become the home (`lineage.rs`). Not in the row of the outbox.
    #[n(2)]
    #[cbor(default)]
    pub(crate) lineage: Vec<LineageStep>,
    /// The identities that the home had before. Not in the row of the outbox.
    #[n(3)]
    #[cbor(default)]
    pub(crate) former: Vec<PublicIdentity>,
}

impl HomeMoved {
    pub(crate) fn by(home: Region, counter: u64) -> HomeMoved {
        HomeMoved { home, counter, lineage: Vec::new(), former: Vec::new() }
    }
}

impl Announced for HomeMoved {
    const KIND: Kind = Kind::of_notice(13);
    type Name = HomeMoved;
}

/// Raises the counter of this region, which is the home, above that of a region which has given up its claim to be it. The rows that the other
/// one wrote meanwhile are replaced by the snapshot.
pub(crate) fn raise(tx: &mut Tx<'_>, peers: &[Region], claimant: &Region, counter: u64) -> Result<(), StoreError> {
    let Some(mut record) = region_table::region(tx)? else { return Ok(()) };
    record.home_counter = Some(counter);
    region_table::save_region(tx, &record)?;
    peers.iter().try_for_each(|peer| announce_to(tx, peer, counter))?;
    resync(tx, claimant)
}

/// Announces to a peer that this region is the home.
pub(crate) fn announce_to(tx: &mut Tx<'_>, peer: &Region, counter: u64) -> Result<(), StoreError> {
    let Some(record) = region_table::region(tx)? else { return Ok(()) };
    change::announce::<HomeMoved>(tx, peer, &HomeMoved::by(record.iam_home, counter))
}

/// The epoch of the home that this region follows.
pub(crate) fn epoch(record: &RegionRecord) -> Epoch {
    Epoch { counter: record.home_counter.unwrap_or_default(), region: record.iam_home.clone() }
}
