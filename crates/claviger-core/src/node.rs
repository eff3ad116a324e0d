//! One region: its store, its root key, its identity, its handles on clock and randomness.

mod records;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use claviger_crypto::{AttestationRoots, Identity, Keyring, Operators, PublicIdentity, RootKey};
use claviger_replication::PeerStatus;
use claviger_sigv4::SigningKeys;
use claviger_store::secret_orders::SecretOrders;
use claviger_store::tables::region_table;
use claviger_store::tables::{audit_table, log};
use claviger_store::{Barrier, Batch, Error as StoreError, Key, RowCache, Store, Tx, commit_blocking};
use claviger_types::panics::PanicReport;
use claviger_types::{Caller, Clock, Outbound, Random, Region, RotationFunctions, Timestamp};

use crate::audit::{AuditSink, Drain};
use crate::context::{Cx, RequestInfo};
use crate::denials::{Denials, DeniedPermission};
use crate::error::Error;
use crate::in_flight::InFlight;
use crate::issuer_keys::IssuerKeys;
use crate::key_uses::KeyUses;
use crate::last_use::LastUses;
use crate::outbound_calls::OutboundCalls;
use crate::policy_cache::PolicyCache;
use crate::quotas::{Counted, RequestQuotas};
use crate::region::{CurrentOperators, CurrentTopology, RegionFacts, Topology};
use crate::request_counts::{NodeCounts, RequestCounts};
use crate::rotations::Rotations;
use crate::service::Services;
use records::{Opened, open_records};

/// The parts of a region.
pub struct NodeConfig {
    /// Its name.
    pub region: Region,
    /// Its store, which no other region uses.
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
    /// The services that the region serves.
    pub services: Services,
    /// Its request quotas.
    pub quotas: RequestQuotas,
    /// Sends the requests of operations to other servers.
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
    /// The functions that rotate secrets.
    pub rotation_functions: Arc<dyn RotationFunctions>,
}

/// One running region.
pub struct Node {
    facts: RegionFacts,
    store: Arc<dyn Store>,
    barrier: Barrier,
    keyring: Keyring,
    identity: Arc<Identity>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    audit: Arc<dyn AuditSink>,
    drain: Drain,
    services: Services,
    outbound: Arc<dyn Outbound>,
    issuers: Arc<dyn Outbound>,
    issuer_keys: IssuerKeys,
    pagination: claviger_crypto::SealKey,
    grant_tokens: claviger_crypto::SealKey,
    signing_keys: SigningKeys,
    policies: PolicyCache,
    rows: RowCache,
    secret_orders: SecretOrders,
    last_uses: LastUses,
    key_uses: KeyUses,
    denials: Denials,
    counted: Counted,
    in_flight: Arc<InFlight>,
    counts: RequestCounts,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
    boots: u64,
    panics: AtomicU64,
    failure: OnceLock<&'static str>,
    rebuilding: AtomicBool,
    held: Mutex<Option<Region>>,
    fleet_changed: AtomicBool,
    peers: Mutex<Vec<PeerStatus>>,
}

/// Why a region could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store failed.
    #[error("the store of region {region} cannot be used: {source}")]
    Store {
        /// The region.
        region: Region,
        /// The cause.
        source: StoreError,
    },
    /// The store belongs to another region.
    #[error("this is the store of region {found}, not of {expected}")]
    WrongRegion {
        /// The region of the store.
        found: Region,
        /// The expected region.
        expected: Region,
    },
    /// The root key does not decrypt the region's record.
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
        let Opened { record, keyring, identity, rebuilding, held } = opened;
        let opened_at = config.clock.now();
        Ok(Arc::new(Node {
            pagination: config.root.seal_key("pagination tokens"),
            grant_tokens: config.root.seal_key("grant tokens"),
            facts: RegionFacts {
                name: config.region,
                topology: CurrentTopology::new(Topology { iam_home: record.iam_home, ..config.topology }),
                dev: config.dev,
                attestation_roots: config.attestation_roots,
                require_replicas: config.require_replicas,
                encodes_denials: config.encodes_denials,
                operators: CurrentOperators::new(config.operators),
                rotations: Rotations::new(config.rotation_functions),
                token_key: record.token_key,
            },
            secret_orders: SecretOrders::new(),
            store: config.store,
            barrier,
            keyring,
            identity: Arc::new(identity),
            clock: config.clock,
            random: config.random,
            audit: config.audit,
            drain: Drain::new(),
            services: config.services,
            outbound: config.outbound,
            issuers: config.issuers,
            issuer_keys: IssuerKeys::default(),
            signing_keys: SigningKeys::new(),
            policies: PolicyCache::new(),
            rows: RowCache::new(),
            last_uses: LastUses::new(opened_at),
            key_uses: KeyUses::new(opened_at),
            denials: Denials::default(),
            in_flight: InFlight::new(config.quotas.in_flight_per_account),
            counts: RequestCounts::new(config.services),
            counted: Counted::new(config.quotas),
            wake: OnceLock::new(),
            boots: record.boots,
            panics: AtomicU64::new(0),
            failure: OnceLock::new(),
            rebuilding: AtomicBool::new(rebuilding),
            held: Mutex::new(held),
            fleet_changed: AtomicBool::new(false),
            peers: Mutex::default(),
        }))
    }

    /// Its name.
    pub fn region(&self) -> &Region {
        &self.facts.name
    }

    /// Its fixed facts.
    pub fn facts(&self) -> &RegionFacts {
        &self.facts
    }

    /// The partition's regions, and the home of IAM.
    pub fn topology(&self) -> Arc<Topology> {
        self.facts.topology.get()
    }

    /// Takes over a change of the partition, which the caller has written to the store.
    pub fn set_topology(&self, topology: Topology) {
        self.facts.topology.set(topology);
    }

    /// The public half of the region's signing key. Other regions verify this region's messages with it.
    pub fn public_identity(&self) -> PublicIdentity {
        self.identity.public()
    }

    /// Whether the store takes writes.
    pub fn healthy(&self) -> bool {
        self.failure().is_none() && self.store.healthy()
    }

    /// Whether audit records are taken, and those of changes moved to where they belong. If not, changes are refused, and every
    /// other call whose own record cannot be written.
    pub fn audits(&self) -> bool {
        self.audit.healthy() && !self.drain.is_stuck()
    }

    /// Stops the region: it begins no transaction and commits nothing any more. The reason is shown by `/readyz`, so it must
    /// hold no secret. The first reason stays, until the region is opened again.
    pub fn fail(&self, reason: &'static str) {
        // The region has stopped already if there is a reason.
        let _ = self.failure.set(reason);
    }

    /// Why the region has stopped, if it has.
    pub fn failure(&self) -> Option<&'static str> {
        self.failure.get().copied()
    }

    /// Whether the region is being rebuilt from others. It serves no requests and does no background work until then.
    pub fn is_rebuilding(&self) -> bool {
        self.rebuilding.load(Ordering::Acquire)
    }

    /// Notes whether the region is being rebuilt.
    pub fn set_rebuilding(&self, rebuilding: bool) {
        self.rebuilding.store(rebuilding, Ordering::Release);
    }

    /// The region that knows a later state of this region's store, which was restored from an older copy. While there is one, this region
    /// serves no requests and takes no part in replication.
    pub fn held_by(&self) -> Option<Region> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes whether the region is held.
    pub fn set_held_by(&self, by: Option<Region>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = by;
    }

    /// Whether the region takes requests: it has not failed, is not being rebuilt, and is not held.
    pub fn serves(&self) -> bool {
        self.failure().is_none() && !self.is_rebuilding() && self.held_by().is_none()
    }

    /// Has the replication thread read the other regions and the home of IAM from the store again, after they were changed there.
    pub fn change_fleet(&self) {
        self.fleet_changed.store(true, Ordering::Release);
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    /// Whether the fleet was changed since the last call.
    pub fn take_fleet_change(&self) -> bool {
        self.fleet_changed.swap(false, Ordering::AcqRel)
    }

    /// The streams to the other regions, as of the last moments.
    pub fn peers(&self) -> Vec<PeerStatus> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Publishes the state of the streams to the other regions.
    pub fn set_peers(&self, peers: Vec<PeerStatus>) {
        *self.peers.lock().unwrap_or_else(PoisonError::into_inner) = peers;
    }

    /// How many requests a panic has ended since the region was opened.
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Counts a request that a panic has ended. The log gets the report and the count with the request's id.
    pub(crate) fn panicked(&self, report: PanicReport) -> Error {
        let panics = self.panics.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        Error::Panicked { report, panics }
    }

    /// Whether this region holds the session-token keys of these regions: then it can authenticate the sessions that any of them issued.
    pub async fn caught_up(self: &Arc<Node>, regions: &[Region]) -> bool {
        let regions = regions.to_vec();
        let held = move |_: &Node, tx: &mut Tx<'_>| -> Result<bool, StoreError> {
            // All of them: one for each region that ever existed. They have no order, so a limit could cut off any.
            let keys = region_table::token_keys(tx, usize::MAX)?;
            Ok(regions.iter().all(|r| keys.iter().any(|k| &k.region == r && !k.sealed.is_empty())))
        };
        match self.on_snapshot(held).await {
            Ok((held, _)) => held.unwrap_or(false),
            Err(Error::Panicked { report, panics }) => {
                tracing::error!(region = %self.region(), cause = %report, panics, "the check for token keys panicked");
                false
            }
            Err(_) => false,
        }
    }

    /// Sets the function that is called after each commit that adds rows for other regions.
    pub fn on_commit(&self, wake: Box<dyn Fn() + Send + Sync>) {
        // A second call would be a mistake of the host. The first function stays.
        let _ = self.wake.set(wake);
    }

    /// The region's store.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The layer that encrypts every row before the store gets it.
    pub fn barrier(&self) -> &Barrier {
        &self.barrier
    }

    /// The keys under which the region's records are sealed.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The key with which the region signs its messages to other regions.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// [`Node::identity`], for the links of the process.
    pub fn identity_shared(&self) -> Arc<Identity> {
        self.identity.clone()
    }

    /// The region's clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The region's source of random bytes.
    pub fn random(&self) -> &dyn Random {
        &*self.random
    }

    pub(crate) fn outbound(&self) -> &dyn Outbound {
        &*self.outbound
    }

    /// The permissions that a request lacked, if it is among the latest denied ones of the region.
    pub fn denials_of(&self, request_id: &str) -> Vec<DeniedPermission> {
        self.denials.of_request(request_id)
    }

    /// The latest denied permissions, the last first.
    pub fn latest_denials(&self, limit: usize) -> Vec<DeniedPermission> {
        self.denials.latest(limit)
    }

    pub(crate) fn issuers(&self) -> (&IssuerKeys, &dyn Outbound) {
        (&self.issuer_keys, &*self.issuers)
    }

    pub(crate) fn services(&self) -> Services {
        self.services
    }

    /// The context of an operation in this region, for one transaction of one request.
    pub fn context<'a, 's>(
        &'a self,
        tx: &'a mut Tx<'s>,
        caller: &'a Caller,
        now: Timestamp,
        request: &'a RequestInfo,
        outbound: &'a OutboundCalls,
    ) -> Cx<'a, 's> {
        Cx {
            tx,
            facts: &self.facts,
            keyring: &self.keyring,
            pagination: &self.pagination,
            grant_tokens: &self.grant_tokens,
            secret_orders: &self.secret_orders,
            policies: &self.policies,
            key_uses: &self.key_uses,
            denials: &self.denials,
            caller,
            now,
            random: outbound.random().unwrap_or(self.random()),
            request,
            outbound,
        }
    }

    /// Requests that were counted against the quotas.
    pub(crate) fn counted(&self) -> &Counted {
        &self.counted
    }

    pub(crate) fn counts(&self) -> &RequestCounts {
        &self.counts
    }

    /// The region's counts since it was opened.
    pub fn counts_now(&self) -> NodeCounts {
        self.counts.now()
    }

    /// How many rows of audit records wait in the store to be moved to the audit file, at most `limit`. Waits for the store.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn audit_rows_waiting(&self, limit: usize) -> Result<usize, StoreError> {
        Ok(audit_table::oldest(&self.begin()?, limit)?.len())
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.in_flight
    }

    /// Sets how many requests of an account may be under way, for requests that arrive from now on.
    pub fn set_in_flight_per_account(&self, max: Option<u32>) {
        self.in_flight.set(max);
    }

    /// Uses of keys that are not written yet.
    pub(crate) fn key_uses(&self) -> &KeyUses {
        &self.key_uses
    }

    /// Uses of roles and access keys that are not written yet.
    pub(crate) fn last_uses(&self) -> &LastUses {
        &self.last_uses
    }

    /// Decoded rows of the store.
    pub fn row_cache(&self) -> &RowCache {
        &self.rows
    }

    /// Drops what is kept in memory of the store's rows.
    pub fn clear_caches(&self) {
        self.rows.clear();
        self.secret_orders.clear();
    }

    pub(crate) fn signing_keys(&self) -> &SigningKeys {
        &self.signing_keys
    }

    /// Begins a transaction whose reads may wait: for background work. Requests use `Node::on_snapshot`.
    pub fn begin(&self) -> Result<Tx<'_>, StoreError> {
        self.require_running()?;
        Tx::begin(self.store(), self.barrier(), self.random())
    }

    /// Hands a batch to the store's committer and waits until it is durable.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.require_running()?;
        let written = Written::by(&batch);
        let (done, settled) = crate::commit::settled();
        self.store.commit(batch, done);
        let outcome = settled.await;
        self.counts.committed(&outcome);
        outcome?;
        self.committed(&written);
        Ok(())
    }

    /// [`Node::commit`] for a thread of its own, which waits.
    pub(crate) fn commit_blocking(&self, batch: Batch) -> Result<(), StoreError> {
        let (written, is_recorded) = (Written::by(&batch), audit_table::adds_lines(&batch));
        let done = commit_blocking(self.store(), batch);
        self.counts.committed(&done);
        if is_recorded {
            // A commit whose outcome is unknown may have added them.
            self.drain().notify();
        }
        done?;
        self.committed(&written);
        Ok(())
    }

    /// The error of every transaction of a region that has stopped.
    pub(crate) fn require_running(&self) -> Result<(), StoreError> {
        self.failure().map_or(Ok(()), |reason| Err(StoreError::Poisoned(reason.to_owned())))
    }

    /// Wakes the region's replication thread after a commit that announced something to other regions. Most commits of most
    /// regions concern no other region, and the thread would find nothing.
    ///
    /// Drops the rows that the commit wrote from the cache, so that deleted material and credentials do not stay in memory.
    fn committed(&self, written: &Written) {
        self.rows.forget(written.rows.iter().map(Vec::as_slice));
        if written.announces
            && let Some(wake) = self.wake.get()
        {
            wake();
        }
    }

    pub(crate) fn drain(&self) -> &Drain {
        &self.drain
    }

    pub(crate) fn audit_sink(&self) -> &dyn AuditSink {
        &*self.audit
    }

    /// How often the store has been opened. The number identifies the sessions of its links.
    pub fn boots(&self) -> u64 {
        self.boots
    }
}

/// The facts of a batch that are needed after its commit.
struct Written {
    rows: Vec<Key>,
    /// Whether it announces something to other regions.
    announces: bool,
}

impl Written {
    fn by(batch: &Batch) -> Written {
        let rows = batch.writes.iter().map(|write| write.key().to_vec()).collect();
        Written { rows, announces: log::adds_to_an_outbox(batch) }
    }
}
