//! Opens and closes one region of a cluster: its store, its root key and its audit file, in memory or in a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use claviger_crypto::{AttestationRoots, Operators, PublicIdentity, RootKey};
use claviger_service::{AuditSink, NoAudit, Node, NodeConfig, RequestQuotas, Services, Topology};
use claviger_store::Store;
use claviger_store::memory::MemoryStore;
use claviger_store::sqlite::SqliteStore;
use claviger_types::{Clock, Outbound, Random, Region, RotationFunctions, panics};
use zeroize::Zeroizing;

use crate::audit_anchor;
use crate::audit_file::{self, AuditFile, AuditRotation, Signer};
use crate::error::ClusterError;
use crate::root_file;
use crate::root_seal::RootSeals;

/// The parts that every region of the process is opened with.
#[derive(Clone)]
pub(crate) struct RegionEnvironment {
    pub(crate) topology: Topology,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) dev: bool,
    pub(crate) services: Services,
    pub(crate) quotas: RequestQuotas,
    pub(crate) rotation: AuditRotation,
    pub(crate) outbound: Arc<dyn Outbound>,
    pub(crate) issuers: Arc<dyn Outbound>,
    pub(crate) attestation_roots: AttestationRoots,
    pub(crate) require_replicas: Option<u32>,
    pub(crate) encodes_denials: bool,
    pub(crate) operators: Operators,
    pub(crate) rotation_functions: Arc<dyn RotationFunctions>,
    pub(crate) seals: RootSeals,
}

/// The place of a region's store and root key while it is down.
#[derive(Clone)]
pub(crate) enum RegionStorage {
    /// In this process. The root key is kept as the text of its file.
    Memory { store: Arc<MemoryStore>, root: Arc<Zeroizing<String>> },
    /// In a folder of its own.
    Folder(PathBuf),
}

/// A region whose files are open.
pub(crate) struct OpenRegion {
    pub(crate) node: Arc<Node>,
    pub(crate) identity: PublicIdentity,
    pub(crate) audit: Option<Arc<AuditFile>>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keeps_store: bool,
}

impl RegionStorage {
    pub(crate) fn memory(random: &dyn Random) -> RegionStorage {
        let root = Arc::new(RootKey::generate(random).to_file());
        RegionStorage::Memory { store: Arc::new(MemoryStore::new()), root }
    }

    /// Whether the region was here in an earlier run.
    pub(crate) fn exists(&self) -> bool {
        match self {
            RegionStorage::Memory { .. } => false,
            RegionStorage::Folder(folder) => folder.join("store.db").exists(),
        }
    }

    /// Opens the region. Blocks for as long as its disk does.
    pub(crate) fn open(&self, region: &Region, environment: &RegionEnvironment) -> Result<OpenRegion, ClusterError> {
        match self {
            RegionStorage::Memory { store, root } => {
                let root = RootKey::from_file(root)
                    .map_err(|source| root_file::RootKeyError::Content { path: "(memory)".into(), source })?;
                let store: Arc<dyn Store> = store.clone();
                node(region, environment, store, root, Arc::new(NoAudit))
                    .map(|open| OpenRegion { keeps_store: true, ..open })
            }
            RegionStorage::Folder(folder) => open_folder(folder, region, environment),
        }
    }
}

impl OpenRegion {
    /// Closes the files. Requests that still hold the node are refused from then on.
    pub(crate) fn close(self) {
        // After the last commit, so that the next start has nothing left to move.
        self.node.drain_audit();
        // A region that stopped before commits nothing any more.
        let has_run = self.node.failure().is_none();
        // The store refuses no request that finds all its rows in memory, so the node refuses them all.
        self.node.fail("the region was closed");
        self.node.clear_caches();
        if let Some(audit) = &self.audit {
            audit.checkpoint(self.clock.now(), &Signer::of(&self.node));
            match audit.sync() {
                Ok(()) if has_run => audit_anchor::note_last(&self.node, audit),
                Ok(()) => {}
                Err(error) => tracing::error!(%error, "the last audit records may not be on the disk"),
            }
        }
        if !self.keeps_store {
            self.store.close();
        }
    }
}

fn open_folder(folder: &Path, region: &Region, environment: &RegionEnvironment) -> Result<OpenRegion, ClusterError> {
    root_file::private_folder(folder)?;
    let failed = |source| ClusterError::Store { region: region.clone(), folder: folder.to_owned(), source };
    // The store is opened first: it holds the lock that keeps another process out.
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.join("store.db")).map_err(failed)?);
    let is_empty = store.snapshot().map_err(failed)?.position() == 0;
    let root = root_file::load_or_create(folder, is_empty, &environment.seals.of(region), &*environment.random)?;
    if environment.rotation.is_off {
        return node(region, environment, store, root, Arc::new(NoAudit));
    }
    let audit = AuditFile::open(folder, environment.rotation, environment.clock.now())
        .map_err(|source| ClusterError::Audit { path: folder.join(audit_file::CURRENT), source })?;
    let audit = Arc::new(audit);
    let open = node(region, environment, store, root, audit.clone())?;
    audit_anchor::compare(&open.node, &audit, environment.clock.now()).map_err(failed)?;
    // Records of changes that a crash left in the store.
    open.node.drain_audit();
    Ok(OpenRegion { audit: Some(audit), ..open })
}

fn node(
    region: &Region,
    environment: &RegionEnvironment,
    store: Arc<dyn Store>,
    root: RootKey,
    audit: Arc<dyn AuditSink>,
) -> Result<OpenRegion, ClusterError> {
    let RegionEnvironment {
        topology,
        clock,
        random,
        dev,
        services,
        quotas,
        rotation: _,
        outbound,
        issuers,
        attestation_roots,
        require_replicas,
        encodes_denials,
        operators,
        rotation_functions,
        seals: _,
    } = environment.clone();
    let config = NodeConfig {
        region: region.clone(),
        store: store.clone(),
        root,
        clock: clock.clone(),
        random,
        topology,
        dev,
        audit,
        services,
        quotas,
        outbound,
        issuers,
        attestation_roots,
        require_replicas,
        encodes_denials,
        operators,
        rotation_functions,
    };
    let node = Node::open(config)?;
    Ok(OpenRegion { identity: node.public_identity(), node, audit: None, store, clock, keeps_store: false })
}

/// Starts blocking work on tokio's threads for such work. The future waits for its end.
pub(crate) fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> impl Future<Output = Result<T, ClusterError>> {
    let started = tokio::task::spawn_blocking(move || panics::catch(work));
    async move {
        match started.await {
            Ok(Ok(done)) => done,
            Ok(Err(report)) => Err(ClusterError::Panicked(report)),
            // Only the end of the runtime cancels such work. The error's own text may quote a panic's.
            Err(_) => Err(ClusterError::Thread(io::Error::other("the work was cancelled"))),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub(crate) mod tests {
    use claviger_service::{RequestQuotas, SERVICES};
    use claviger_store::tables::audit_table;
    use claviger_store::{Tx, commit_blocking};
    use claviger_types::{ManualClock, NoOutbound, SeededRandom, Timestamp};

    use super::*;

    pub(crate) fn environment() -> RegionEnvironment {
        let region = Region::parse("eu-west-1").unwrap();
        RegionEnvironment {
            topology: Topology { regions: vec![region.clone()], iam_home: region },
            clock: Arc::new(ManualClock::new(Timestamp::from_secs(1_795_532_645))),
            random: Arc::new(SeededRandom::new(1)),
            dev: true,
            services: SERVICES,
            quotas: RequestQuotas::default(),
            rotation: AuditRotation::default(),
            outbound: Arc::new(NoOutbound),
            issuers: Arc::new(NoOutbound),
            attestation_roots: AttestationRoots::default(),
            require_replicas: None,
            encodes_denials: false,
            operators: Operators::default(),
            rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
            seals: RootSeals::default(),
        }
    }

    fn open(folder: &Path) -> OpenRegion {
        let region = Region::parse("eu-west-1").unwrap();
        RegionStorage::Folder(folder.join("data")).open(&region, &environment()).unwrap()
    }

    fn record(id: usize) -> String {
        format!("{{\"eventTime\":\"2026-11-24T15:04:05Z\",\"eventID\":\"{id}\",\"readOnly\":false}}\n")
    }

    /// Commits records as changes do.
    fn commit(open: &OpenRegion, ids: std::ops::Range<usize>) {
        let mut tx = Tx::begin(open.node.store(), open.node.barrier(), open.node.random()).unwrap();
        ids.for_each(|id| audit_table::push(&mut tx, record(id).as_bytes()).unwrap());
        commit_blocking(open.node.store(), tx.into_batch()).unwrap();
    }

    fn trail(folder: &Path) -> String {
        let text = std::fs::read_to_string(folder.join("data").join(audit_file::CURRENT)).unwrap();
        let records = audit_file::tests::records_of(&text);
        records.split_inclusive('\n').filter(|line| !line.contains("AuditCheckpoint")).collect()
    }

    #[test]
    fn records_that_a_crash_left_in_the_store_are_in_the_file_once() {
        // More rows than are moved at a time. Some of the first have been written before the crash, and not been dropped.
        for (rows, written) in [(3, 0), (3, 2), (3, 3), (1300, 512), (1300, 100)] {
            let folder = tempfile::tempdir().unwrap();
            let crashed = open(folder.path());
            commit(&crashed, 0..rows);
            let audit = crashed.audit.clone().unwrap();
            (0..written).for_each(|id| audit.record_blocking(record(id).as_bytes()).unwrap());
            audit.record_blocking(record(9999).as_bytes()).unwrap();
            drop((crashed, audit));
            let started = open(folder.path());
            let expected = (0..written).chain([9999]).chain(written..rows).map(record).collect::<String>();
            assert_eq!(trail(folder.path()), expected, "{written} of {rows}");
            started.close();
            open(folder.path()).close();
            assert_eq!(trail(folder.path()), expected, "{written} of {rows} after another start");
        }
    }

    #[tokio::test]
    async fn the_text_of_a_panic_is_kept_back() {
        let secret = String::from("hunter2");
        let error = blocking::<()>(move || panic!("the secret is {secret}")).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("panic at") && !shown.contains("hunter2"), "{shown}");
    }
}
