//! The two times of a secret from which its next window follows.

use claviger_types::Timestamp;

/// The times from which the next window of a secret is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationHistory {
    /// The time at which the rotation rules were set.
    pub configured: Timestamp,
    /// The time of the last rotation, if there was one. AWS counts a new value that a caller sets as a rotation.
    pub rotated: Option<Timestamp>,
}

impl RotationHistory {
    /// The time from which days are counted.
    pub(crate) fn counted_from(self) -> Timestamp {
        self.rotated.unwrap_or(self.configured)
    }

    /// Windows that start at this time or earlier are used up.
    pub(crate) fn used_until(self) -> Timestamp {
        self.configured.max(self.counted_from())
    }
}
