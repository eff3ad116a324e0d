//! Every limit of size, number and time of the listener. The size of bodies depends on the service, so the caller's handler
//! decides it.

use std::time::Duration;

/// Header fields of one request.
pub const HEADERS_MAX: usize = 64;

/// Bytes of one request's head: the request line and all headers with their line ends.
pub const HEAD_BYTES_MAX: usize = 32 * 1024;

/// Bytes of one line of a head, without its line end.
pub const HEAD_LINE_BYTES_MAX: usize = 8 * 1024;

/// How many bytes of a body that is too large are read and dropped, so that a client that sends everything before it reads gets
/// the refusal. After that the connection is closed.
pub const DRAIN_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Requests at a time on one HTTP/2 connection.
pub const STREAMS_MAX: u32 = 128;

/// How many streams of one HTTP/2 connection may be reset before the server has handled them. One more closes the connection.
pub const RESETS_PENDING_MAX: usize = 50;

/// Connections at a time. Further ones wait in the system's queue until one ends.
pub const CONNECTIONS_MAX: usize = 1024;

/// The listener's time limits. [`Times::default`] has those of a server. Tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For a head, from its first byte to its last.
    pub head: Duration,
    /// For a body, from the end of the head.
    pub body: Duration,
    /// For an open connection without a request.
    pub idle: Duration,
    /// For the operation, and for the client to read its answer.
    pub answer: Duration,
    /// For requests under way to end when the server stops.
    pub stop: Duration,
    /// For the client to close its side after the server closed its own.
    pub linger: Duration,
}

impl Default for Times {
    fn default() -> Times {
        Times {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(60),
            answer: Duration::from_secs(60),
            stop: Duration::from_secs(5),
            linger: Duration::from_secs(1),
        }
    }
}
