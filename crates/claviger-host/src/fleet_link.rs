//! The link of this process's regions to those of other processes: frames, forwarded requests, and admission.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use claviger_crypto::{EnrolmentSecret, InvitationId};
use claviger_link::{Answering, EnrolRefusal, Joiner, LinkHandler, LinkSettings, Links, Peer};
use claviger_service::fleet::{self, Refused};
use claviger_service::wire::{RawRequest, RawResponse};
use claviger_service::{Node, Topology};
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_types::{Random, Region};
use tokio::time::{MissedTickBehavior, interval};

use crate::error::ClusterError;
use crate::link::Network;
use crate::router::RegionTable;

/// How often the regions are asked whether the fleet has changed.
const FOLLOW_EVERY: Duration = Duration::from_millis(100);

/// Where the process can be reached by other processes of its fleet.
#[derive(Debug, Clone, Default)]
pub struct LinkConfig {
    /// Where the link listens. None: the process only connects to others.
    pub listen: Option<SocketAddr>,
    /// `host:port` by which other processes reach the listener. Empty: the listener's own address.
    pub advertise: Vec<String>,
    /// Its limits and times.
    pub settings: LinkSettings,
}

/// The links of this process.
pub struct FleetLink {
    links: Arc<Links>,
    addresses: Vec<String>,
}

impl FleetLink {
    /// Starts the links. The regions join by [`FleetLink::follow`].
    pub(crate) fn start(
        config: &LinkConfig,
        table: &Arc<RegionTable>,
        network: &Arc<Network>,
        random: Arc<dyn Random>,
    ) -> Result<FleetLink, ClusterError> {
        let handler = Arc::new(Handler { table: table.clone(), network: network.clone() });
        let started = Links::start(config.settings.clone(), handler, random, config.listen);
        let links = Arc::new(started.map_err(|error| ClusterError::Link(error.to_string()))?);
        network.connect(&links);
        table.forward_by(&links);
        let addresses = match (&config.advertise, links.listens_on()) {
            (given, _) if !given.is_empty() => given.clone(),
            (_, Some(address)) => vec![address.to_string()],
            (_, None) => Vec::new(),
        };
        Ok(FleetLink { links, addresses })
    }

    /// Where other processes reach this one.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// The links.
    pub fn links(&self) -> &Arc<Links> {
        &self.links
    }

    /// Keeps the links to the members that the stores of the local regions name. The task ends with the link.
    pub(crate) fn follow(&self, table: &Arc<RegionTable>) {
        let (links, table) = (Arc::downgrade(&self.links), Arc::downgrade(table));
        tokio::spawn(async move {
            let mut followed = Followed::default();
            let mut ticks = interval(FOLLOW_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let (Some(links), Some(table)) = (links.upgrade(), table.upgrade()) else { return };
                let round = tokio::task::spawn_blocking(move || {
                    followed.round(&links, &table);
                    followed
                });
                match round.await {
                    Ok(next) => followed = next,
                    // Only a panic or the end of the runtime gets here.
                    Err(_) => return,
                }
            }
        });
    }
}

/// The state of the fleet to which the links were last brought, for each local region.
#[derive(Default)]
struct Followed(BTreeMap<Region, Arc<Topology>>);

impl Followed {
    fn round(&mut self, links: &Links, table: &RegionTable) {
        let regions = table.regions();
        let is_local = |region: &Region| regions.iter().any(|(local, _)| local == region);
        for (region, node) in &regions {
            let Some(node) = node.as_ref().filter(|node| node.failure().is_none()) else {
                if self.0.remove(region).is_some() {
                    links.remove_local(region);
                }
                continue;
            };
            let topology = node.topology();
            if self.0.get(region).is_some_and(|seen| Arc::ptr_eq(seen, &topology)) {
                continue;
            }
            match connect(links, node, &is_local) {
                Ok(()) => drop(self.0.insert(region.clone(), topology)),
                Err(error) => tracing::error!(%region, error, "the links to other regions cannot be set up"),
            }
        }
    }
}

fn connect(links: &Links, node: &Arc<Node>, is_local: &dyn Fn(&Region) -> bool) -> Result<(), String> {
    let members = fleet::members(node).map_err(|error| error.to_string())?;
    links.add_local(node.region().clone(), node.identity_shared()).map_err(|error| error.to_string())?;
    let peer =
        |member: MemberRecord| Peer { region: member.region, identity: member.identity, addresses: member.addresses };
    let remote = members.into_iter().filter(|member| !is_local(&member.region));
    links.set_peers(node.region(), remote.map(peer).collect()).map_err(|error| error.to_string())
}

/// Takes what arrives on the links.
struct Handler {
    table: Arc<RegionTable>,
    network: Arc<Network>,
}

impl LinkHandler for Handler {
    fn frame(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        self.network.deliver(from, to, frame);
    }

    fn request(&self, _: &Region, to: &Region, request: RawRequest) -> Answering<RawResponse> {
        let (table, to) = (self.table.clone(), to.clone());
        Box::pin(async move { table.answer_forwarded(&to, request).await })
    }

    fn connected(&self, local: &Region, peer: &Region) {
        tracing::info!(%local, %peer, "the link to another region is there");
        self.network.notify(local);
    }

    fn disconnected(&self, local: &Region, peer: &Region) {
        tracing::warn!(%local, %peer, "the link to another region is gone");
    }

    fn invitation(&self, local: &Region, id: &InvitationId) -> Option<EnrolmentSecret> {
        fleet::invitation_secret(&*self.table.node(local)?, id)
    }

    fn admit(&self, local: &Region, id: InvitationId, joiner: Joiner) -> Answering<Result<Vec<u8>, EnrolRefusal>> {
        let node = self.table.node(local);
        let member = MemberRecord { region: joiner.region, identity: joiner.identity, addresses: joiner.addresses };
        Box::pin(async move {
            let node = node.ok_or(EnrolRefusal::Unavailable)?;
            let region = member.region.clone();
            let admitted = tokio::task::spawn_blocking(move || fleet::admit(&node, &id, &member)).await;
            let described = admitted.map_err(|_| EnrolRefusal::Unavailable)?.map_err(refusal)?;
            tracing::warn!(%region, "a region has joined the fleet");
            described.to_bytes().map_err(|_| EnrolRefusal::Unavailable)
        })
    }
}

fn refusal(refused: Refused) -> EnrolRefusal {
    match refused {
        Refused::Unknown => EnrolRefusal::Unknown,
        Refused::Expired => EnrolRefusal::Expired,
        Refused::Used => EnrolRefusal::Used,
        Refused::OtherRegion => EnrolRefusal::OtherRegion,
        Refused::Unavailable => EnrolRefusal::Unavailable,
    }
}
