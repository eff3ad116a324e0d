//! Why a connection ended or was not made.

use std::io;
use std::time::Duration;

use claviger_types::Region;
use rustls::{AlertDescription, CertificateError};

use crate::chunk::ChunkError;
use crate::hello::HelloError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum End {
    #[error("{0}")]
    Io(String),
    #[error("the peer ended the connection")]
    Eof,
    #[error("the peer ended the connection: {0}")]
    Closed(String),
    #[error("nothing arrived for {} ms", .0.as_millis())]
    Silent(Duration),
    #[error("the peer's bytes are not of this protocol: {0}")]
    Chunk(#[from] ChunkError),
    #[error(transparent)]
    Hello(#[from] HelloError),
    #[error("the peer sent a message that has no place here")]
    OutOfPlace,
    #[error("the peer does not accept this region's key")]
    KeyRefused,
    #[error("the other side presented a key that is not pinned")]
    WrongKey,
    #[error("the other side calls itself {0}")]
    WrongRegion(Region),
    #[error("the name that was dialled is not of a region of this process")]
    UnknownName,
    #[error("the region is no longer a peer")]
    Removed,
    #[error("another connection to the same peer took its place")]
    Superseded,
    #[error("too many connections have not proved who they are")]
    PushedOut,
    #[error("the link is cut by a fault of a drill")]
    Cut,
    #[error("not done within {} ms", .0.as_millis())]
    TimedOut(Duration),
}

/// Errors of sockets and of TLS, which tokio-rustls carries inside the former.
impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(error) => error.clone().into(),
            None if error.kind() == io::ErrorKind::UnexpectedEof => End::Eof,
            None => End::Io(error.to_string()),
        }
    }
}

impl From<rustls::Error> for End {
    fn from(error: rustls::Error) -> End {
        match error {
            rustls::Error::AlertReceived(AlertDescription::AccessDenied) => End::KeyRefused,
            rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure) => End::WrongKey,
            rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => End::UnknownName,
            other => End::Io(format!("TLS: {other}")),
        }
    }
}
