//! Counters and notices by which an engine informs an operator. The engine itself writes no log.

use std::collections::BTreeMap;

use claviger_types::{KeyId, Region};

/// The most notices that are kept until they are taken. Later ones are only counted.
const NOTICES_MAX: usize = 16;

/// The reason that is sent to a peer that waits for this region when a row here cannot be read.
pub(crate) const UNREADABLE: &str = "An internal error occurred in the Region of the replica.";

/// An event that an operator should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Another region declined a change of a key's primary that was requested here.
    HandoverDeclined {
        /// The key.
        key: KeyId,
        /// The region that declined to become the primary.
        by: Region,
        /// That region's reason.
        reason: String,
    },
    /// A message or change from or for another region was dropped.
    Dropped {
        /// The sender that the message names.
        peer: Region,
        /// Why.
        why: Dropped,
    },
    /// Another region says that it is the primary of a thing, or the home of IAM, and proves it by no hand-over and no operator's statement.
    UnprovenClaim {
        /// The region that says so.
        by: Region,
        /// The thing.
        of: String,
    },
    /// Another region does not accept that this one is the primary of a thing, or the home of IAM.
    RoleDisputed {
        /// The region that does not.
        by: Region,
        /// The thing.
        of: String,
    },
    /// Another region knows that this region's store has been further: it was restored from an older copy.
    Restored {
        /// The region that knows.
        by: Region,
    },
    /// A region has been unreachable for so long that a snapshot replaces the changes that wait for it.
    Compacted {
        /// The region.
        peer: Region,
    },
}

/// The reason why a message, or a change that was to become one, was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// See [`Counters::misaddressed`].
    Misaddressed,
    /// See [`Counters::forged`].
    Forged,
    /// See [`Counters::garbage`].
    Garbage,
    /// See [`Counters::forbidden`].
    Forbidden,
    /// See [`Counters::unreadable`].
    Unreadable,
    /// See [`Counters::unsendable`].
    Unsendable,
}

/// The number of dropped messages and changes for each reason, since the engine was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Not from a peer, or not for this region.
    pub misaddressed: u64,
    /// Not signed by the region that it names as its sender.
    pub forged: u64,
    /// Signed, but it does not decode, or is of a kind that this release does not know.
    pub garbage: u64,
    /// Of an earlier session, or already applied.
    pub repeated: u64,
    /// Ahead of the next one to apply.
    pub gaps: u64,
    /// Applied without effect: older than the stored state.
    pub stale: u64,
    /// About a thing that the peer may not change.
    pub forbidden: u64,
    /// Not applied because a row that they need cannot be read.
    pub unreadable: u64,
    /// Not sent because they are too large or their row cannot be read.
    pub unsendable: u64,
}

/// The counters of an engine, and its notices that have not been taken yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diagnostics {
    pub(crate) counters: Counters,
    pub(crate) notices: Vec<Notice>,
    /// How many changes for each peer could not be sent.
    pub(crate) unsent: BTreeMap<Region, u64>,
    /// Whether a member of the fleet was added, changed or removed.
    pub(crate) fleet_changed: bool,
}

impl Diagnostics {
    /// Counts a message or change that was dropped, and gives notice of it.
    pub(crate) fn dropped(&mut self, peer: &Region, why: Dropped) {
        let counter = match why {
            Dropped::Misaddressed => &mut self.counters.misaddressed,
            Dropped::Forged => &mut self.counters.forged,
            Dropped::Garbage => &mut self.counters.garbage,
            Dropped::Forbidden => &mut self.counters.forbidden,
            Dropped::Unreadable => &mut self.counters.unreadable,
            Dropped::Unsendable => &mut self.counters.unsendable,
        };
        *counter += 1;
        self.notice(Notice::Dropped { peer: peer.clone(), why });
    }

    /// Counts a change for a peer that could not be sent.
    pub(crate) fn unsent(&mut self, peer: &Region) {
        *self.unsent.entry(peer.clone()).or_default() += 1;
    }

    /// Keeps a notice until it is taken.
    pub(crate) fn notice(&mut self, notice: Notice) {
        if self.notices.len() < NOTICES_MAX {
            self.notices.push(notice);
        }
    }
}
