//! The limits and times of the link.

use std::time::Duration;

/// Limits and times. The defaults are those of a server.
#[derive(Debug, Clone)]
pub struct LinkSettings {
    /// The most bytes of a frame that this process accepts. It tells its peers, which send nothing larger.
    pub frame_bytes_max: usize,
    /// The most bytes of a forwarded request or answer that this process accepts, with its head.
    pub exchange_bytes_max: usize,
    /// The most frames that wait for one peer. Further ones are dropped, and their senders repeat them.
    pub queued_frames_max: usize,
    /// The most bytes that wait for one peer: of frames, and again of requests and answers. A single larger message is taken when nothing
    /// else waits.
    pub queued_bytes_max: usize,
    /// The most forwarded requests of one pair of regions that are under way at a time, in each direction.
    pub forwards_max: usize,
    /// How long a forwarded request may take.
    pub forward_timeout: Duration,
    /// How long a connection may take from TCP to the peer's hello, and how long a dial may take.
    pub handshake_timeout: Duration,
    /// The most incoming connections that have not proved yet who they are. A further one takes the place of the oldest.
    pub handshakes_max: usize,
    /// The same for one remote address.
    pub handshakes_per_address_max: usize,
    /// The time between two heartbeats.
    pub ping_every: Duration,
    /// A connection that has brought no byte for so long is given up. The peer's heartbeats come in between.
    pub silence_max: Duration,
    /// The wait before the first new attempt to connect. Each further wait is twice as long, up to `backoff_max`. The half of each wait is random.
    pub backoff_min: Duration,
    /// The longest wait between two attempts.
    pub backoff_max: Duration,
    /// The most attempts to enrol in a minute, of all remote addresses together.
    pub enrolments_per_minute: usize,
    /// The same for one remote address, so that one machine cannot use up all attempts.
    pub enrolments_per_address_and_minute: usize,
    /// How long an enrolment may take, with the handler's work.
    pub enrol_timeout: Duration,
    /// The socket's send buffer. It bounds how many bytes of earlier messages a heartbeat can be behind.
    pub send_buffer_bytes: u32,
}

impl Default for LinkSettings {
    fn default() -> LinkSettings {
        LinkSettings {
            frame_bytes_max: 2 * 1024 * 1024,
            exchange_bytes_max: 8 * 1024 * 1024,
            queued_frames_max: 4096,
            queued_bytes_max: 16 * 1024 * 1024,
            forwards_max: 256,
            forward_timeout: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(5),
            handshakes_max: 64,
            handshakes_per_address_max: 16,
            ping_every: Duration::from_secs(2),
            silence_max: Duration::from_secs(8),
            backoff_min: Duration::from_millis(100),
            backoff_max: Duration::from_secs(5),
            enrolments_per_minute: 100,
            enrolments_per_address_and_minute: 10,
            enrol_timeout: Duration::from_secs(30),
            send_buffer_bytes: 1024 * 1024,
        }
    }
}
