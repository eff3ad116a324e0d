//! A region without services, for unit tests.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use claviger_crypto::{AttestationRoots, RootKey};
use claviger_store::fault::FaultyStore;
use claviger_store::memory::MemoryStore;
use claviger_store::waiting::WaitingStore;
use claviger_types::{ManualClock, NoOutbound, Region, SeededRandom, Timestamp};

use crate::audit::NoAudit;
use crate::node::{Node, NodeConfig};
use crate::quotas::RequestQuotas;
use crate::region::Topology;
use crate::service::Services;

/// A store in memory whose reads wait and whose commits fail as a test decides.
pub(crate) type RegionStore = WaitingStore<FaultyStore<MemoryStore>>;

/// A region, with its store.
pub(crate) fn region() -> (Arc<Node>, Arc<RegionStore>) {
    let region = Region::parse("eu-central-1").unwrap();
    let random = Arc::new(SeededRandom::new(0));
    let store = Arc::new(RegionStore::new(FaultyStore::new(MemoryStore::new())));
    let node = Node::open(NodeConfig {
        region: region.clone(),
        store: store.clone(),
        root: RootKey::generate(&*random),
        clock: Arc::new(ManualClock::new(Timestamp(0))),
        random,
        topology: Topology { regions: vec![region.clone()], iam_home: region },
        dev: false,
        audit: Arc::new(NoAudit),
        services: Services(&[]),
        quotas: RequestQuotas::default(),
        outbound: Arc::new(NoOutbound),
        issuers: Arc::new(NoOutbound),
        attestation_roots: AttestationRoots::default(),
        require_replicas: None,
        encodes_denials: false,
        operators: claviger_crypto::Operators::default(),
        rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
    });
    (node.unwrap(), store)
}
