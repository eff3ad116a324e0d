//! What an engine has to tell an operator: it writes no log itself.

use claviger_types::{KeyId, Region};

/// The most notices that are kept until somebody takes them; what comes after is counted only.
pub(crate) const NOTICES_MAX: usize = 16;

/// Something that somebody should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A change of a key's primary that was asked for here does not take place.
    HandoverDeclined {
        /// The key.
        key: KeyId,
        /// The region that was to become the primary's.
        by: Region,
        /// That region's reason.
        reason: String,
    },
    /// Something from or for another region was dropped.
    Dropped {
        /// The region, as a message from it says.
        peer: Region,
        /// Why.
        why: Dropped,
    },
    /// A region has been away for so long that it will be told the present state in place of all that has changed.
    Compacted {
        /// The region.
        peer: Region,
    },
}

/// Why a message, or a change that was to become one, was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// See [`Counters::misaddressed`](crate::Counters::misaddressed).
    Misaddressed,
    /// See [`Counters::forged`](crate::Counters::forged).
    Forged,
    /// See [`Counters::garbage`](crate::Counters::garbage).
    Garbage,
    /// See [`Counters::forbidden`](crate::Counters::forbidden).
    Forbidden,
    /// See [`Counters::unreadable`](crate::Counters::unreadable).
    Unreadable,
    /// See [`Counters::unsendable`](crate::Counters::unsendable).
    Unsendable,
}
