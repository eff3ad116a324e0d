//! What the tasks of one process's links share.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use claviger_crypto::{Identity, PublicIdentity};
use claviger_types::{Random, Region};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::chunk::Limits;
use crate::error::LinkSetupError;
use crate::faults::LinkFaults;
use crate::handler::LinkHandler;
use crate::hello::{Hello, LinkVersion};
use crate::log_limit::LogLimit;
use crate::outbox::Bounds;
use crate::peer::{PeerState, Times};
use crate::settings::LinkSettings;
use crate::status::Counters;
use crate::tls::{self, KeyCheck};

pub(crate) struct Shared {
    pub(crate) settings: LinkSettings,
    pub(crate) version: LinkVersion,
    pub(crate) handler: Arc<dyn LinkHandler>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) provider: Arc<CryptoProvider>,
    pub(crate) faults: Arc<LinkFaults>,
    pub(crate) counters: Counters,
    pub(crate) refusals_log: LogLimit,
    /// When and from where the enrolments of the last minute were attempted.
    pub(crate) enrolments: Mutex<Vec<(Instant, IpAddr)>>,
    locals: RwLock<BTreeMap<Region, Arc<Local>>>,
    /// Regions and peers may be set from threads that are not the runtime's.
    runtime: Handle,
    stopped: watch::Sender<bool>,
    /// Every task holds a clone, so that the end of the last one can be waited for.
    running: Mutex<Option<mpsc::Sender<Infallible>>>,
}

/// A region of this process.
pub(crate) struct Local {
    pub(crate) region: Region,
    pub(crate) identity: Arc<Identity>,
    pub(crate) link_config: Arc<ServerConfig>,
    pub(crate) enrol_config: Arc<ServerConfig>,
    pub(crate) peers: Arc<Peers>,
}

/// The peers of one local region.
#[derive(Default)]
pub(crate) struct Peers(RwLock<BTreeMap<Region, Arc<PeerState>>>);

impl Peers {
    pub(crate) fn find(&self, region: &Region) -> Option<Arc<PeerState>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<PeerState>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Puts other peers in the place of those that there are.
    pub(crate) fn replace(&self, peers: BTreeMap<Region, Arc<PeerState>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = peers;
    }

    fn has_key(&self, key: &PublicIdentity) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().any(|peer| peer.identity == *key)
    }
}

impl Local {
    pub(crate) fn new(
        region: Region,
        identity: Arc<Identity>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Local, LinkSetupError> {
        let peers = Arc::new(Peers::default());
        let pinned = peers.clone();
        let config = |accepts| {
            let config = tls::server_config(provider, &identity, accepts);
            config.map(Arc::new).map_err(|error| LinkSetupError::Tls(error.to_string()))
        };
        let link_config = config(KeyCheck::new(move |key| pinned.has_key(key)))?;
        // Whoever was invited proves it after the handshake.
        let enrol_config = config(KeyCheck::new(|_| true))?;
        Ok(Local { region, identity, link_config, enrol_config, peers })
    }
}

impl Shared {
    pub(crate) fn new(
        settings: LinkSettings,
        version: LinkVersion,
        handler: Arc<dyn LinkHandler>,
        random: Arc<dyn Random>,
    ) -> (Shared, mpsc::Receiver<Infallible>) {
        let (running, all_ended) = mpsc::channel(1);
        let shared = Shared {
            settings,
            version,
            handler,
            random,
            provider: tls::provider(),
            faults: Arc::default(),
            counters: Counters::default(),
            refusals_log: LogLimit::default(),
            enrolments: Mutex::default(),
            locals: RwLock::default(),
            runtime: Handle::current(),
            stopped: watch::Sender::new(false),
            running: Mutex::new(Some(running)),
        };
        (shared, all_ended)
    }

    pub(crate) fn local(&self, region: &Region) -> Option<Arc<Local>> {
        self.locals.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned()
    }

    pub(crate) fn all_locals(&self) -> Vec<Arc<Local>> {
        self.locals.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Puts a local region in its place. Answers the one that was there.
    pub(crate) fn put_local(&self, local: Local) -> Option<Arc<Local>> {
        let mut locals = self.locals.write().unwrap_or_else(PoisonError::into_inner);
        locals.insert(local.region.clone(), Arc::new(local))
    }

    pub(crate) fn take_local(&self, region: &Region) -> Option<Arc<Local>> {
        self.locals.write().unwrap_or_else(PoisonError::into_inner).remove(region)
    }

    /// Runs a task until it ends or the links are stopped. None if they are.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Option<JoinHandle<()>> {
        let guard = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let mut stopped = self.stopped.subscribe();
        Some(self.runtime.spawn(async move {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => {}
                () = task => {}
            }
            drop(guard);
        }))
    }

    /// Stops all tasks.
    pub(crate) fn stop(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.stopped.send_replace(true);
    }

    /// The sizes that this process accepts.
    pub(crate) fn accepts(&self) -> Limits {
        Limits { frame: self.settings.frame_bytes_max, exchange: self.settings.exchange_bytes_max }
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { frames: self.settings.queued_frames_max, bytes: self.settings.queued_bytes_max }
    }

    pub(crate) fn times(&self) -> Times {
        Times { ping_every: self.settings.ping_every, silence_max: self.settings.silence_max }
    }

    pub(crate) fn hello(&self, from: &Region, to: &Region) -> Hello {
        Hello { version: self.version, from: from.clone(), to: to.clone(), accepts: self.accepts() }
    }
}
