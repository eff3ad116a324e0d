//! A snapshot for a peer: everything that is shared with it, put into its outbox page by page.
//!
//! A snapshot begins without an operator whenever a peer answers the greeting and has never applied a change of this region,
//! or when one side's store turns out to be older than the other side remembers. The snapshot only announces names again. A
//! peer that holds a state already drops the announcement as stale. The position of the walk is stored in the outbox too, so
//! it survives a crash.

use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change::{Cursor, OutboxRow};

/// Announces to `peer` everything that is shared with it.
pub fn resync(tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
    OutboxRow::Resync(Cursor::start()).push(tx, peer)
}
