//! The digest of what related keys, or a secret and its replicas, share.

use std::fmt;

use minicbor::{Decode, Encode};

/// SHA-256 of the canonical encoding of a shared state. `claviger-replication` computes it; regions whose states are equal have equal digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct StateDigest(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl fmt::Display for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The state that a replica of a secret has reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ReportedState {
    /// The revision, of the present epoch.
    #[n(0)]
    pub revision: u64,
    /// The digest of the replica's state. None if the replica could not apply the revision.
    #[n(1)]
    pub digest: Option<StateDigest>,
}
