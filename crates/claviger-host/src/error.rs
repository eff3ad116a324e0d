//! The errors of starting regions.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use claviger_service::NodeError;
use claviger_types::Region;
use claviger_types::panics::PanicReport;

use crate::root_file::RootKeyError;

/// The error that keeps a cluster, or one of its regions, from starting.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The list of regions is invalid.
    #[error("{0}")]
    Regions(String),
    /// The root key.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The store's files.
    #[error("the store of region {region} in {folder} cannot be opened: {source}")]
    Store {
        /// The region.
        region: Region,
        /// Its folder.
        folder: PathBuf,
        /// The cause.
        source: claviger_store::Error,
    },
    /// The audit file.
    #[error("the audit file {path} cannot be opened: {source}")]
    Audit {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The region itself.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// The system has no more threads.
    #[error("a region's thread does not start: {0}")]
    Thread(io::Error),
    /// The work of starting or stopping a region panicked.
    #[error("a region cannot be started or stopped: {0}")]
    Panicked(PanicReport),
    /// The record of the other regions in a region's store.
    #[error("region {region} cannot note which regions it knows: {reason}")]
    Fleet {
        /// The region.
        region: Region,
        /// The cause.
        reason: String,
    },
    /// A region's store or identity is not the one that the other regions know.
    #[error("{0}")]
    Replaced(String),
    /// A region that is rebuilt got nothing more from the others.
    #[error("the rebuilding of region {0} has stopped: nothing arrives any more from the regions that it waits for")]
    Rebuild(Region),
    /// Regions that started together did not receive each other's token keys.
    #[error("region {0} did not receive every other region's token key in time")]
    Apart(Region),
}
