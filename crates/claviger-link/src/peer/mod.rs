//! The link of one local region to one peer.

mod connection;
mod state;

use claviger_crypto::PublicIdentity;
use claviger_types::Region;

pub(crate) use connection::{Connection, Facts, Times, close_text, run};
pub(crate) use state::PeerState;

/// A region that a local region is linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub region: Region,
    /// Its pinned identity. A connection with another key is refused.
    pub identity: PublicIdentity,
    /// Where its listener is: `host:port`, tried in this order. A peer without addresses is not dialled; it dials.
    pub addresses: Vec<String>,
}
