//! Reads messages from a connection.

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

use crate::chunk::{Assembler, Limits, Message};
use crate::end::End;

const BUFFER_BYTES: usize = 32 * 1024;

/// The reading half's state: bytes that were read and not looked at yet, and unfinished messages.
pub(crate) struct Incoming {
    assembler: Assembler,
    buffer: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Incoming {
    pub(crate) fn new(limits: Limits) -> Incoming {
        let buffer = Zeroizing::new(vec![0; BUFFER_BYTES]);
        Incoming { assembler: Assembler::new(limits), buffer, start: 0, end: 0 }
    }

    /// Sets the limits of the messages behind the last one that [`Incoming::next`] returned.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.assembler.set_limits(limits);
    }

    /// The next message. `heard` is told the number of bytes of each read, also of those that complete no message.
    pub(crate) async fn next(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        heard: impl Fn(usize),
    ) -> Result<Message, End> {
        loop {
            let mut unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            let message = self.assembler.feed(&mut unread)?;
            self.start = self.end - unread.len();
            if let Some(message) = message {
                return Ok(message);
            }
            let read = io.read(&mut self.buffer).await?;
            if read == 0 {
                return Err(End::Eof);
            }
            heard(read);
            (self.start, self.end) = (0, read);
        }
    }
}
