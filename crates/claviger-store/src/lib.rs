//! A region's store: ordered byte keys, snapshot reads, and one atomic, durable commit of a batch with preconditions.
//!
//! From the bottom up: a [`Store`] (the embedded [`sqlite::SqliteStore`], or [`memory::MemoryStore`]) keeps sealed bytes
//! and knows nothing of them; the [`Barrier`] seals every value before a backend sees it and hides names; a [`Tx`] reads
//! one snapshot, buffers writes and records what was read; [`tables`] gives rows their types.
//!
//! Transactions are serializable and optimistic: a commit fails with [`Error::Conflict`] if anything it read has changed,
//! and is then run again on a fresh snapshot. What this crate does not promise: to notice that the whole store, or a whole
//! row, was put back to an earlier state. Rows cannot be altered, swapped or mixed; how old they are is for anchors outside
//! the store to tell.

mod barrier;
mod committer;
mod conflict;
pub mod conformance;
mod error;
pub mod fault;
pub mod memory;
pub mod sqlite;
mod store;
pub mod tables;
mod tx;

pub use barrier::Barrier;
pub use error::Error;
pub use store::{Batch, Done, Key, Snapshot, Store, Write, commit_blocking};
pub use tx::{KEY_BYTES_MAX, Tx, Value};
