//! The regions of one process, from their folders to their listeners.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use claviger_crypto::{Operators, PublicIdentity};
use claviger_http::{Cors, Server};
use claviger_service::{Node, ReplicationDriver, Topology};
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_types::Region;
use tokio::time::{Instant, sleep};

use crate::background::BackgroundThreads;
use crate::cluster_config::{ClusterConfig, Listen};
use crate::error::{ClusterError, FleetCommandError};
use crate::fleet;
use crate::fleet_link::{FleetLink, LinkConfig};
use crate::link::{Inbox, Network};
use crate::listener_settings::ListenerSettings;
use crate::region_slot::{OpenRegion, RegionEnvironment, RegionStorage, blocking};
use crate::router::{RegionTable, Router};

/// How long regions that start together may take to learn each other's token keys.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(10);

/// A rebuilding is given up after so long without a commit in the region.
const REBUILD_SILENCE_MAX: Duration = Duration::from_secs(30);

/// The most regions of one process. Each has three threads, a store and its caches.
const REGIONS_MAX: usize = 32;

/// The regions of this process, and the network between them.
pub struct Cluster {
    environment: RegionEnvironment,
    listener: ListenerSettings,
    cors: Cors,
    listen: Listen,
    region_table: Arc<RegionTable>,
    network: Arc<Network>,
    slots: BTreeMap<Region, RegionSlot>,
    /// See [`ClusterConfig::starts_without_lost`].
    starts_without_lost: bool,
    servers: Vec<Server>,
    /// The listener of rotation functions.
    for_functions: Option<Server>,
    link: Option<FleetLink>,
}

/// A region of the cluster.
struct RegionSlot {
    storage: RegionStorage,
    running: Option<Running>,
    /// Set since it first ran.
    identity: Option<PublicIdentity>,
    /// The address of its own listener, kept while the region is down.
    address: Option<SocketAddr>,
}

struct Running {
    open: OpenRegion,
    threads: BackgroundThreads,
    server: Option<Server>,
}

impl Cluster {
    /// Opens every region, lets them find each other, and listens. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// See [`ClusterError`]. Regions that were started before the error are stopped.
    pub async fn start(config: ClusterConfig) -> Result<Cluster, ClusterError> {
        check_regions(&config.regions, &config.iam_home)?;
        let ClusterConfig {
            regions,
            iam_home,
            data,
            clock,
            random,
            dev,
            services,
            quotas,
            audit,
            rebuild,
            listen,
            listener,
            cors,
            network,
            link,
            outbound,
            issuers,
            attestation_roots,
            require_replicas,
            encodes_denials,
            operators,
            starts_without_lost,
            rotation_functions,
            seals,
        } = config;
        let region_table = Arc::new(RegionTable::new(&regions, iam_home.clone(), services));
        let storage = |region: &Region| match &data {
            Some(data) => RegionStorage::Folder(data.join(region.as_str())),
            None => RegionStorage::memory(&*random),
        };
        let slot =
            |region: &Region| RegionSlot { storage: storage(region), running: None, identity: None, address: None };
        let slots: BTreeMap<Region, RegionSlot> = regions.iter().map(|region| (region.clone(), slot(region))).collect();
        let topology = Topology { regions, iam_home };
        let environment = RegionEnvironment {
            topology,
            clock,
            random,
            dev,
            services,
            quotas,
            rotation: audit,
            outbound,
            issuers,
            attestation_roots,
            require_replicas,
            encodes_denials,
            operators,
            rotation_functions,
            seals,
        };
        let (servers, rebuilt_here) = (Vec::new(), !rebuild.is_empty());
        let mut cluster = Cluster {
            environment,
            listener,
            cors,
            listen,
            region_table,
            network,
            slots,
            starts_without_lost,
            servers,
            for_functions: None,
            link: None,
        };
        cluster.open_all(rebuild).await?;
        if let Some(link) = link {
            cluster.start_link(&link).await?;
        }
        if rebuilt_here {
            cluster.rebuilt().await?;
        }
        cluster.caught_up().await?;
        cluster.listen_all().await?;
        Ok(cluster)
    }

    /// The regions and which of them are running.
    pub fn region_table(&self) -> &Arc<RegionTable> {
        &self.region_table
    }

    /// The links between the regions.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The operators whose signatures a failover needs.
    pub(crate) fn operators(&self) -> &Operators {
        &self.environment.operators
    }

    /// Changes the operators whose signatures a failover needs, for all regions.
    pub(crate) fn set_operators(&mut self, operators: &Operators) {
        self.environment.operators = operators.clone();
        for (_, node) in self.region_table.regions() {
            if let Some(node) = node {
                node.facts().operators.set(operators.clone());
            }
        }
    }

    /// A region's node, while it runs.
    pub fn node(&self, region: &Region) -> Option<Arc<Node>> {
        self.region_table.node(region)
    }

    /// Where the cluster listens for all regions: the first address, if there are several.
    pub fn address(&self) -> Option<SocketAddr> {
        self.servers.first().map(Server::address)
    }

    /// Listens on a free port of this machine without TLS, for the functions that rotate secrets: they call back, and run here.
    /// Returns its address.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Listen`].
    pub async fn listen_for_functions(&mut self) -> Result<SocketAddr, ClusterError> {
        let listener = ListenerSettings { tls: None, ..self.listener.clone() };
        let server = self.listen_with((Ipv4Addr::LOCALHOST, 0).into(), &listener).await?;
        let address = server.address();
        self.for_functions = Some(server);
        Ok(address)
    }

    /// All addresses where the cluster listens for all regions.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(Server::address).collect()
    }

    /// Where a region listens for itself.
    pub fn address_of(&self, region: &Region) -> Option<SocketAddr> {
        self.slots.get(region)?.address
    }

    /// Ends a region as if its machine were gone: its listener, its threads, its node. Its store stays, and changes that other
    /// regions have for it wait in their stores. Does nothing if it is not running.
    pub async fn stop_region(&mut self, region: &Region) {
        let Some(running) = self.slots.get_mut(region).and_then(|slot| slot.running.take()) else { return };
        self.region_table.stop(region);
        running.stop().await;
    }

    /// Runs a region again. Does nothing if it is running.
    ///
    /// # Errors
    ///
    /// See [`ClusterError`].
    pub async fn start_region(&mut self, region: &Region) -> Result<(), ClusterError> {
        let Some(slot) = self.slots.get(region).filter(|slot| slot.running.is_none()) else { return Ok(()) };
        let (storage, environment, name) = (slot.storage.clone(), self.environment.clone(), region.clone());
        let open = blocking(move || storage.open(&name, &environment)).await?;
        let inbox = self.network.join(region);
        self.run(region, open, inbox)?;
        self.listen_for(region).await
    }

    /// Runs a region whose store is lost with a new one, which is rebuilt from the others. The home of IAM is a region of this process, and admits
    /// the new identity.
    pub(crate) async fn rebuild_lost(&mut self, region: &Region) -> Result<Vec<Region>, FleetCommandError> {
        let home = self.home_node()?;
        let failed = |error: ClusterError| FleetCommandError::Failed(error.to_string());
        let not_here = || FleetCommandError::NotHere(region.clone());
        let slot = self.slots.get(region).filter(|slot| slot.running.is_none()).ok_or_else(not_here)?;
        let (storage, environment, name) = (slot.storage.clone(), self.environment.clone(), region.clone());
        let addresses = self.link.as_ref().map(|link| link.addresses().to_vec()).unwrap_or_default();
        let opening = blocking(move || {
            let open = storage.open(&name, &environment)?;
            if !fleet::is_new(&open.node)? {
                open.close();
                return Err(fleet::not_empty(&name));
            }
            Ok(open)
        });
        let open = opening.await.map_err(failed)?;
        let member = MemberRecord { region: region.clone(), identity: open.identity, addresses };
        let node = open.node.clone();
        let taking_part = blocking(move || {
            Ok(claviger_service::fleet::replace_local(&home, &member).and_then(|fleet| {
                claviger_service::fleet::take_part(&node, &fleet)?;
                Ok(fleet.members.into_iter().map(|member| member.region).collect())
            }))
        });
        let sources = taking_part.await.map_err(failed)??;
        if let Some(link) = &self.link {
            link.links().add_local(region.clone(), open.node.identity_shared())?;
        }
        if let Some(slot) = self.slots.get_mut(region) {
            slot.identity = Some(open.identity);
        }
        let inbox = self.network.join(region);
        self.run(region, open, inbox).map_err(failed)?;
        self.listen_for(region).await.map_err(failed)?;
        Ok(sources)
    }

    /// Ends everything: listeners first, so that no request is cut off by its region's end.
    pub async fn stop(mut self) {
        for server in std::mem::take(&mut self.servers).into_iter().chain(self.for_functions.take()) {
            server.stop().await;
        }
        if let Some(link) = self.link.take() {
            link.links().stop().await;
        }
        let regions: Vec<Region> = self.slots.keys().cloned().collect();
        for region in regions {
            self.stop_region(&region).await;
        }
    }

    /// Opens all regions. The regions of an earlier run are first: their stores name the IAM home, and a new region must agree
    /// with them.
    async fn open_all(&mut self, rebuild: BTreeSet<Region>) -> Result<(), ClusterError> {
        let (settled, new): (Vec<_>, Vec<_>) = self
            .slots
            .iter()
            .map(|(region, slot)| (region.clone(), slot.storage.clone()))
            .partition(|(_, p)| p.exists());
        let new = self.leave_out(new, settled.is_empty());
        let mut opened = self.open_together(settled).await?;
        if self.starts_without_lost {
            opened = self.without_strange(opened).await?;
        }
        self.settle_home(&opened)?;
        opened.extend(self.open_together(new).await?);
        let holds = !self.environment.dev;
        let opened = blocking(move || fleet::settle(&opened, &rebuild, holds).map(|()| opened)).await?;
        // All regions join the network before the first one sends its greeting. A greeting to a region that has not joined
        // would be lost and repeated only later.
        let joined: Vec<_> =
            opened.into_iter().map(|(region, open)| (self.network.join(&region), region, open)).collect();
        joined.into_iter().try_for_each(|(inbox, region, open)| self.run(&region, open, inbox))
    }

    /// Leaves out the regions whose stores are not the ones that the others know.
    async fn without_strange(
        &mut self,
        mut opened: Vec<(Region, OpenRegion)>,
    ) -> Result<Vec<(Region, OpenRegion)>, ClusterError> {
        let taken = blocking(move || fleet::take_out_strange(&mut opened).map(|strange| (opened, strange)));
        let (opened, strange) = taken.await?;
        for (region, reason) in &strange {
            tracing::error!(%region, reason, "the server starts without this region");
            self.region_table.note_lost(region, "its store is not the one that the other regions know");
            if let Some(slot) = self.slots.get_mut(region) {
                slot.identity = None;
            }
        }
        match strange.into_iter().next() {
            Some((region, reason)) if opened.is_empty() => {
                Err(ClusterError::Replaced(format!("region {region} cannot be run: {reason}")))
            }
            _ => Ok(opened),
        }
    }

    /// The regions that are to be made: those without a store. A server that starts without lost ones makes none, if it has others.
    fn leave_out(&self, new: Vec<(Region, RegionStorage)>, nothing_else: bool) -> Vec<(Region, RegionStorage)> {
        if !self.starts_without_lost || nothing_else {
            return new;
        }
        for (region, _) in new {
            tracing::error!(%region, "the server starts without this region: its folder holds no store");
            self.region_table.note_lost(&region, "its folder holds no store");
        }
        Vec::new()
    }

    /// Opens regions at the same time, since each waits for the disk. Leaves out those that cannot be opened, if the cluster starts without
    /// them.
    async fn open_together(
        &mut self,
        storages: Vec<(Region, RegionStorage)>,
    ) -> Result<Vec<(Region, OpenRegion)>, ClusterError> {
        let opening: Vec<_> = storages
            .into_iter()
            .map(|(region, storage)| {
                let (environment, name) = (self.environment.clone(), region.clone());
                (region, blocking(move || storage.open(&name, &environment)))
            })
            .collect();
        let (mut opened, mut failed) = (Vec::new(), None);
        for (region, open) in opening {
            let open = match open.await {
                Ok(open) => open,
                // A wrong seal, or a file that others may use, is for the operator to mend: the store is not lost.
                Err(error @ (ClusterError::Store { .. } | ClusterError::Node(_))) if self.starts_without_lost => {
                    tracing::error!(%region, %error, "the server starts without this region: it cannot be opened");
                    self.region_table.note_lost(&region, "it cannot be opened");
                    failed = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(slot) = self.slots.get_mut(&region) {
                slot.identity = Some(open.identity);
            }
            opened.push((region, open));
        }
        match failed {
            Some(error) if opened.is_empty() => Err(error),
            _ => Ok(opened),
        }
    }

    /// The IAM home was chosen when the first regions were made. Two regions that both write IAM would contradict each other.
    fn settle_home(&mut self, settled: &[(Region, OpenRegion)]) -> Result<(), ClusterError> {
        let Some((_, first)) = settled.first() else { return Ok(()) };
        let home = first.node.topology().iam_home.clone();
        let stranger = settled.iter().find(|(_, open)| open.node.topology().iam_home != home);
        if let Some((region, open)) = stranger {
            let theirs = &open.node.topology().iam_home;
            let text = format!(
                "region {region} has IAM written in {theirs}, the others in {home}; they do not belong together"
            );
            return Err(ClusterError::Regions(text));
        }
        let is_elsewhere = |open: &OpenRegion| {
            let members = claviger_service::fleet::members(&open.node).unwrap_or_default();
            members.iter().any(|member| member.region == home && !member.addresses.is_empty())
        };
        if !self.slots.contains_key(&home) && !settled.iter().any(|(_, open)| is_elsewhere(open)) {
            let text = format!("IAM of these regions is written in {home}; it has to run too: add --region {home}");
            return Err(ClusterError::Regions(text));
        }
        if home != self.environment.topology.iam_home {
            let table = RegionTable::new(&self.environment.topology.regions, home.clone(), self.environment.services);
            table.take_lost(&self.region_table);
            self.region_table = Arc::new(table);
            self.environment.topology.iam_home = home;
        }
        Ok(())
    }

    /// The region where IAM is written.
    pub fn iam_home(&self) -> Region {
        let running = self.region_table.regions().into_iter().find_map(|(_, node)| node);
        running.map_or(self.environment.topology.iam_home.clone(), |node| node.topology().iam_home.clone())
    }

    /// The link to the regions of other processes.
    pub fn link(&self) -> Option<&FleetLink> {
        self.link.as_ref()
    }

    async fn start_link(&mut self, config: &LinkConfig) -> Result<(), ClusterError> {
        let random = self.environment.random.clone();
        let link = FleetLink::start(config, &self.region_table, &self.network, random)?;
        let addresses = link.addresses().to_vec();
        let locals: Vec<_> =
            self.slots.iter().filter_map(|(name, slot)| Some((name.clone(), slot.identity?))).collect();
        let nodes: Vec<Arc<Node>> = self.region_table.regions().into_iter().filter_map(|(_, node)| node).collect();
        blocking(move || {
            nodes.iter().try_for_each(|node| {
                let set = claviger_service::fleet::set_addresses(node, &locals, &addresses);
                let region = node.region().clone();
                set.map_err(|error| ClusterError::Fleet { region, reason: error.to_string() })
            })
        })
        .await?;
        link.follow(&self.region_table);
        self.link = Some(link);
        Ok(())
    }

    fn run(&mut self, region: &Region, open: OpenRegion, inbox: Arc<Inbox>) -> Result<(), ClusterError> {
        let replication = ReplicationDriver::new(open.node.clone()).map(ReplicationDriver::telling_peers);
        let replication =
            replication.map_err(|error| ClusterError::Fleet { region: region.clone(), reason: error.to_string() })?;
        let (network, clock) = (self.network.clone(), self.environment.clock.clone());
        let threads = BackgroundThreads::start(replication, open.audit.clone(), network, inbox, clock);
        let threads = threads.map_err(ClusterError::Thread)?;
        self.region_table.start(open.node.clone());
        if let Some(slot) = self.slots.get_mut(region) {
            slot.running = Some(Running { open, threads, server: None });
        }
        Ok(())
    }

    /// Waits for regions that are being rebuilt, for as long as something arrives.
    async fn rebuilt(&self) -> Result<(), ClusterError> {
        for (region, node) in self.region_table.regions() {
            let Some(node) = node else { continue };
            let (mut seen, mut since) = (None, Instant::now());
            while node.is_rebuilding() {
                let progress = node.store().commit_counts().commits;
                if seen.replace(progress) != Some(progress) {
                    since = Instant::now();
                } else if since.elapsed() >= REBUILD_SILENCE_MAX || node.failure().is_some() {
                    return Err(ClusterError::Rebuild(region));
                }
                sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// Waits until the regions of this process hold each other's session-token keys. Regions of other processes may be away for long.
    async fn caught_up(&self) -> Result<(), ClusterError> {
        let end = Instant::now() + CAUGHT_UP_WITHIN;
        let regions = self.region_table.regions();
        let locals: Vec<Region> =
            regions.iter().filter(|(_, node)| node.is_some()).map(|(region, _)| region.clone()).collect();
        for (region, node) in regions.into_iter().filter_map(|(region, node)| Some((region, node?))) {
            loop {
                if !node.serves() || node.caught_up(&locals).await {
                    break;
                }
                if Instant::now() >= end {
                    return Err(ClusterError::Apart(region));
                }
                sleep(Duration::from_millis(1)).await;
            }
        }
        Ok(())
    }

    async fn listen_all(&mut self) -> Result<(), ClusterError> {
        let shared = match &self.listen {
            Listen::Shared(address) => vec![*address],
            Listen::SharedAll(addresses) => addresses.clone(),
            Listen::Nowhere | Listen::Each(_) => Vec::new(),
        };
        for address in shared {
            let server = self.listen_on(address).await?;
            self.servers.push(server);
        }
        let regions: Vec<Region> = self.slots.keys().cloned().collect();
        for region in regions {
            self.listen_for(&region).await?;
        }
        Ok(())
    }

    /// Opens a region's own listener, if it is to have one: at its former address, if it had one.
    async fn listen_for(&mut self, region: &Region) -> Result<(), ClusterError> {
        let Listen::Each(ip) = self.listen else { return Ok(()) };
        let former = self.address_of(region).unwrap_or(SocketAddr::new(ip, 0));
        let server = self.listen_on(former).await?;
        if let Some(slot) = self.slots.get_mut(region) {
            slot.address = Some(server.address());
            if let Some(running) = &mut slot.running {
                running.server = Some(server);
            }
        }
        Ok(())
    }

    async fn listen_on(&self, address: SocketAddr) -> Result<Server, ClusterError> {
        self.listen_with(address, &self.listener).await
    }

    async fn listen_with(&self, address: SocketAddr, listener: &ListenerSettings) -> Result<Server, ClusterError> {
        let ListenerSettings { answers_health, bodies, .. } = *listener;
        let router = Router::new(self.region_table.clone())
            .answering_health(answers_health)
            .limiting_bodies(bodies)
            .with_admin(listener.admin.clone());
        let RegionEnvironment { clock, random, .. } = self.environment.clone();
        let bound = Server::bind(address, Arc::new(router), clock, random, listener.server(&self.cors)).await;
        bound.map_err(|source| ClusterError::Listen { address, source })
    }
}

impl Running {
    async fn stop(self) {
        if let Some(server) = self.server {
            server.stop().await;
        }
        let (open, threads) = (self.open, self.threads);
        let ended = blocking(move || {
            threads.stop();
            open.close();
            Ok(())
        });
        if let Err(error) = ended.await {
            tracing::error!(%error, "a region could not be stopped cleanly");
        }
    }
}

fn check_regions(regions: &[Region], home: &Region) -> Result<(), ClusterError> {
    let distinct: BTreeSet<&Region> = regions.iter().collect();
    let partitions: BTreeSet<_> = regions.iter().map(Region::partition).collect();
    let problem = if regions.is_empty() {
        "there are no regions to run".to_owned()
    } else if regions.len() > REGIONS_MAX {
        format!("{} regions are more than one process runs: {REGIONS_MAX}", regions.len())
    } else if distinct.len() < regions.len() {
        "a region is named twice".to_owned()
    } else if partitions.len() > 1 {
        "regions of different partitions do not replicate to each other; run one process for each partition".to_owned()
    } else if !distinct.contains(home) {
        format!("the IAM home {home} is not among the regions")
    } else {
        return Ok(());
    };
    Err(ClusterError::Regions(problem))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_regions() {
        let check = |names: &str, home: &str| {
            let regions: Vec<Region> = names.split_whitespace().map(|name| Region::parse(name).unwrap()).collect();
            check_regions(&regions, &Region::parse(home).unwrap()).is_ok()
        };
        assert!(check("us-east-1", "us-east-1"));
        assert!(check("us-east-1 eu-west-1", "eu-west-1"));
        assert!(!check("", "us-east-1"));
        assert!(!check("us-east-1 us-east-1", "us-east-1"));
        assert!(!check("us-east-1", "eu-west-1"));
        assert!(!check("us-east-1 cn-north-1", "us-east-1"));
    }
}
