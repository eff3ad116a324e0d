//! Every limit of size, number and time of the listener. The size of bodies depends on the service, so the caller's handler
//! decides it.

use std::sync::{Arc, PoisonError, RwLock};
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

/// A listener's limits that a configuration sets. [`Limits::default`] has those of a developer's server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time of one peer: of an IPv4 address, or of a /64 network of IPv6.
    pub connections_per_peer: usize,
    /// The time limits.
    pub times: Times,
}

impl Default for Limits {
    /// 1,024 connections, all of which one peer may have, since a developer's clients are all on one machine.
    fn default() -> Limits {
        Limits { connections: 1024, connections_per_peer: 1024, times: Times::default() }
    }
}

/// Limits that may change while the listener runs. Clones share them. A connection keeps the times that it began with.
#[derive(Debug, Clone, Default)]
pub struct LiveLimits(Arc<RwLock<Limits>>);

impl LiveLimits {
    /// These limits, until others are set.
    pub fn new(limits: Limits) -> LiveLimits {
        LiveLimits(Arc::new(RwLock::new(limits)))
    }

    /// The limits now.
    pub fn get(&self) -> Limits {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets them for connections that arrive from now on. Connections that are open stay, though there be more than these allow.
    pub fn set(&self, limits: Limits) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}

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
