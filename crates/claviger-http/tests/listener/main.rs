//! Black-box tests of the listener over sockets, with a handler that reports the requests that it received.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod admission;
mod cors;
mod differential;
mod echo;
mod garbage;
mod http1;
mod http2;
mod limits;
mod stopping;
mod wire;
mod without_guard;
