//! One region of a cluster: where it keeps its store and root key, and what of it is running.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use claviger_crypto::{PublicIdentity, RootKey};
use claviger_service::{AuditSink, NoAudit, Node, NodeConfig, SERVICES, Topology};
use claviger_store::Store;
use claviger_store::memory::MemoryStore;
use claviger_store::sqlite::SqliteStore;
use claviger_types::{Clock, Random, Region};
use zeroize::Zeroizing;

use crate::audit_file::AuditFile;
use crate::cluster::ClusterError;
use crate::root_file;

/// What all regions of a process share.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) topology: Topology,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) dev: bool,
}

/// Where a region keeps what it has while it is down.
#[derive(Clone)]
pub(crate) enum Place {
    /// In this process. The root key is kept as the text of its file.
    Memory { store: Arc<MemoryStore>, root: Arc<Zeroizing<String>> },
    /// In a folder of its own.
    Folder(PathBuf),
}

/// A region that is running.
pub(crate) struct Open {
    pub(crate) node: Arc<Node>,
    pub(crate) identity: PublicIdentity,
    pub(crate) audit: Option<Arc<AuditFile>>,
    store: Arc<dyn Store>,
    keeps_store: bool,
}

impl Place {
    pub(crate) fn memory(random: &dyn Random) -> Place {
        let root = Arc::new(RootKey::generate(random).to_file());
        Place::Memory { store: Arc::new(MemoryStore::new()), root }
    }

    /// Whether the region was here in an earlier run.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Place::Memory { .. } => false,
            Place::Folder(folder) => folder.join("store.db").exists(),
        }
    }

    /// Opens the region. Blocks for as long as its disk does.
    pub(crate) fn open(&self, region: &Region, around: &Surroundings) -> Result<Open, ClusterError> {
        match self {
            Place::Memory { store, root } => {
                let root = RootKey::from_file(root)
                    .map_err(|source| root_file::RootKeyError::Content { path: "(memory)".into(), source })?;
                let store: Arc<dyn Store> = store.clone();
                node(region, around, store, root, Arc::new(NoAudit)).map(|open| Open { keeps_store: true, ..open })
            }
            Place::Folder(folder) => open_folder(folder, region, around),
        }
    }
}

impl Open {
    /// Lets go of the files, whoever still holds on to the node.
    pub(crate) fn close(self) {
        if !self.keeps_store {
            self.store.close();
        }
        if let Some(Err(error)) = self.audit.map(|audit| audit.sync()) {
            tracing::error!(%error, "the last audit records may not be on the disk");
        }
    }
}

fn open_folder(folder: &Path, region: &Region, around: &Surroundings) -> Result<Open, ClusterError> {
    root_file::private_folder(folder)?;
    let failed = |source| ClusterError::Store { region: region.clone(), folder: folder.to_owned(), source };
    // The store comes first: it holds the lock that keeps another process out.
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.join("store.db")).map_err(failed)?);
    let is_empty = store.snapshot().map_err(failed)?.position() == 0;
    let root = root_file::load_or_create(folder, is_empty, &*around.random)?;
    let path = folder.join("audit.jsonl");
    let audit = AuditFile::open(&path).map_err(|source| ClusterError::Audit { path, source })?;
    let audit = Arc::new(audit);
    let open = node(region, around, store, root, audit.clone())?;
    Ok(Open { audit: Some(audit), ..open })
}

fn node(
    region: &Region,
    around: &Surroundings,
    store: Arc<dyn Store>,
    root: RootKey,
    audit: Arc<dyn AuditSink>,
) -> Result<Open, ClusterError> {
    let Surroundings { topology, clock, random, dev } = around.clone();
    let services = SERVICES;
    let config = NodeConfig {
        region: region.clone(),
        store: store.clone(),
        root,
        clock,
        random,
        topology,
        dev,
        audit,
        services,
    };
    let node = Node::open(config)?;
    Ok(Open { identity: node.public_identity(), node, audit: None, store, keeps_store: false })
}

/// Runs what blocks where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, ClusterError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(ClusterError::Thread(io::Error::other(error))),
    }
}
