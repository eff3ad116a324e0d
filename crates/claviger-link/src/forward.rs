//! The messages of forwarding: a number that the dialling side of the exchange chose, and the request or the answer.
//!
//! ```text
//! request:  number (8) | request
//! answer:   number (8) | status (1) | answer, if the status is 0
//! ```

use claviger_types::wire::{RawRequest, RawResponse};
use zeroize::Zeroizing;

use crate::http_codec;

/// Why there is no answer to a request that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Too many requests are under way. This one was not looked at.
    Busy,
    /// The handler failed, or this region cannot read the request or the answer.
    Failed,
    /// The answer is larger than the asking side accepts.
    TooLarge,
}

/// The number of bytes before the request in its message.
pub(crate) const REQUEST_HEAD_BYTES: usize = 8;

pub(crate) fn with_id(id: u64, request: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(REQUEST_HEAD_BYTES + request.len()));
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(request);
    out
}

/// The number, and the request. None if it cannot be read; the sender is a peer that is at fault.
pub(crate) fn read_request(message: &[u8]) -> Option<(u64, RawRequest)> {
    let (id, request) = message.split_first_chunk()?;
    Some((u64::from_be_bytes(*id), http_codec::decode_request(request).ok()?))
}

pub(crate) fn answer(id: u64, answer: &Result<RawResponse, Status>) -> Zeroizing<Vec<u8>> {
    let encoded = answer.as_ref().map(http_codec::encode_answer);
    let status = match answer {
        Ok(_) => 0,
        Err(Status::Busy) => 1,
        Err(Status::Failed) => 2,
        Err(Status::TooLarge) => 3,
    };
    let body = encoded.as_ref().map_or(&[][..], |encoded| encoded.as_slice());
    let mut out = Zeroizing::new(Vec::with_capacity(9 + body.len()));
    out.extend_from_slice(&id.to_be_bytes());
    out.push(status);
    out.extend_from_slice(body);
    out
}

/// The number, and the answer. None if it has no number and no status.
pub(crate) fn read_answer(message: &[u8]) -> Option<(u64, Result<RawResponse, Status>)> {
    let (id, rest) = message.split_first_chunk()?;
    let answer = match rest.split_first()? {
        (0, answer) => http_codec::decode_answer(answer).map_err(|_| Status::Failed),
        (1, _) => Err(Status::Busy),
        (3, _) => Err(Status::TooLarge),
        _ => Err(Status::Failed),
    };
    Some((u64::from_be_bytes(*id), answer))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_their_absence() {
        for status in [Status::Busy, Status::Failed, Status::TooLarge] {
            let (id, read) = read_answer(&answer(7, &Err(status))).unwrap();
            assert_eq!((id, read.err()), (7, Some(status)));
        }
        let good = RawResponse { status: 204, headers: vec![], body: Zeroizing::new(vec![1]) };
        let (id, read) = read_answer(&answer(u64::MAX, &Ok(good))).unwrap();
        assert_eq!((id, read.ok().map(|answer| answer.status)), (u64::MAX, Some(204)));
        assert!(read_answer(&[0; 8]).is_none());
        assert!(read_request(&[0; 9]).is_none());
        assert_eq!(read_answer(&[0; 9]).unwrap().1.err(), Some(Status::Failed), "no answer behind a good status");
    }
}
