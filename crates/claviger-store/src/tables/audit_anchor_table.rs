//! The newest checkpoint of the region's audit trail that is on the disk.
//!
//! The row is outside of the audit files, so a start notices that somebody cut them, made them anew or moved them away while the
//! region was down. It is this region's alone, and is never sent to another.

use minicbor::{Decode, Encode};

use super::{Record, Table, fetch, put};
use crate::{Error, Key, Tx};

/// The line of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AuditAnchorRecord {
    /// The number of the line in the trail.
    #[n(0)]
    pub seq: u64,
    /// The hash of the line, which covers all lines before.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: [u8; 32],
    /// The number of the first line of the file that it was written to.
    #[n(2)]
    pub file_first: u64,
}

impl Record for AuditAnchorRecord {
    const TABLE: Table = Table::AuditAnchor;
}

fn anchor_row() -> Key {
    vec![Table::AuditAnchor as u8]
}

/// Reads the anchor; absent before the first checkpoint.
pub fn anchor(tx: &Tx<'_>) -> Result<Option<AuditAnchorRecord>, Error> {
    fetch(tx, &anchor_row())
}

/// Replaces the anchor.
pub fn save_anchor(tx: &mut Tx<'_>, record: &AuditAnchorRecord) -> Result<(), Error> {
    put(tx, anchor_row(), record)
}
