//! The request with which the rebuilding of a region begins.

use minicbor::{Decode, Encode};

use crate::change::{Announced, Kind};

/// The request of a region that is rebuilt for copies of everything that the receiver shares with it. The row of the outbox may be sent more
/// than once, so the request has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct CopiesWanted {
    #[n(0)]
    pub(crate) request: u64,
    /// Whether the sender's rebuilding begins with it.
    #[n(1)]
    pub(crate) first: bool,
}

impl Announced for CopiesWanted {
    const KIND: Kind = Kind::of_notice(16);
    type Name = CopiesWanted;
}
