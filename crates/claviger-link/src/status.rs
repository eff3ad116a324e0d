//! What operators and metrics see of the link.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claviger_types::Region;
use tokio::time::Instant;

use crate::hello::LinkVersion;

/// The state of the link between a local region and a peer. Ages are as of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStatus {
    /// The local region.
    pub local: Region,
    /// The other region.
    pub peer: Region,
    /// Since when there has been a connection. None if there is none.
    pub connected_for: Option<Duration>,
    /// How many connections there are. Two, for a moment, when both sides dialled at the same time.
    pub connections: usize,
    /// Whether the local region dialled the connection in use.
    pub dialled: bool,
    /// The remote address of the connection in use.
    pub address: Option<String>,
    /// The version that the peer speaks.
    pub version: Option<LinkVersion>,
    /// The age of the last frame that arrived.
    pub last_frame_in: Option<Duration>,
    /// The age of the last frame that was handed to the socket.
    pub last_frame_out: Option<Duration>,
    /// The last measured time between a heartbeat and its answer.
    pub round_trip: Option<Duration>,
    /// Why the last connection or attempt ended, and how long ago.
    pub last_error: Option<(String, Duration)>,
    /// Counts since the peer was set.
    pub traffic: LinkTraffic,
    /// Frames that wait to be sent.
    pub queued_frames: usize,
    /// Bytes that wait to be sent.
    pub queued_bytes: usize,
}

/// Counts of one link since its peer was set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkTraffic {
    /// Bytes of the protocol that arrived, without those of TLS.
    pub bytes_in: u64,
    /// Bytes of the protocol that were handed to the socket.
    pub bytes_out: u64,
    /// Frames that arrived.
    pub frames_in: u64,
    /// Frames that were handed to the socket.
    pub frames_out: u64,
    /// Frames that were not taken: no connection, a full queue, or too large.
    pub frames_dropped: u64,
    /// Requests that were forwarded to the peer.
    pub forwards_out: u64,
    /// Requests that the peer forwarded.
    pub forwards_in: u64,
}

/// Counts of the process's listener.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListenerCounts {
    /// Connections that were accepted from the network.
    pub accepted: u64,
    /// Connections that had not proved yet who they are, closed for newer ones.
    pub pushed_out: u64,
    /// Handshakes with a key that is not pinned, or not for the region that the other side claims to be.
    pub keys_refused: u64,
    /// Handshakes that named no region of this process.
    pub names_refused: u64,
    /// Handshakes that took too long.
    pub timed_out: u64,
    /// Handshakes that failed for another reason: bytes of another protocol, another major version, a connection that broke.
    pub failed: u64,
    /// Attempts to enrol that were refused.
    pub enrolments_refused: u64,
    /// Regions that were admitted.
    pub enrolments_admitted: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) accepted: AtomicU64,
    pub(crate) pushed_out: AtomicU64,
    pub(crate) keys_refused: AtomicU64,
    pub(crate) names_refused: AtomicU64,
    pub(crate) timed_out: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) enrolments_refused: AtomicU64,
    pub(crate) enrolments_admitted: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> ListenerCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ListenerCounts {
            accepted: read(&self.accepted),
            pushed_out: read(&self.pushed_out),
            keys_refused: read(&self.keys_refused),
            names_refused: read(&self.names_refused),
            timed_out: read(&self.timed_out),
            failed: read(&self.failed),
            enrolments_refused: read(&self.enrolments_refused),
            enrolments_admitted: read(&self.enrolments_admitted),
        }
    }
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The moments and counts of one link.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) connected: Option<Instant>,
    pub(crate) last_frame_in: Option<Instant>,
    pub(crate) last_frame_out: Option<Instant>,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) last_error: Option<(String, Instant)>,
    pub(crate) traffic: LinkTraffic,
}
