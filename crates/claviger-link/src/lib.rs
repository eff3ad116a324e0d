//! The authenticated link between regions in different processes.
//!
//! It carries opaque frames (the signed messages of replication), forwarded requests with their answers, and the exchange by which a new
//! region enrols. It knows no host and no store, and what is in a frame.
//!
//! [`Links`] are the links of one process, which holds one region or several. Each pair of a local region and a peer has a connection of its
//! own, over TLS 1.3 with the identities of the two regions as keys ([`Peer::identity`] is pinned). Frames may be lost, and their order changes when a
//! connection replaces another: the regions number and repeat them. A forwarded request is sent at most once.
//!
//! The bytes, limits and times are in `docs/reference/link.md`.

mod address;
mod backoff;
mod cbor;
mod chunk;
mod dialler;
mod end;
mod enrol_dialler;
mod enrol_listener;
mod enrolment;
mod error;
mod faults;
mod fingerprint;
mod forward;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod handler;
mod handshake;
mod hello;
mod http_codec;
mod incoming;
mod invitation;
mod links;
mod listener;
mod log_limit;
mod outbox;
mod peer;
mod settings;
mod shared;
mod status;
mod strangers;
mod tls;

pub use address::{ADDRESSES_MAX, is_address};
pub use enrolment::{DETAILS_BYTES_MAX, EnrolRefusal, Joiner};
pub use error::{EnrolError, LinkError, LinkSetupError, Sent};
pub use faults::LinkFault;
pub use fingerprint::fingerprint;
pub use handler::{Answering, LinkHandler};
pub use hello::LinkVersion;
pub use invitation::{INVITATION_SECS, Invitation, InvitationError};
pub use links::Links;
pub use peer::Peer;
pub use settings::LinkSettings;
pub use status::{LinkStatus, LinkTraffic, ListenerCounts};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
