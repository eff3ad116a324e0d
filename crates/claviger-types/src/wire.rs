//! The raw request that a listener passes to its handler, and the raw answer that it gets. Nothing in them is parsed.

use std::net::IpAddr;

use zeroize::Zeroizing;

/// A request as it arrived, within the listener's limits of size and time.
pub struct RawRequest {
    /// `POST`, `GET`, ...
    pub method: String,
    /// The path as it was sent, not decoded.
    pub path: String,
    /// The query as it was sent, without the question mark; empty if there was none.
    pub query: String,
    /// Lower-case names and raw values in the order of arrival. HTTP/2's `:authority` is given as `host`.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, after chunks were joined.
    pub body: Zeroizing<Vec<u8>>,
    /// The id of this request, a lower-case UUID: answered in `x-amzn-RequestId`.
    pub id: String,
    /// The peer's address.
    pub peer: Option<IpAddr>,
    /// Whether it came over TLS.
    pub secure: bool,
}

impl RawRequest {
    /// The first header of a name (lower case) that is valid UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name)?;
        std::str::from_utf8(value).ok()
    }
}

/// An answer for the listener to send. It adds `Date` and `Content-Length`.
pub struct RawResponse {
    /// The HTTP status.
    pub status: u16,
    /// `x-amzn-RequestId`, `Content-Type` and the other headers of the answer.
    pub headers: Vec<(&'static str, String)>,
    /// The body; wiped when it has been sent.
    pub body: Zeroizing<Vec<u8>>,
}

/// The reason why a listener refuses a request before it has read it completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyRefusal {
    /// The body is over the limit.
    BodyTooLarge,
    /// The headers are over the limit.
    HeadersTooLarge,
    /// The body did not arrive in time.
    Timeout,
    /// The request's framing or target is not one that this server reads.
    Malformed,
    /// No region of this process serves the credential scope's region.
    UnknownRegion,
    /// The region is hosted here and is not running.
    RegionDown,
    /// The handling of the request ended by a panic.
    Failed,
}
