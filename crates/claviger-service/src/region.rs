//! One region: its store, its root key, its identity, its handles on clock and randomness.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use claviger_crypto::{Identity, Keyring, PublicIdentity, RootKey};
use claviger_replication::Engine;
use claviger_sigv4::SigningKeys;
use claviger_store::tables::region::{self as records, RegionRecord, TokenKeyRecord};
use claviger_store::{Barrier, Batch, Error as StoreError, Store, Tx, commit_blocking};
use claviger_types::{Clock, Random, Region, Timestamp};

use crate::audit::AuditSink;
use crate::policies::PolicyCache;

/// The regions of a partition, and which of them writes IAM.
#[derive(Debug, Clone)]
pub struct Topology {
    /// All regions, this one among them.
    pub regions: Vec<Region>,
    /// Where IAM is written; every other region holds a copy.
    pub iam_home: Region,
}

/// What a region is made of.
pub struct NodeConfig {
    /// Its name.
    pub region: Region,
    /// Its store; no other region's.
    pub store: Arc<dyn Store>,
    /// Its root key.
    pub root: RootKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The partition.
    pub topology: Topology,
    /// Whether a developer's credentials are accepted: `test`/`test`, and 12-digit access key ids as the roots of their accounts.
    pub dev: bool,
    /// Where audit records go.
    pub audit: Arc<dyn AuditSink>,
}

/// One running region.
pub struct Node {
    region: Region,
    store: Arc<dyn Store>,
    barrier: Barrier,
    keyring: Keyring,
    identity: Identity,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    topology: Topology,
    dev: bool,
    audit: Arc<dyn AuditSink>,
    token_key: String,
    pagination: claviger_crypto::SealKey,
    signing_keys: SigningKeys,
    policies: PolicyCache,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
    boots: u64,
    /// Absent until the peers are known.
    engine: Mutex<Option<Engine>>,
}

/// Why a region could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store failed.
    #[error("the store of region {region} cannot be used: {source}")]
    Store {
        /// The region.
        region: Region,
        /// Why.
        source: StoreError,
    },
    /// The store belongs to another region.
    #[error("this is the store of region {found}, not of {expected}")]
    WrongRegion {
        /// Whose it is.
        found: Region,
        /// Whose it should be.
        expected: Region,
    },
    /// The root key does not open what it should.
    #[error("the root key does not open the store of region {0}; is it another region's, or an older one?")]
    WrongRootKey(Region),
}

impl Node {
    /// Opens a region. In a new store it first writes the region's own record: keyring, signing identity, session-token key.
    pub fn open(config: NodeConfig) -> Result<Arc<Node>, NodeError> {
        let barrier = Barrier::new(
            config.root.seal_key("barrier"),
            config.root.name_key("row names"),
            config.root.name_key("store id").hash(&[config.region.as_str().as_bytes()]),
        );
        let opened = open_records(&config, &barrier)?;
        let Opened { record, keyring, identity } = opened;
        Ok(Arc::new(Node {
            pagination: config.root.seal_key("pagination tokens"),
            region: config.region,
            store: config.store,
            barrier,
            keyring,
            identity,
            clock: config.clock,
            random: config.random,
            topology: Topology { iam_home: record.iam_home, ..config.topology },
            dev: config.dev,
            audit: config.audit,
            token_key: record.token_key,
            signing_keys: SigningKeys::new(),
            policies: PolicyCache::new(),
            wake: OnceLock::new(),
            boots: record.boots,
            engine: Mutex::new(None),
        }))
    }

    /// Its name.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The partition's regions.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// By which other regions know what this one signed.
    pub fn public_identity(&self) -> PublicIdentity {
        self.identity.public()
    }

    /// Whether the store takes writes.
    pub fn healthy(&self) -> bool {
        self.store.healthy()
    }

    /// Whether this region holds every region's session-token key: then it can authenticate whoever any of them let in.
    pub fn caught_up(&self) -> bool {
        let held = |tx: &Tx<'_>| -> Result<bool, StoreError> {
            // All there are, which is one for each region that ever was: they come in no order, so a limit could cut off any.
            let keys = records::token_keys(tx, usize::MAX)?;
            Ok(self.topology.regions.iter().all(|r| keys.iter().any(|k| &k.region == r && !k.sealed.is_empty())))
        };
        self.begin().and_then(|tx| held(&tx)).unwrap_or(false)
    }

    /// Sets what is called after each commit: something may wait for other regions.
    pub fn on_commit(&self, wake: Box<dyn Fn() + Send + Sync>) {
        // A second caller would be a wiring mistake; the first stays.
        let _ = self.wake.set(wake);
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn barrier(&self) -> &Barrier {
        &self.barrier
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.random
    }

    pub(crate) fn dev(&self) -> bool {
        self.dev
    }

    /// The id of this region's own session-token key.
    pub(crate) fn token_key(&self) -> &str {
        &self.token_key
    }

    pub(crate) fn pagination(&self) -> &claviger_crypto::SealKey {
        &self.pagination
    }

    pub(crate) fn signing_keys(&self) -> &SigningKeys {
        &self.signing_keys
    }

    pub(crate) fn policies(&self) -> &PolicyCache {
        &self.policies
    }

    pub(crate) fn begin(&self) -> Result<Tx<'_>, StoreError> {
        Tx::begin(self.store(), self.barrier(), self.random())
    }

    /// Hands a batch to the store's committer and waits until it is durable.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let (done, settled) = crate::commit::settled();
        self.store.commit(batch, done);
        settled.await?;
        self.woken();
        Ok(())
    }

    /// Says that something was committed.
    pub(crate) fn woken(&self) {
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    pub(crate) fn audit_sink(&self) -> &dyn AuditSink {
        &*self.audit
    }

    /// How often the store has been opened: numbers the sessions of its links.
    pub(crate) fn boots(&self) -> u64 {
        self.boots
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Option<Engine>> {
        // A panic in another holder leaves the engine as it was before its step: steps work on a copy.
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Opened {
    record: RegionRecord,
    keyring: Keyring,
    identity: Identity,
}

fn open_records(config: &NodeConfig, barrier: &Barrier) -> Result<Opened, NodeError> {
    let failed = |source: StoreError| match source {
        StoreError::Corrupt { .. } => NodeError::WrongRootKey(config.region.clone()),
        source => NodeError::Store { region: config.region.clone(), source },
    };
    let mut tx = Tx::begin(&*config.store, barrier, &*config.random).map_err(failed)?;
    let opened = match records::region(&tx).map_err(failed)? {
        Some(record) => reopen(config, record)?,
        None => birth(config, &mut tx).map_err(failed)?,
    };
    records::save_region(&mut tx, &opened.record).map_err(failed)?;
    commit_blocking(&*config.store, tx.into_batch()).map_err(failed)?;
    Ok(opened)
}

fn reopen(config: &NodeConfig, mut record: RegionRecord) -> Result<Opened, NodeError> {
    if record.region != config.region {
        return Err(NodeError::WrongRegion { found: record.region, expected: config.region.clone() });
    }
    let wrong = || NodeError::WrongRootKey(config.region.clone());
    let keyring = Keyring::open(&config.root, &record.keyring).map_err(|_| wrong())?;
    let seed = keyring.open_sealed(&[b"identity"], &record.identity).map_err(|_| wrong())?;
    let identity = Identity::from_seed(&seed).map_err(|_| wrong())?;
    record.boots = record.boots.saturating_add(1);
    Ok(Opened { record, keyring, identity })
}

fn birth(config: &NodeConfig, tx: &mut Tx<'_>) -> Result<Opened, StoreError> {
    let random = &*config.random;
    let now = config.clock.now();
    let (keyring, sealed_keyring) = Keyring::create(&config.root, random);
    let identity = Identity::generate(random);
    let sealed_identity = keyring.seal(random, &[b"identity"], identity.seed());
    let token_key = birth_token_key(config, &keyring, now);
    let record = RegionRecord {
        region: config.region.clone(),
        keyring: sealed_keyring,
        public_identity: identity.public(),
        identity: sealed_identity,
        boots: 1,
        created: now,
        token_key: token_key.id.clone(),
        iam_home: config.topology.iam_home.clone(),
    };
    records::save_token_key(tx, &token_key)?;
    let peers: Vec<Region> = config.topology.regions.iter().filter(|r| **r != config.region).cloned().collect();
    claviger_replication::iam_replication::announce_token_key(tx, &peers, &token_key.id)?;
    Ok(Opened { record, keyring, identity })
}

fn birth_token_key(config: &NodeConfig, keyring: &Keyring, now: Timestamp) -> TokenKeyRecord {
    let random = &*config.random;
    let id: String = random.bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
    let key = zeroize::Zeroizing::new(random.bytes::<32>());
    let sealed = keyring.seal(random, &[b"token-key", id.as_bytes()], &*key);
    TokenKeyRecord { id, region: config.region.clone(), created: now, sealed }
}
