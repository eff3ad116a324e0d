//! Requests that the server itself sends to another server, and the replies.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::Sensitive;

/// The methods of requests to other servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboundMethod {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

/// A request to another server. Two requests are equal if the other server could not tell them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundRequest {
    /// The method.
    pub method: OutboundMethod,
    /// `https://host/path`.
    pub url: String,
    /// Lower-case names and their values. `host` and the length are added by the sender.
    pub headers: Vec<(&'static str, Sensitive<String>)>,
    /// The body.
    pub body: Sensitive<Vec<u8>>,
    /// The hosts that it may go to.
    pub reach: Reach,
}

/// The hosts that a request may go to, of a sender that admits private ones by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All that the sender admits.
    Listed,
    /// Not those that are admitted by their names alone: somebody else has chosen the URL.
    Public,
}

/// The answer of another server, of whatever status.
#[derive(Debug, Clone)]
pub struct OutboundAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Sensitive<Vec<u8>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboundFailure {
    /// No connection could be made, or it was closed before the answer.
    Unreachable,
    /// The other server's certificate or its TLS is not acceptable.
    Tls,
    /// The time was over.
    TimedOut,
    /// The bytes that came are no HTTP answer, or more than an answer may have.
    Garbled,
}

impl fmt::Display for OutboundFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OutboundFailure::Unreachable => "no connection",
            OutboundFailure::Tls => "no acceptable TLS",
            OutboundFailure::TimedOut => "no answer in time",
            OutboundFailure::Garbled => "no readable answer",
        })
    }
}

/// The outcome of a request to another server.
pub type OutboundReply = Result<OutboundAnswer, OutboundFailure>;

/// A reply that is on its way.
pub type ReplyFuture<'a> = Pin<Box<dyn Future<Output = OutboundReply> + Send + 'a>>;

/// Sends requests to other servers.
pub trait Outbound: Send + Sync {
    /// Sends a request. The future ends within a bounded time.
    fn send(&self, request: OutboundRequest) -> ReplyFuture<'_>;
}

/// Reaches no server.
#[derive(Debug, Clone, Copy)]
pub struct NoOutbound;

impl Outbound for NoOutbound {
    fn send(&self, _request: OutboundRequest) -> ReplyFuture<'_> {
        Box::pin(std::future::ready(Err(OutboundFailure::Unreachable)))
    }
}
