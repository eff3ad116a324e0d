//! The listener as its clients see it: sockets in, sockets out, with a handler that says what it was handed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cors;
mod echo;
mod garbage;
mod http1;
mod http2;
mod limits;
mod stopping;
mod wire;
mod without_guard;
