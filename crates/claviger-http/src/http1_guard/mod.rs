//! Reads the head of every HTTP/1 request before hyper does, and lets only whole and well-formed requests pass.
//!
//! Hyper answers a bad head with a bare status, or with nothing when it comes too slowly. It accepts `Content-Length` beside
//! `Transfer-Encoding` and drops the former, so that a handler cannot notice. It accepts lone line feeds and chunk extensions.
//! A proxy in front may read such a request differently, and then an attacker can smuggle a second request in the first. The
//! guard refuses every such request, in the shape that its client reads. The guard and hyper always agree on the end of a body,
//! since only one header of framing and one form of each passes.
//! take the same bytes for a body, since only one header of framing and one form of each passes.

mod framing;
mod head;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use claviger_types::wire::{EarlyRefusal, RawRequest};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep, timeout};

use crate::activity::Activity;
use crate::limits::{HEAD_BYTES_MAX, Times};
use framing::Framing;
use head::HeadScan;

/// The connection preface of an HTTP/2 client (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Bytes read after the last answer, so that the client can read it before the connection is reset.
const LINGER_BYTES_MAX: usize = 256 * 1024;

/// The size of the buffer as long as no larger head arrives.
const BUFFER_BYTES: usize = 4 * 1024;

/// The protocol of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.0 or 1.1.
    Http1,
    /// HTTP/2, from its first byte.
    Http2,
    /// Neither protocol, so the connection cannot be served. [`Http1Guard::refusal`] returns the answer to send, if there is
    /// one.
    Neither,
}

/// A connection whose requests are checked as they arrive. Written bytes pass unchanged.
pub(crate) struct Http1Guard<S> {
    socket: S,
    activity: Arc<Activity>,
    times: Times,
    buffer: Buffer,
    /// The number of bytes at the buffer's front that may pass.
    passing: usize,
    phase: Phase,
    timer: Pin<Box<Sleep>>,
    waiting: Option<Waiting>,
}

enum Phase {
    /// HTTP/1, in front of a head.
    Head(HeadScan),
    /// HTTP/1, in a body.
    Body(Framing),
    /// HTTP/2.
    Through,
    /// No more bytes pass.
    Closed(Option<EarlyRefusal>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    ForRequest,
    ForHead,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Http1Guard<S> {
    pub(crate) fn new(socket: S, activity: Arc<Activity>, times: Times) -> Http1Guard<S> {
        Http1Guard {
            socket,
            activity,
            times,
            buffer: Buffer::default(),
            passing: 0,
            phase: Phase::Head(HeadScan::default()),
            timer: Box::pin(tokio::time::sleep(times.idle)),
            waiting: None,
        }
    }

    /// Reads until the client's protocol is known.
    pub(crate) async fn protocol(&mut self) -> Protocol {
        std::future::poll_fn(|cx| self.poll_protocol(cx)).await
    }

    fn poll_protocol(&mut self, cx: &mut Context<'_>) -> Poll<Protocol> {
        loop {
            let first = self.buffer.bytes();
            if first.starts_with(PREFACE) {
                self.phase = Phase::Through;
                return Poll::Ready(Protocol::Http2);
            }
            if first.is_empty() || PREFACE.starts_with(first) {
                if ready!(self.poll_more(cx)).is_err() || matches!(self.phase, Phase::Closed(_)) {
                    return Poll::Ready(Protocol::Neither);
                }
                continue;
            }
            return match ready!(self.poll_pass(cx)) {
                Ok(true) => Poll::Ready(Protocol::Http1),
                Ok(false) | Err(_) => Poll::Ready(Protocol::Neither),
            };
        }
    }

    /// The refused request, as far as it was read, and the refusal.
    pub(crate) fn refusal(&self, id: String) -> Option<(RawRequest, EarlyRefusal)> {
        match self.phase {
            Phase::Closed(Some(refusal)) => Some((head::salvage(self.buffer.bytes(), id), refusal)),
            _ => None,
        }
    }

    /// Writes a last answer, if there is one, and closes the connection in a way that lets the client still read it.
    pub(crate) async fn finish(mut self, answer: &[u8]) {
        let closed = async {
            self.socket.write_all(answer).await?;
            self.socket.shutdown().await
        };
        if !matches!(timeout(self.times.stop, closed).await, Ok(Ok(()))) {
            return;
        }
        let drained = async {
            let mut sink = [0; 4096];
            let mut left = LINGER_BYTES_MAX;
            while left > 0 {
                match self.socket.read(&mut sink).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => left = left.saturating_sub(read),
                }
            }
        };
        // The connection is closed, even if the client did not close its side in time.
        let _ = timeout(self.times.linger, drained).await;
    }

    /// Waits until bytes may pass (`true`), or until it is known that no more will (`false`).
    fn poll_pass(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if self.passing > 0 {
                return Poll::Ready(Ok(true));
            }
            match self.phase {
                // An answer under way comes first. Once it is sent, hyper polls for the next head and this code runs again.
                Phase::Closed(Some(_)) if !self.activity.is_idle() => return Poll::Pending,
                Phase::Closed(_) => return Poll::Ready(Ok(false)),
                _ => {}
            }
            if !self.advance()? {
                ready!(self.poll_more(cx))?;
            }
        }
    }

    /// Releases the bytes of the buffer that may pass, or closes the guard. `false` if the decision needs more bytes.
    fn advance(&mut self) -> io::Result<bool> {
        match &mut self.phase {
            Phase::Head(scan) => {
                if self.buffer.bytes().starts_with(b"\r\n") {
                    // Some clients send a CR LF after a body that they do not count (RFC 9112, 2.2).
                    self.buffer.consume(2);
                    return Ok(true);
                }
                if self.buffer.bytes() == b"\r" {
                    return Ok(false);
                }
                let checked = scan.advance(self.buffer.bytes()).and_then(|len| match len {
                    Some(len) => {
                        head::check(self.buffer.bytes().get(..len).unwrap_or_default()).map(|f| Some((len, f)))
                    }
                    None => Ok(None),
                });
                match checked {
                    Ok(None) => return Ok(false),
                    Ok(Some((len, framing))) => {
                        self.passing = len;
                        self.waiting = None;
                        self.phase = after(framing);
                    }
                    Err(refusal) => self.phase = Phase::Closed(Some(refusal)),
                }
            }
            Phase::Body(framing) => {
                if self.buffer.bytes().is_empty() {
                    return Ok(false);
                }
                self.passing = framing.take(self.buffer.bytes())?;
                if framing.ended() {
                    self.phase = Phase::Head(HeadScan::default());
                }
            }
            Phase::Through => {
                self.passing = self.buffer.bytes().len();
                return Ok(self.passing > 0);
            }
            Phase::Closed(_) => {}
        }
        Ok(true)
    }

    /// Reads from the socket. Closes the guard if the client closes its side or is too slow.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = ReadBuf::new(self.buffer.space());
        match Pin::new(&mut self.socket).poll_read(cx, &mut space)? {
            Poll::Ready(()) => {
                let read = space.filled().len();
                self.buffer.filled(read);
                if read == 0 {
                    self.close_at_eof()?;
                }
                Poll::Ready(Ok(()))
            }
            Poll::Pending => {
                ready!(self.poll_too_slow(cx));
                Poll::Ready(Ok(()))
            }
        }
    }

    fn close_at_eof(&mut self) -> io::Result<()> {
        match self.phase {
            Phase::Body(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Phase::Head(_) if !self.buffer.bytes().is_empty() => {
                self.phase = Phase::Closed(Some(EarlyRefusal::Malformed));
            }
            Phase::Head(_) | Phase::Through => self.phase = Phase::Closed(None),
            Phase::Closed(_) => {}
        }
        Ok(())
    }

    /// Ready when the guard was closed because time was up. Bodies and HTTP/2 have their time limits elsewhere.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !matches!(self.phase, Phase::Head(_)) {
            return Poll::Pending;
        }
        let (waiting, limit) = match self.buffer.bytes() {
            [] if !self.activity.is_idle() => {
                self.waiting = None;
                return Poll::Pending;
            }
            [] => (Waiting::ForRequest, self.times.idle),
            _ => (Waiting::ForHead, self.times.head),
        };
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            self.timer.as_mut().reset(Instant::now() + limit);
        }
        ready!(self.timer.as_mut().poll(cx));
        self.phase = Phase::Closed((waiting == Waiting::ForHead).then_some(EarlyRefusal::Timeout));
        Poll::Ready(())
    }
}

fn after(framing: Framing) -> Phase {
    if framing.ended() { Phase::Head(HeadScan::default()) } else { Phase::Body(framing) }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Http1Guard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if ready!(self.poll_pass(cx))? {
            let len = self.passing.min(out.remaining());
            out.put_slice(self.buffer.bytes().get(..len).unwrap_or_default());
            self.buffer.consume(len);
            self.passing -= len;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Http1Guard<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// Bytes of the socket that have not passed yet. It never holds much more than one head: body bytes pass before more are read.
#[derive(Default)]
struct Buffer {
    room: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        self.room.get(self.start..self.end).unwrap_or_default()
    }

    /// Room for the next bytes from the socket; never empty.
    fn space(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.room.len() {
            if self.start > 0 {
                self.room.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            } else {
                let len = (self.room.len() * 2).clamp(BUFFER_BYTES, HEAD_BYTES_MAX + BUFFER_BYTES);
                // A full buffer of the largest size holds a head that is over its limit, so this always grows.
                self.room.resize(len.max(self.end + 1), 0);
            }
        }
        self.room.get_mut(self.end..).unwrap_or_default()
    }

    fn filled(&mut self, bytes: usize) {
        self.end += bytes;
    }

    fn consume(&mut self, bytes: usize) {
        self.start += bytes;
    }
}
