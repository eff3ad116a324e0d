//! The test kit: regions in this process, a clock that tests move, and AWS's own SDKs as clients.
//!
//! [`Regions`] starts a [`claviger_host::Cluster`] on a free port of the loopback and hands out SDK clients for it. Nothing is
//! mocked: requests are signed and sent over HTTP, and replication sends the same frames as between machines. Only the time is
//! simulated: it stands still until a test moves it, for the server and for the clients' signatures alike.
//!
//! ```no_run
//! # async fn example() {
//! use claviger_tests::{CENTRAL, Regions};
//! let regions = Regions::start().await;
//! let made = regions.kms(CENTRAL).create_key().send().await.expect("a key is made");
//! regions.advance_days(365);
//! # drop(made);
//! # }
//! ```

// A test that cannot go on ends, with the cause as its text.
#![expect(clippy::expect_used, clippy::panic, reason = "ending a test is what this crate's callers want of it")]

mod clients;
mod connector;
mod expect;
mod regions;
mod time;
mod xks_proxy;

pub use clients::{ACCOUNT, TestCredentials, key_arn, root_arn};
pub use expect::{check_refused, code_of, refused};
pub use regions::{CENTRAL, EAST, Regions, WEST};
pub use xks_proxy::{Manner, XKS_HOST, XKS_KEY_ID, XKS_SECRET, XksProxy};
