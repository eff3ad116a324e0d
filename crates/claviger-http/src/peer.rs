//! The client of a connection.

use std::net::IpAddr;

use crate::limits::Times;

/// The client of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) ip: IpAddr,
    /// Whether the connection is encrypted.
    pub(crate) secure: bool,
    /// The time limits of its requests: those in force when it connected.
    pub(crate) times: Times,
}
