//! The span of time in which a rotation may start.

use claviger_types::Timestamp;

/// A span of time in which the service may start the rotation of a secret. It starts on the hour and ends at the latest at the
/// midnight (UTC) after its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationWindow {
    /// The first moment.
    pub start: Timestamp,
    /// The first moment after the window.
    pub end: Timestamp,
}

impl RotationWindow {
    /// Whether the window is open at this time.
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// The last whole second of the window, which AWS shows as `NextRotationDate`.
    pub fn last_second(self) -> Timestamp {
        self.end.plus_secs(-1)
    }
}
