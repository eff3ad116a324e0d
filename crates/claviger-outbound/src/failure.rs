//! The kinds of failure, from the errors of the HTTP library.

use std::error::Error;
use std::io;

use claviger_types::OutboundFailure;
use hyper_util::client::legacy;

/// The failure of a request without an answer.
pub(crate) fn of(error: &legacy::Error) -> OutboundFailure {
    of_chain(error)
}

/// The failure of an answer whose body did not arrive, or is too long.
pub(crate) fn of_body(error: &(dyn Error + 'static)) -> OutboundFailure {
    if error.is::<http_body_util::LengthLimitError>() { OutboundFailure::Garbled } else { of_chain(error) }
}

fn of_chain(error: &(dyn Error + 'static)) -> OutboundFailure {
    let mut next = Some(error);
    while let Some(cause) = next {
        if is_tls(cause) {
            return OutboundFailure::Tls;
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(|error| error.is_parse() || error.is_parse_too_large()) {
            return OutboundFailure::Garbled;
        }
        next = cause.source();
    }
    OutboundFailure::Unreachable
}

/// Errors of TLS come inside of one or two [`io::Error`]s, whose `source` skips what is in them.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}
