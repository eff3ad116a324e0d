//! The errors of the link's calls.

use std::time::Duration;

use claviger_types::Region;

use crate::enrolment::EnrolRefusal;

/// Why a forwarded request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The one is no region of this process, or the other no peer of it. Nothing was sent.
    #[error("{to} is not a peer of {from} in this process")]
    NotAPeer {
        /// The forwarding region.
        from: Region,
        /// The region that should answer.
        to: Region,
    },
    /// There is no connection. Nothing was sent.
    #[error("there is no connection to {0}")]
    NotConnected(Region),
    /// Too many requests are under way. The peer has not carried it out.
    #[error("too many requests are being forwarded to {0}")]
    Busy(Region),
    /// The request is larger than the peer accepts. Nothing was sent.
    #[error("the request is larger than {0} accepts")]
    TooLarge(Region),
    /// The connection ended before the answer came. The peer may or may not have carried the request out.
    #[error("the connection to {0} ended before the answer came")]
    AnswerLost(Region),
    /// The answer did not come in time. The peer may or may not have carried the request out.
    #[error("{} did not answer within {} ms", .0, .1.as_millis())]
    TimedOut(Region, Duration),
    /// The peer could not answer: its handler failed, or the answer is unreadable or too large. It may have carried the request out.
    #[error("{0} could not answer the request")]
    Failed(Region),
}

impl LinkError {
    /// Whether the peer may have carried the request out. If not, it can be sent again without harm.
    pub fn may_have_run(&self) -> bool {
        matches!(self, LinkError::AnswerLost(_) | LinkError::TimedOut(..) | LinkError::Failed(_))
    }
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It waits to be written. Whether it arrives is not known.
    Queued,
    /// It was dropped: the queue is full.
    Full,
    /// It was dropped: there is no connection.
    NotConnected,
    /// It was dropped: the peer does not accept frames of this size.
    TooLarge,
    /// It was dropped: the one is no region of this process, or the other no peer of it.
    NotAPeer,
}

/// Why a region could not enrol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// The joining region is no region of this process.
    #[error("{0} is not a region of this process")]
    UnknownLocal(Region),
    /// The region's own addresses or details are over a limit.
    #[error("the addresses or the details of the joining region are malformed or too large")]
    Malformed,
    /// Another identity answered at the inviter's address: a wrong address, or somebody in between.
    #[error("another region answers there: its fingerprint is {presented}, and the invitation's is {expected}")]
    WrongIdentity {
        /// The fingerprint of the identity in the invitation.
        expected: String,
        /// The fingerprint of the one that answered.
        presented: String,
    },
    /// The inviter was not reached, for these reasons, one for each address. Nothing was asked.
    #[error("the inviter was not reached: {0}")]
    NotReached(String),
    /// The inviter refused.
    #[error(transparent)]
    Refused(#[from] EnrolRefusal),
    /// The connection ended after the request was sent. The inviter may have admitted the region.
    #[error("the connection ended before the inviter's answer came ({0}); the inviter may have admitted the region")]
    AnswerLost(String),
}

/// Why a change of the regions and peers was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkSetupError {
    /// There is no such local region.
    #[error("{0} is not a region of this process")]
    UnknownLocal(Region),
    /// A peer has the name or the identity of the local region or of another peer.
    #[error("two regions have the name or the identity of {0}")]
    Duplicate(Region),
    /// An address is not `host:port`, or there are too many.
    #[error("the addresses of {0} are malformed or more than 8")]
    Address(Region),
    /// The listener's address cannot be used.
    #[error("cannot listen on {0}: {1}")]
    Listen(String, String),
    /// The TLS library does not accept the configuration.
    #[error("TLS: {0}")]
    Tls(String),
}
