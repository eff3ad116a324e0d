//! Replication: the messages that regions exchange, and how a region applies them. This crate uses no socket, no clock, no
//! source of randomness and no task: events come in, and messages and writes come out, one step at a time. The same code runs
//! between two regions of one process, between machines, and in the simulator, which drives it through thousands of orders of
//! loss, delay and crash.
//!
//! - A change commits together with a row in the **outbox** of each peer that shares the thing
//!   ([`key_replication::announce`], [`secret_replication::announce`], [`home_row::announce`],
//!   [`last_use_replication::record_use`]). The row only names the thing. The message carries the state at the time of
//!   sending, so intermediate states need not be sent, and the outbox holds no secret.
//! - The link to each peer is one ordered stream of numbered messages. A message is repeated until it is acknowledged and
//!   applied at most once. The position that a stream has reached commits together with the changes that it applied.
//! - **Epochs** are pairs (counter, region). State is applied unless its (epoch, revision) is below the stored one, and only from
//!   the region that the epoch names. Material is a set that only grows.
//! - A message never holds key material or a secret value in the clear. The receiver requests the parts that it lacks and
//!   sends a one-time public key, and the sender seals the parts to that key.
//!
//! [`Engine::step`] is one step over one transaction. [`drive`] is the loop around it that every user of this crate runs. Two
//! things are not in this crate: authorization, which the service checks before it writes, and through [`RegionHooks`] where
//! a change needs the rights of a second region; and the transport of bytes between regions.

mod backlog;
mod broken_rules;
mod change;
mod claim_pass;
mod compact;
mod context;
mod copies_wanted;
#[cfg(test)]
mod damage_tests;
mod departures;
mod drive;
mod engine;
mod entry;
mod expand;
mod fleet_copy;
pub mod fleet_replication;
mod frame;
#[cfg(feature = "test-kit")]
pub mod fuzz;
mod handover;
mod home_copy;
mod home_moved;
pub mod home_row;
mod hooks;
pub mod iam_home;
mod iam_recovery;
pub mod imported_material;
mod inbox;
mod key_apply;
mod key_copy;
mod key_kinds;
mod key_messages;
pub mod key_replication;
mod kind;
pub mod last_use_replication;
mod lineage;
#[cfg(test)]
mod model_tests;
mod notice;
mod outbound;
mod outbox;
mod peer;
pub mod rebuild;
pub mod rebuild_snapshots;
mod rebuild_state;
mod refused_claims;
mod registry;
pub mod replica_counts;
mod replica_end;
mod replica_pass;
mod resync;
mod rotation_pass;
mod rotation_rule;
mod sealed_home_row;
mod secret_apply;
mod secret_copy;
mod secret_kinds;
mod secret_messages;
pub mod secret_replication;
mod secret_transfer;
#[cfg(feature = "test-kit")]
pub mod sim;
pub mod state_digest;
mod survey;
#[cfg(test)]
mod testing;
pub mod token_key_replication;
mod waiting_changes;

pub use backlog::{Backlog, ToldBacklog, survey_ms};
#[cfg(feature = "test-kit")]
pub use broken_rules::BrokenRules;
pub use context::{Env, Error};
pub use drive::{Driven, LocalRegion, drive};
pub use engine::{Engine, Event};
pub use frame::{MESSAGE_BYTES_MAX, Message, MessageError};
pub use handover::end_handover_with;
pub use hooks::{OpenedValue, RegionHooks};
pub use notice::{Counters, Dropped, Notice};
pub use peer::PeerStatus;
pub use refused_claims::OpenClaims;
pub use resync::resync;
pub use waiting_changes::WaitingChanges;
