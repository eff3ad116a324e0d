//! Takes in the body of a request, within its limits of size and time.

use bytes::Buf;
use claviger_types::wire::EarlyRefusal;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::limits::DRAIN_BYTES_MAX;

/// The whole body, of at most `max` bytes, if it is here before the deadline.
///
/// Part of a body that is too large is read and dropped: a client that sends everything before it reads would otherwise see a
/// broken connection instead of an answer. A client that sends `Expect: 100-continue` and a `Content-Length` over the limit is
/// refused before it sends the body.
pub(crate) async fn collect(
    mut body: Incoming,
    max: usize,
    asks_first: bool,
    deadline: Instant,
) -> Result<Zeroizing<Vec<u8>>, EarlyRefusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > max && asks_first {
        return Err(EarlyRefusal::BodyTooLarge);
    }
    // With the announced size as its capacity the buffer never moves, so no copy of a secret stays behind.
    let mut taken = Zeroizing::new(Vec::with_capacity(announced.min(max)));
    let mut dropped = 0;
    loop {
        let data = match timeout_at(deadline, body.frame()).await {
            // The bytes that arrived exceed the limit already. That error is more useful to the client than the timeout.
            Err(_) if dropped > 0 => return Err(EarlyRefusal::BodyTooLarge),
            Err(_) => return Err(EarlyRefusal::Timeout),
            Ok(Some(Err(_))) => return Err(EarlyRefusal::Malformed),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            Ok(None) if dropped > 0 => return Err(EarlyRefusal::BodyTooLarge),
            Ok(None) => return Ok(taken),
        };
        if dropped > 0 || data.remaining() > max - taken.len() {
            dropped += data.remaining();
            if dropped > DRAIN_BYTES_MAX {
                return Err(EarlyRefusal::BodyTooLarge);
            }
        } else {
            append(&mut taken, &data);
        }
    }
}

/// Appends to a buffer; one that is too small is wiped when its content moves to a larger one.
fn append(taken: &mut Zeroizing<Vec<u8>>, data: &[u8]) {
    if taken.capacity() - taken.len() < data.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((taken.len() + data.len()) * 2));
        larger.extend_from_slice(taken);
        *taken = larger;
    }
    taken.extend_from_slice(data);
}
