//! Forwarded requests and their answers as bytes (CBOR). A request arrives as it was sent: nothing in it is parsed or changed, because the
//! client's signature covers it.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use claviger_types::wire::{RawRequest, RawResponse};
use minicbor::bytes::ByteSlice;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::cbor;

#[derive(Encode, Decode)]
#[cbor(map)]
struct Request<'a> {
    #[b(0)]
    method: &'a str,
    #[b(1)]
    path: &'a str,
    #[b(2)]
    query: &'a str,
    #[b(3)]
    headers: Vec<Header<'a>>,
    #[b(4)]
    body: &'a ByteSlice,
    #[b(5)]
    id: &'a str,
    #[b(6)]
    peer: Option<&'a str>,
    #[n(7)]
    secure: bool,
}

#[derive(Encode, Decode)]
struct Header<'a>(#[b(0)] &'a str, #[b(1)] &'a ByteSlice);

#[derive(Encode, Decode)]
#[cbor(map)]
struct Answer<'a> {
    #[n(0)]
    status: u16,
    #[b(1)]
    headers: Vec<AnswerHeader<'a>>,
    #[b(2)]
    body: &'a ByteSlice,
}

#[derive(Encode, Decode)]
struct AnswerHeader<'a>(#[b(0)] &'a str, #[b(1)] &'a str);

/// Bytes that are no forwarded request or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the forwarded message is malformed")]
pub(crate) struct Malformed;

pub(crate) fn encode_request(request: &RawRequest) -> Zeroizing<Vec<u8>> {
    let peer = request.peer.map(|peer| peer.to_string());
    let headers = request.headers.iter().map(|(name, value)| Header(name, value.as_slice().into())).collect();
    let encoded = Request {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers,
        body: request.body.as_slice().into(),
        id: &request.id,
        peer: peer.as_deref(),
        secure: request.secure,
    };
    cbor::encode(&encoded, request.body.len() + 4096)
}

pub(crate) fn decode_request(bytes: &[u8]) -> Result<RawRequest, Malformed> {
    let read: Request = minicbor::decode(bytes).map_err(|_| Malformed)?;
    let peer = read.peer.map(|peer| peer.parse::<IpAddr>().map_err(|_| Malformed)).transpose()?;
    Ok(RawRequest {
        method: read.method.to_owned(),
        path: read.path.to_owned(),
        query: read.query.to_owned(),
        headers: read.headers.iter().map(|Header(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        body: Zeroizing::new(read.body.to_vec()),
        id: read.id.to_owned(),
        peer,
        secure: read.secure,
    })
}

pub(crate) fn encode_answer(answer: &RawResponse) -> Zeroizing<Vec<u8>> {
    let headers = answer.headers.iter().map(|(name, value)| AnswerHeader(name, value)).collect();
    let encoded = Answer { status: answer.status, headers, body: answer.body.as_slice().into() };
    cbor::encode(&encoded, answer.body.len() + 1024)
}

pub(crate) fn decode_answer(bytes: &[u8]) -> Result<RawResponse, Malformed> {
    let read: Answer = minicbor::decode(bytes).map_err(|_| Malformed)?;
    let headers = read.headers.iter().map(|AnswerHeader(name, value)| {
        let name = static_name(name).ok_or(Malformed)?;
        Ok((name, (*value).to_owned()))
    });
    Ok(RawResponse {
        status: read.status,
        headers: headers.collect::<Result<_, _>>()?,
        body: Zeroizing::new(read.body.to_vec()),
    })
}

/// The names of headers that answers have today.
const NAMES: [&str; 8] = [
    "content-type",
    "Content-Type",
    "x-amzn-requestid",
    "x-amzn-RequestId",
    "x-amzn-errortype",
    "cache-control",
    "Cache-Control",
    "retry-after",
];

/// Names that newer regions send. They live as long as the process, so there are few, and only regions that are peers add to them.
static MORE_NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
const MORE_NAMES_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 64;

/// The name as the answer's type wants it: for ever. None if it is no name of a header, or one too many.
fn static_name(name: &str) -> Option<&'static str> {
    if let Some(known) = NAMES.into_iter().find(|known| *known == name) {
        return Some(known);
    }
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name || !(1..=NAME_BYTES_MAX).contains(&name.len()) {
        return None;
    }
    let mut more = MORE_NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = more.iter().find(|known| **known == name) {
        return Some(known);
    }
    if more.len() >= MORE_NAMES_MAX {
        return None;
    }
    let leaked: &'static str = Box::leak(name.to_owned().into_boxed_str());
    more.push(leaked);
    Some(leaked)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Requests have no `Debug`, because bodies are secret.
    struct Generated(RawRequest);

    impl std::fmt::Debug for Generated {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} {}", self.0.method, self.0.path)
        }
    }

    fn requests() -> impl Strategy<Value = Generated> {
        let headers = vec(("[a-z-]{1,12}", vec(any::<u8>(), 0..20)), 0..8);
        let head = ("[A-Z]{3,7}", "/[ -~]{0,20}", "[ -~]{0,20}", headers);
        let peer = proptest::option::of(any::<IpAddr>());
        (head, vec(any::<u8>(), 0..2000), "[0-9a-f-]{36}", peer, any::<bool>()).prop_map(
            |((method, path, query, headers), body, id, peer, secure)| {
                Generated(RawRequest { method, path, query, headers, body: Zeroizing::new(body), id, peer, secure })
            },
        )
    }

    proptest! {
        #[test]
        fn a_request_is_read_as_it_was_written(Generated(request) in requests()) {
            let read = decode_request(&encode_request(&request)).unwrap();
            prop_assert_eq!((read.method, read.path, read.query), (request.method, request.path, request.query));
            prop_assert_eq!((read.headers, read.body, read.id), (request.headers, request.body, request.id));
            prop_assert_eq!((read.peer, read.secure), (request.peer, request.secure));
        }

        #[test]
        fn an_answer_is_read_as_it_was_written(status in 100..600_u16, values in vec("[ -~]{0,20}", 0..9), body in vec(any::<u8>(), 0..2000)) {
            let headers: Vec<(&'static str, String)> = NAMES.into_iter().zip(values).collect();
            let answer = RawResponse { status, headers, body: Zeroizing::new(body) };
            let read = decode_answer(&encode_answer(&answer)).unwrap();
            prop_assert_eq!((read.status, read.headers, read.body), (answer.status, answer.headers, answer.body));
        }

        #[test]
        fn no_bytes_are_a_panic(bytes in vec(any::<u8>(), 0..200)) {
            let _ = decode_request(&bytes);
            let _ = decode_answer(&bytes);
        }
    }

    #[test]
    fn a_part_of_a_message_is_malformed() {
        let answer = RawResponse { status: 200, headers: vec![], body: Zeroizing::new(vec![1, 2, 3]) };
        let bytes = encode_answer(&answer);
        for end in 0..bytes.len() {
            assert!(decode_answer(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn new_names_of_headers_are_few() {
        assert_eq!(static_name("x-new"), Some("x-new"));
        for bad in ["", "a b", "é", &"a".repeat(65)] {
            assert_eq!(static_name(bad), None);
        }
        let known = (0..2 * MORE_NAMES_MAX).filter(|n| static_name(&format!("x-new-{n}")).is_some()).count();
        assert!(known < MORE_NAMES_MAX, "{known}");
        assert_eq!(static_name("x-new"), Some("x-new"));
    }
}
