//! The errors of reads and commits.

use crate::key::Key;

/// The reason why a read or a commit failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A row that the transaction read has changed since, or the snapshot is too old to check. Nothing was written. Run the
    /// transaction again on a fresh snapshot.
    #[error("a row that the transaction read has changed since")]
    Conflict,
    /// A read would have waited for the disk or the network, on a snapshot that was opened for a thread that must not wait.
    /// Run the transaction again on a thread that may wait.
    #[error("a read would have to wait")]
    WouldBlock,
    /// An earlier write failed with an unknown outcome. Reads continue. Writes are possible again after the store is
    /// reopened.
    #[error("the store takes no writes after a failure: {0}")]
    Poisoned(String),
    /// The disk or the file's limit is full. Nothing was written. The store takes writes again once there is room.
    #[error("there is no room to write")]
    Full,
    /// Too many commits wait already. Nothing was written.
    #[error("too many commits are waiting")]
    Overloaded,
    /// The store has been closed. Nothing was written.
    #[error("the store is closed")]
    Closed,
    /// The file cannot be opened, read or written. For a commit: the outcome is unknown if the store is no longer healthy,
    /// otherwise nothing was written.
    #[error("the store's file cannot be used: {0}")]
    Io(String),
    /// A row does not open: it was altered, moved from another place, sealed with another key, or does not hold its table's
    /// record.
    #[error("row {} is damaged", hex(.key))]
    Corrupt {
        /// The row's key as it is stored: the table's number and hashes, no names.
        key: Key,
    },
    /// The backend found its own file damaged.
    #[error("the store's file is damaged: {0}")]
    Damaged(String),
    /// Another process, or another handle in this one, has the store open.
    #[error("the store is in use by another process")]
    Locked,
    /// The file is not a store, or is a store of another format.
    #[error("the file is not a store of a known format: {0}")]
    UnknownFormat(String),
    /// A record has no encoding.
    #[error("a record cannot be encoded: {0}")]
    Encoding(String),
    /// A row key is longer than [`KEY_BYTES_MAX`](crate::KEY_BYTES_MAX), or has no room for its stamp.
    #[error("a row key of {len} bytes is not possible")]
    BadKey {
        /// Its length in bytes.
        len: usize,
    },
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|b| format!("{b:02x}")).collect()
}
