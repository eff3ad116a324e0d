//! The settings that a cluster is started with.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use claviger_crypto::{AttestationRoots, Operators};
use claviger_http::Cors;
use claviger_service::{RequestQuotas, Services};
use claviger_types::{Clock, Outbound, Random, Region, RotationFunctions};

use crate::audit_file::AuditRotation;
use crate::fleet_link::LinkConfig;
use crate::link::Network;
use crate::listener_settings::ListenerSettings;
use crate::root_seal::RootSeals;

/// The settings that a cluster is started with.
pub struct ClusterConfig {
    /// Its regions, all of them in this process.
    pub regions: Vec<Region>,
    /// The one where IAM is written.
    pub iam_home: Region,
    /// The folder with one folder for each region. None: all regions are in memory.
    pub data: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Whether a developer's credentials are accepted.
    pub dev: bool,
    /// The services that the regions serve: [`SERVICES`](claviger_service::SERVICES), or a test's own.
    pub services: Services,
    /// The request quotas of each region.
    pub quotas: RequestQuotas,
    /// When audit files are closed and deleted.
    pub audit: AuditRotation,
    /// Regions whose stores are lost, and which are rebuilt from what the others know of them.
    pub rebuild: BTreeSet<Region>,
    /// Where it listens.
    pub listen: Listen,
    /// The listener's limits, its certificate, and whether it answers `/healthz` and `/readyz`.
    pub listener: ListenerSettings,
    /// The origins whose web pages may call it.
    pub cors: Cors,
    /// The links between the regions of this process.
    pub network: Arc<Network>,
    /// The link to the regions of other processes. None: there are none.
    pub link: Option<LinkConfig>,
    /// Sends requests to other servers: the proxies of external key stores.
    pub outbound: Arc<dyn Outbound>,
    /// Sends the requests for the keys of identity providers.
    pub issuers: Arc<dyn Outbound>,
    /// The roots of the certificate chains of attestation documents.
    pub attestation_roots: AttestationRoots,
    /// How many replicas of a key must hold new material before it becomes current. `None`: all whose regions are reachable, and at least one.
    pub require_replicas: Option<u32>,
    /// Whether denials carry an encoded message that says why.
    pub encodes_denials: bool,
    /// The operators whose signatures a failover needs.
    pub operators: Operators,
    /// Whether it starts without the regions whose stores are lost or cannot be opened, if it has others. No region is made then.
    pub starts_without_lost: bool,
    /// The functions that rotate secrets.
    pub rotation_functions: Arc<dyn RotationFunctions>,
    /// How the root keys of regions in folders are kept.
    pub seals: RootSeals,
}

/// Where a cluster listens.
#[derive(Debug, Clone)]
pub enum Listen {
    /// On no address: requests are handed to [`Cluster::region_table`](crate::Cluster::region_table).
    Nowhere,
    /// On one address for all regions.
    Shared(SocketAddr),
    /// On several addresses, each for all regions.
    SharedAll(Vec<SocketAddr>),
    /// On an address for each region, with a port that the system chooses.
    Each(IpAddr),
}
