//! A model of the replication of multi-Region keys, whose every state within bounds is visited. It has the rules and the message types of
//! `claviger-replication` (`key_apply.rs`, `key_replication.rs`, `handover.rs`, `key_messages.rs`), and the streams between regions. Where
//! the simulator of that crate runs the code itself along random paths, the model takes every path.
//!
//! Left out: keys with imported material, disabled keys (they decline an offer, as a refusal does), deletion windows, the deletion of a
//! primary, damaged rows, snapshots and lost stores.
#![expect(clippy::indexing_slicing, reason = "a model that leaves its bounds is to stop at once")]
#![cfg_attr(not(feature = "checker"), allow(dead_code, reason = "only a checker takes every step"))]

mod actions;
mod bounds;
mod handover;
mod key;
mod messages;
mod network;
mod own_changes;
#[cfg(feature = "checker")]
mod properties;
mod replay;
mod rules;
#[cfg(feature = "checker")]
mod run;
mod site;
mod state;
mod step;

pub use bounds::{Bounds, BrokenRule, Scope};
pub use replay::{Change, KeyView, Replay};
#[cfg(feature = "checker")]
pub use run::{Counterexample, Explored, explore};
