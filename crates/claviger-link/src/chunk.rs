//! How messages become bytes: chunks of at most 16 KiB, so that a heartbeat waits for one chunk of a large message and not for all of it.
//!
//! A chunk is a head of 8 bytes and its part of the message:
//!
//! ```text
//! kind (1) | zero (1) | length of the part (2) | bytes of the message that follow in later chunks (4) | the part
//! ```
//!
//! Numbers are big-endian. The messages of one lane follow each other; chunks of different lanes alternate as the sender likes.

use zeroize::Zeroizing;

/// Bytes of a chunk's head.
pub(crate) const HEAD_BYTES: usize = 8;
/// The most bytes of a message in one chunk. With its head the chunk fits into one record of TLS.
pub(crate) const PART_BYTES_MAX: usize = 16 * 1024 - HEAD_BYTES;

/// The kinds of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first message in each direction ([`crate::hello`]).
    Hello,
    /// The last message: why the sender ends the connection.
    Close,
    /// Asks for a [`Kind::Pong`] with the same bytes.
    Ping,
    /// The answer to a [`Kind::Ping`].
    Pong,
    /// Bytes of the regions' own, which this crate does not look into.
    Frame,
    /// A forwarded request.
    Request,
    /// The answer to a [`Kind::Request`].
    Answer,
    /// The request of a region that was invited and is not a peer yet.
    Enrol,
    /// The answer to a [`Kind::Enrol`].
    Enrolled,
}

impl Kind {
    const ALL: [Kind; 9] = [
        Kind::Hello,
        Kind::Close,
        Kind::Ping,
        Kind::Pong,
        Kind::Frame,
        Kind::Request,
        Kind::Answer,
        Kind::Enrol,
        Kind::Enrolled,
    ];

    fn of(byte: u8) -> Option<Kind> {
        Kind::ALL.get(usize::from(byte)).copied()
    }

    pub(crate) fn lane(self) -> Lane {
        match self {
            Kind::Hello | Kind::Close | Kind::Ping | Kind::Pong => Lane::Control,
            Kind::Frame => Lane::Frames,
            Kind::Request | Kind::Answer | Kind::Enrol | Kind::Enrolled => Lane::Exchange,
        }
    }
}

/// The queues of a connection. A message waits only for earlier ones of its lane, and for one chunk of another lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Short messages that go before all others. Each is one chunk.
    Control,
    /// Frames.
    Frames,
    /// Requests and answers, of forwarding and of enrolment.
    Exchange,
}

/// The most bytes of a message, by lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) frame: usize,
    pub(crate) exchange: usize,
}

/// The most bytes of a message of the control lane.
pub(crate) const CONTROL_BYTES_MAX: usize = 1024;

impl Limits {
    /// Before the peer's hello: no frames, no requests.
    pub(crate) const HELLO: Limits = Limits { frame: 0, exchange: 0 };

    pub(crate) fn of(&self, lane: Lane) -> usize {
        match lane {
            Lane::Control => CONTROL_BYTES_MAX,
            Lane::Frames => self.frame,
            Lane::Exchange => self.exchange,
        }
    }
}

/// A whole message. Its bytes are wiped when it is dropped: requests and answers hold secrets of clients.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Bytes that are no chunks of this protocol, or more than the limits allow. The connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChunkError {
    #[error("an unknown kind of message, {0}")]
    Kind(u8),
    #[error("a malformed head of a chunk")]
    Head,
    #[error("a message of {0} bytes is over the limit")]
    TooLarge(usize),
    #[error("a chunk does not continue the message before it")]
    Order,
}

/// Appends the next chunk of a message, of which `sent` bytes were written before. Returns how many are written now.
pub(crate) fn write_chunk(out: &mut Vec<u8>, kind: Kind, message: &[u8], sent: usize) -> usize {
    let rest = message.get(sent..).unwrap_or_default();
    let (part, later) = rest.split_at(rest.len().min(PART_BYTES_MAX));
    // A message is at most as long as the limits, which are 32-bit numbers.
    let (length, later) =
        (u16::try_from(part.len()).unwrap_or(u16::MAX), u32::try_from(later.len()).unwrap_or(u32::MAX));
    out.extend_from_slice(&[kind as u8, 0]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&later.to_be_bytes());
    out.extend_from_slice(part);
    sent + part.len()
}

/// Puts messages together again. It holds at most one unfinished message of each lane.
pub(crate) struct Assembler {
    limits: Limits,
    /// The bytes of a head that has not arrived whole.
    head: Vec<u8>,
    chunk: Option<Chunk>,
    unfinished: Lanes,
}

/// The unfinished message of each lane.
#[derive(Default)]
struct Lanes {
    control: Option<Unfinished>,
    frames: Option<Unfinished>,
    exchange: Option<Unfinished>,
}

impl Lanes {
    fn of(&mut self, lane: Lane) -> &mut Option<Unfinished> {
        match lane {
            Lane::Control => &mut self.control,
            Lane::Frames => &mut self.frames,
            Lane::Exchange => &mut self.exchange,
        }
    }
}

/// The chunk that is being read.
#[derive(Clone, Copy)]
struct Chunk {
    kind: Kind,
    missing: usize,
    later: usize,
}

struct Unfinished {
    kind: Kind,
    bytes: Zeroizing<Vec<u8>>,
    /// Bytes that the chunks after the current one bring.
    later: usize,
}

impl Assembler {
    pub(crate) fn new(limits: Limits) -> Assembler {
        Assembler { limits, head: Vec::with_capacity(HEAD_BYTES), chunk: None, unfinished: Lanes::default() }
    }

    /// Sets the limits for the chunks whose heads have not been read yet.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Takes bytes from the front of `input` until a message is complete or nothing is left.
    pub(crate) fn feed(&mut self, input: &mut &[u8]) -> Result<Option<Message>, ChunkError> {
        loop {
            let chunk = match self.chunk {
                Some(chunk) => chunk,
                None => match self.read_head(input)? {
                    Some(chunk) => chunk,
                    None => return Ok(None),
                },
            };
            let (part, rest) = input.split_at(input.len().min(chunk.missing));
            *input = rest;
            let message = self.unfinished.of(chunk.kind.lane());
            if let Some(message) = message {
                message.bytes.extend_from_slice(part);
            }
            let missing = chunk.missing - part.len();
            self.chunk = (missing > 0).then_some(Chunk { missing, ..chunk });
            if missing > 0 {
                return Ok(None);
            }
            if chunk.later == 0
                && let Some(done) = message.take()
            {
                return Ok(Some(Message { kind: done.kind, bytes: done.bytes }));
            }
        }
    }

    fn read_head(&mut self, input: &mut &[u8]) -> Result<Option<Chunk>, ChunkError> {
        let (part, rest) = input.split_at(input.len().min(HEAD_BYTES - self.head.len()));
        *input = rest;
        self.head.extend_from_slice(part);
        let Ok([kind, zero, l0, l1, m0, m1, m2, m3]) = <[u8; HEAD_BYTES]>::try_from(self.head.as_slice()) else {
            return Ok(None);
        };
        self.head.clear();
        let kind = Kind::of(kind).ok_or(ChunkError::Kind(kind))?;
        let missing = usize::from(u16::from_be_bytes([l0, l1]));
        let later = u32::from_be_bytes([m0, m1, m2, m3]) as usize;
        // Every chunk but the last of a message is full. So the number of chunks follows from the size.
        if zero != 0 || missing > PART_BYTES_MAX || (later > 0 && missing < PART_BYTES_MAX) {
            return Err(ChunkError::Head);
        }
        self.begin(Chunk { kind, missing, later })?;
        Ok(self.chunk)
    }

    /// Checks the chunk against the limits and against the chunk before it in its lane.
    fn begin(&mut self, chunk: Chunk) -> Result<(), ChunkError> {
        let lane = chunk.kind.lane();
        let size = chunk.missing.saturating_add(chunk.later);
        match self.unfinished.of(lane) {
            // The next chunk of the message.
            Some(message) if message.kind == chunk.kind && message.later == size => message.later = chunk.later,
            Some(_) => return Err(ChunkError::Order),
            new => {
                if size > self.limits.of(lane) || (lane == Lane::Control && chunk.later > 0) {
                    return Err(ChunkError::TooLarge(size));
                }
                // The whole size at once: a buffer that grows leaves copies of secrets behind.
                let bytes = Zeroizing::new(Vec::with_capacity(size));
                *new = Some(Unfinished { kind: chunk.kind, bytes, later: chunk.later });
            }
        }
        self.chunk = Some(chunk);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#[path = "chunk_tests.rs"]
mod tests;
