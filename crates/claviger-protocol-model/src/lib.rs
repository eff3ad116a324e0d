//! A model of the replication of multi-Region keys, whose every state within bounds is visited. It has the rules and the message types of
//! `claviger-replication` (`key_apply.rs`, `key_replication.rs`, `handover.rs`, `key_messages.rs`), and the streams between regions. Where
//! the simulator of that crate runs the code itself along random paths, the model takes every path.
//!
//! Left out: keys with imported material, disabled keys (they decline an offer, as a refusal does), deletion windows, the deletion of a
//! primary, damaged rows, snapshots and lost stores.
#![expect(clippy::indexing_slicing, reason = "a model that leaves its bounds is to stop at once")]

mod actions;
mod bounds;
mod handover;
mod key;
mod messages;
mod network;
mod own_changes;
mod properties;
mod rules;
mod run;
mod site;
mod state;

pub use bounds::{Bounds, BrokenRule, Scope};
pub use run::{Explored, Violation, explore};
