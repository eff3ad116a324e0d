//! Why regions do not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use claviger_service::NodeError;
use claviger_types::Region;
use claviger_types::panics::PanicReport;

use crate::root_file::RootKeyError;

/// Why a cluster does not start, or one of its regions.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The list of regions is not one that can be run.
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
        /// Why.
        source: claviger_store::Error,
    },
    /// The audit file.
    #[error("the audit file {path} cannot be opened: {source}")]
    Audit {
        /// The file.
        path: PathBuf,
        /// Why.
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
        /// Why.
        source: io::Error,
    },
    /// No thread could be had.
    #[error("a region's thread does not start: {0}")]
    Thread(io::Error),
    /// The work of starting or stopping a region panicked.
    #[error("a region cannot be started or stopped: {0}")]
    Panicked(PanicReport),
    /// Regions that started together did not hear from each other.
    #[error("region {0} did not receive every other region's token key in time")]
    Apart(Region),
}
