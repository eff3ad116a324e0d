//! The transport between regions of one process, and the thread that drives each region's replication over it.
//!
//! What passes is the same bytes as between machines, signed and sealed by those who wrote them. So the transport promises
//! nothing: messages may be lost, late, doubled or out of order, and tests make it so on purpose.

mod inbox;
mod network;
mod replicator;

pub(crate) use inbox::Inbox;
pub use network::{Faults, Network};
pub(crate) use replicator::Replicator;
