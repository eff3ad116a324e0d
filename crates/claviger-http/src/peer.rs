//! The client of a connection.

use std::net::IpAddr;

/// The client of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) ip: IpAddr,
    /// Whether the connection is encrypted.
    pub(crate) secure: bool,
}
