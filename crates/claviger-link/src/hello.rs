//! The first message in each direction, after TLS: who speaks, for whom, and in which version of the protocol.
//!
//! ```text
//! "CLVGLINK" | major version (2, big-endian) | minor version (2) | CBOR of the rest
//! ```
//!
//! The first 12 bytes stay as they are in every version, so that two regions of different versions can both say what is wrong.

use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::cbor;
use crate::chunk::Limits;

/// A version of the protocol. Regions of one major version understand each other: the one with the higher minor version sends nothing
/// that the other does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkVersion {
    /// Changed when an older region would misread what a newer one sends.
    pub major: u16,
    /// Changed when something was added.
    pub minor: u16,
}

impl LinkVersion {
    /// The version that this build speaks.
    pub const CURRENT: LinkVersion = LinkVersion { major: 1, minor: 0 };
}

impl std::fmt::Display for LinkVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) version: LinkVersion,
    pub(crate) from: Region,
    pub(crate) to: Region,
    /// The sizes that its sender accepts.
    pub(crate) accepts: Limits,
}

/// The part of a hello behind the version.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    from: String,
    #[n(1)]
    to: String,
    #[n(2)]
    frame_bytes_max: u32,
    #[n(3)]
    exchange_bytes_max: u32,
}

/// Why a hello was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HelloError {
    #[error("the peer's first message is not a hello of this protocol")]
    Malformed,
    #[error("the peer speaks version {theirs} of the link's protocol, this region speaks {ours}")]
    Version { ours: LinkVersion, theirs: LinkVersion },
}

const MAGIC: &[u8; 8] = b"CLVGLINK";

impl Hello {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let body = Body {
            from: self.from.as_str().to_owned(),
            to: self.to.as_str().to_owned(),
            frame_bytes_max: size(self.accepts.frame),
            exchange_bytes_max: size(self.accepts.exchange),
        };
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.version.major.to_be_bytes());
        out.extend_from_slice(&self.version.minor.to_be_bytes());
        out.extend_from_slice(&cbor::encode(&body, 128));
        out
    }

    /// Reads the peer's hello. A version of another major number is an error before the rest is looked at.
    pub(crate) fn decode(bytes: &[u8], ours: LinkVersion) -> Result<Hello, HelloError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(HelloError::Malformed)?;
        let Some((&[j0, j1, n0, n1], body)) = rest.split_first_chunk::<4>() else { return Err(HelloError::Malformed) };
        let version = LinkVersion { major: u16::from_be_bytes([j0, j1]), minor: u16::from_be_bytes([n0, n1]) };
        if version.major != ours.major {
            return Err(HelloError::Version { ours, theirs: version });
        }
        // Members that a later minor version adds are passed over.
        let body: Body = minicbor::decode(body).map_err(|_| HelloError::Malformed)?;
        let region = |name: &str| Region::parse(name).map_err(|_| HelloError::Malformed);
        let accepts = Limits { frame: body.frame_bytes_max as usize, exchange: body.exchange_bytes_max as usize };
        Ok(Hello { version, from: region(&body.from)?, to: region(&body.to)?, accepts })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const OURS: LinkVersion = LinkVersion { major: 3, minor: 1 };

    fn hello(version: LinkVersion) -> Hello {
        Hello {
            version,
            from: Region::parse("eu-west-1").unwrap(),
            to: Region::parse("us-east-1").unwrap(),
            accepts: Limits { frame: 10, exchange: 20 },
        }
    }

    #[test]
    fn a_hello_is_read_as_it_was_written() {
        for minor in [0, 1, 2] {
            let hello = hello(LinkVersion { major: 3, minor });
            assert_eq!(Hello::decode(&hello.encode(), OURS), Ok(hello));
        }
        assert_eq!(hello(OURS).encode()[..12], *b"CLVGLINK\0\x03\0\x01");
    }

    #[test]
    fn another_major_version_is_told_without_reading_the_rest() {
        for major in [2, 4] {
            let theirs = LinkVersion { major, minor: 9 };
            let bytes = hello(theirs).encode();
            for end in [12, bytes.len()] {
                assert_eq!(Hello::decode(&bytes[..end], OURS), Err(HelloError::Version { ours: OURS, theirs }));
            }
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let good = hello(OURS).encode();
        for end in 0..good.len() {
            assert_eq!(Hello::decode(&good[..end], OURS), Err(HelloError::Malformed), "{end}");
        }
        assert_eq!(Hello::decode(b"GET / HTTP/1.1\r\n\r\n", OURS), Err(HelloError::Malformed));
    }

    #[test]
    fn members_that_a_later_version_adds_are_passed_over() {
        let mut bytes = hello(OURS).encode();
        bytes.truncate(12);
        let mut body = minicbor::Encoder::new(&mut bytes);
        body.map(5).unwrap().u8(0).unwrap().str("eu-west-1").unwrap().u8(1).unwrap().str("us-east-1").unwrap();
        body.u8(2).unwrap().u32(10).unwrap().u8(3).unwrap().u32(20).unwrap().u8(99).unwrap().str("new").unwrap();
        assert_eq!(Hello::decode(&bytes, OURS), Ok(hello(OURS)));
    }
}
