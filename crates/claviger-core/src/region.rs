//! The facts of a region that an operation may see.

use std::sync::{Arc, PoisonError, RwLock};

use claviger_crypto::{AttestationRoots, Operators};
use claviger_types::Region;

use crate::rotations::Rotations;

/// The regions of a partition, and which of them writes IAM.
#[derive(Debug, Clone)]
pub struct Topology {
    /// All regions, this one among them.
    pub regions: Vec<Region>,
    /// Where IAM is written; every other region holds a copy.
    pub iam_home: Region,
}

/// The partition as a running region knows it. Regions join and leave, and the home of IAM can move, while it runs.
#[derive(Debug, Clone)]
pub struct CurrentTopology(Arc<RwLock<Arc<Topology>>>);

impl CurrentTopology {
    /// The topology at the start.
    pub fn new(topology: Topology) -> CurrentTopology {
        CurrentTopology(Arc::new(RwLock::new(Arc::new(topology))))
    }

    /// The topology now.
    pub fn get(&self) -> Arc<Topology> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the topology for all calls that begin later.
    pub fn set(&self, topology: Topology) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(topology);
    }
}

/// The operators as the configuration names them now. A reload may change them.
#[derive(Debug, Clone)]
pub struct CurrentOperators(Arc<RwLock<Arc<Operators>>>);

impl CurrentOperators {
    /// The operators at the start.
    pub fn new(operators: Operators) -> CurrentOperators {
        CurrentOperators(Arc::new(RwLock::new(Arc::new(operators))))
    }

    /// The operators now.
    pub fn get(&self) -> Arc<Operators> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the operators for all that begins later.
    pub fn set(&self, operators: Operators) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(operators);
    }
}

/// The facts of a region. All but the topology and the operators stay as they are while it runs.
#[derive(Debug, Clone)]
pub struct RegionFacts {
    /// Its name.
    pub name: Region,
    /// The partition that it is a part of.
    pub topology: CurrentTopology,
    /// Whether a developer's credentials are accepted: `test`/`test`, and 12-digit access key ids as the roots of their accounts.
    pub dev: bool,
    /// The roots of the certificate chains of attestation documents.
    pub attestation_roots: AttestationRoots,
    /// How many replicas of a key must hold new material before it becomes current. `None`: all whose regions are reachable, and at least one.
    pub require_replicas: Option<u32>,
    /// Whether denials carry an encoded message that says why.
    pub encodes_denials: bool,
    /// The operators whose signatures a failover needs.
    pub operators: CurrentOperators,
    /// The rotation functions of secrets.
    pub rotations: Rotations,
    /// The id of the key under which this region seals new session tokens.
    pub token_key: String,
}

impl RegionFacts {
    /// Every region of the partition but this one.
    pub fn peers(&self) -> Vec<Region> {
        self.topology.get().regions.iter().filter(|region| **region != self.name).cloned().collect()
    }
}
