//! A region's store: ordered byte keys, snapshot reads, and one atomic, durable commit of a batch with preconditions.
//!
//! From the bottom up: a [`Store`] (the embedded [`sqlite::SqliteStore`], or [`memory::MemoryStore`]) keeps sealed bytes and
//! does not interpret them. The [`Barrier`] seals every value before a backend sees it, and hides names. A [`Tx`] reads one
//! snapshot, buffers writes and records its reads. [`tables`] gives rows their types.
//!
//! Transactions are serializable and optimistic. A commit fails with [`Error::Conflict`] if a row that it read has changed,
//! and the caller runs the transaction again on a fresh snapshot. No row can be altered or moved to another place without
//! detection. This crate does not promise to detect that the whole store, or a whole row, was restored to an earlier state,
//! that a row was removed, or that rows of a log changed places within it. Only an anchor outside the store can prove that
//! all rows are present and how old they are.
//!
//! ```
//! use claviger_store::{Batch, Error, Store, Write, commit_blocking, memory::MemoryStore};
//!
//! let store = MemoryStore::new();
//! let put = |position| {
//!     let writes = vec![Write::Put { key: b"row".to_vec(), value: b"sealed".to_vec() }];
//!     Batch { position, reads: vec![b"row".to_vec()], ranges: vec![], writes }
//! };
//! let (first, second) = (put(0), put(0));
//! assert_eq!(commit_blocking(&store, first), Ok(1));
//! assert_eq!(commit_blocking(&store, second), Err(Error::Conflict));
//! assert_eq!(store.snapshot()?.get(b"row")?, Some(b"sealed".to_vec()));
//! # Ok::<(), Error>(())
//! ```

mod barrier;
mod change_log;
mod changes;
mod committer;
mod conflict;
#[cfg(any(test, feature = "test-kit"))]
pub mod conformance;
mod error;
#[cfg(any(test, feature = "test-kit"))]
pub mod fault;
pub mod folder;
mod key;
pub mod memory;
mod name_cache;
mod row_cache;
pub mod secret_orders;
mod shared;
pub mod sqlite;
mod store;
pub mod tables;
mod tx;
#[cfg(any(test, feature = "test-kit"))]
pub mod waiting;

pub use barrier::Barrier;
pub use error::Error;
pub use key::Key;
pub use row_cache::RowCache;
pub use shared::Shared;
pub use store::{Batch, CommitCounts, Done, Snapshot, Store, Write, commit_blocking};
pub use tx::{KEY_BYTES_MAX, Tx, Value};
