//! What travels between regions and how it is applied. No socket, no clock, no randomness, no task: events in, messages and
//! writes out, one step at a time. The same code runs between two regions of one process, between machines, and in the
//! simulator, which drives it through thousands of orders of loss, delay and crash.
//!
//! - A change commits together with a row in the **outbox** of each peer that shares the thing ([`key_replication::announce`],
//!   [`secret_replication::announce`], [`home_row::announce`], [`last_use_replication::record_use`]). The row only names the
//!   thing; the message carries its state at the time of sending, so intermediate states never matter and no secret lies in
//!   the outbox.
//! - The link to each peer is one ordered stream: numbered, repeated until acknowledged, applied at most once. How far a
//!   stream has been applied commits with what was applied.
//! - **Epochs** are pairs (counter, region). State is applied only if its (epoch, revision) is above what is held, and only
//!   from the region that the epoch names. Material is a set that only grows.
//! - Key material and secret values never stand in a message: the receiver asks for what it lacks with a one-time public key,
//!   and the sender seals to it.
//!
//! [`Engine::step`] is one step over one transaction; [`drive`] is the loop around it that every user of this crate runs.
//! Not here: who may ask for what (the service decides before it writes, and through [`RegionHooks`] where two regions' rights
//! meet), and how bytes get from one region to another.

mod broken_rules;
mod change;
mod compact;
mod context;
#[cfg(test)]
mod damage_tests;
mod drive;
mod engine;
mod entry;
mod frame;
#[cfg(feature = "test-kit")]
pub mod fuzz;
mod handover;
pub mod home_row;
mod hooks;
mod inbox;
mod key_apply;
mod key_kinds;
mod key_messages;
pub mod key_replication;
mod kind;
pub mod last_use_replication;
mod notice;
mod outbound;
mod outbox;
mod registry;
mod resync;
mod sealed_home_row;
mod secret_apply;
mod secret_kinds;
mod secret_messages;
pub mod secret_replication;
mod secret_transfer;
#[cfg(feature = "test-kit")]
pub mod sim;
#[cfg(test)]
mod testing;
pub mod token_key_replication;

#[cfg(feature = "test-kit")]
pub use broken_rules::BrokenRules;
pub use context::{Env, Error};
pub use drive::{Driven, LocalRegion, drive};
pub use engine::{Engine, Event};
pub use frame::{MESSAGE_BYTES_MAX, Message, MessageError};
pub use hooks::{OpenedValue, RegionHooks};
pub use notice::{Counters, Dropped, Notice};
pub use resync::resync;
