//! The transport between regions of one process.
//!
//! The frames are the same as between machines, signed and sealed by the regions that wrote them. So the transport promises
//! nothing: frames may be lost, late, doubled or out of order, and tests cause that on purpose. Dev mode cuts
//! and delays links for drills.

mod faults;
mod inbox;
mod network;

pub use faults::Faults;
pub(crate) use inbox::{Inbox, InboxEvent};
pub use network::Network;
