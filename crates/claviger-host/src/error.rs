//! The errors of starting regions.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use claviger_link::{EnrolError, InvitationError, LinkSetupError};
use claviger_service::failover_permit::NotPermitted;
use claviger_service::fleet::FleetError;
use claviger_service::{NodeError, OperationError};
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
    /// The link to regions of other processes.
    #[error("the link to other processes does not start: {0}")]
    Link(String),
    /// Regions that started together did not receive each other's token keys.
    #[error("region {0} did not receive every other region's token key in time")]
    Apart(Region),
}

/// Why a command about the fleet was not done.
#[derive(Debug, thiserror::Error)]
pub enum FleetCommandError {
    /// The process has no link.
    #[error(
        "this process has no link to other processes; configure link.listen, or link.advertise, and start it again"
    )]
    NoLink,
    /// Nobody can reach this process.
    #[error("other processes cannot reach this one; configure link.listen")]
    NoListener,
    /// The home of IAM is in another process.
    #[error("this is done in {0}, the home of IAM, which is not a region of this process")]
    HomeElsewhere(Region),
    /// The region is not one of this process.
    #[error("{0} is not a running region of this process")]
    NotHere(Region),
    /// The region is not a member of the fleet.
    #[error("{0} is not another member of this fleet")]
    NoMember(Region),
    /// There is no such key or secret.
    #[error("no running region of this process has `{0}`")]
    NoThing(String),
    /// The region is held, being rebuilt, or stopped.
    #[error("{0} does not serve requests now, and what it has may be old")]
    NotServing(Region),
    /// The region is not held.
    #[error("the store of {0} is the one that the other regions know, so there is nothing to rebuild")]
    NotHeld(Region),
    /// The text is not an invitation.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The inviter did not admit the region.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkSetupError),
    /// Operators have not permitted it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The fleet.
    #[error(transparent)]
    Fleet(#[from] FleetError),
    /// The region.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// The work panicked or was cancelled.
    #[error("{0}")]
    Failed(String),
}
