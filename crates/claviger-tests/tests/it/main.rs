//! Black-box tests: AWS's SDKs against regions in this process, whose time and links the tests control.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod kms;
mod replication;
mod secrets;
mod sts;
mod support;
