//! Measures servers that speak the protocols of KMS, Secrets Manager, STS and IAM: Claviger, its peers, and a floor that shows
//! what the HTTP library alone costs.
//!
//! A [`Subject`] is a server with [`Fixtures`]. A [`Load`] sends it signed requests over many connections, and its [`Sample`]
//! has their latencies. Subjects are measured in slices in turn, so that a busy moment of the machine affects all of them.
//!
//! `cargo xtask bench` runs this crate's program for the figures of the README. `claviger bench` runs [`short::run`].

mod answer;
pub mod audit;
mod call;
mod client;
mod compare;
pub mod cores;
mod error;
mod fill;
mod floor;
pub mod grants;
mod histogram;
pub mod isolation;
mod list;
mod list_pages;
mod load;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod load_tests;
pub mod memory;
mod paced;
pub mod plot;
mod population;
mod process;
pub mod reads;
pub mod replication;
mod rig;
pub mod scale;
pub mod secrets_manager;
pub mod short;
pub mod signing;
mod snapshot;
pub mod start;
mod subject;
mod table;
pub mod threads;
mod time;
mod workload;
pub mod writes;

pub use call::{AccessKey, Call};
pub use client::Client;
pub use compare::{Contender, Figures, Slices, compare};
pub use error::Error;
pub use fill::fill;
pub use floor::serve as serve_floor;
pub use histogram::Histogram;
pub use load::{Answers, Load, Requests, Sample};
pub use paced::paced;
pub use process::ServerProcess;
pub use rig::Rig;
pub use subject::{Signer, Subject};
pub use table::Out;
pub use workload::{Fixtures, OTHER_REGION, REGION, Workload};
