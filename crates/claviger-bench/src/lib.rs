//! Measures servers that speak the protocols of KMS, Secrets Manager, STS and IAM: Claviger, its peers, and a floor that shows
//! what the HTTP library alone costs.
//!
//! A [`Subject`] is a server with [`Fixtures`]. A [`Load`] sends it signed requests over many connections, and its [`Sample`]
//! has their latencies. Subjects are measured in slices in turn, so that a busy moment of the machine affects all of them.
//!
//! `cargo xtask bench` runs this crate's program for the figures of the README.

mod answer;
mod call;
mod client;
mod error;
mod floor;
mod histogram;
mod load;
mod paced;
mod process;
mod subject;
mod time;
mod workload;

pub use call::{AccessKey, Call};
pub use client::Client;
pub use error::Error;
pub use floor::serve as serve_floor;
pub use histogram::Histogram;
pub use load::{Load, Requests, Sample};
pub use paced::paced;
pub use process::ServerProcess;
pub use subject::{Signer, Subject};
pub use workload::{Fixtures, OTHER_REGION, REGION, Workload};
