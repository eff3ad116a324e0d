//! The link of this process's regions to those of other processes: frames, forwarded requests, and admission.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use claviger_crypto::{EnrolmentSecret, InvitationId, PublicIdentity};
use claviger_link::{
    ADDRESSES_MAX, Answering, EnrolRefusal, Joiner, LinkHandler, LinkSettings, Links, Peer, is_address,
};
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
struct Followed {
    topologies: BTreeMap<Region, Arc<Topology>>,
    /// The last error of each local region. A round that fails in the same way as the one before logs nothing.
    errors: BTreeMap<Region, String>,
}

impl Followed {
    fn round(&mut self, links: &Links, table: &RegionTable) {
        let regions = table.regions();
        let is_local = |region: &Region| regions.iter().any(|(local, _)| local == region);
        for (region, node) in &regions {
            let Some(node) = node.as_ref().filter(|node| node.failure().is_none()) else {
                if self.topologies.remove(region).is_some() {
                    links.remove_local(region);
                }
                continue;
            };
            let topology = node.topology();
            if self.topologies.get(region).is_some_and(|seen| Arc::ptr_eq(seen, &topology)) {
                continue;
            }
            match connect(links, node, &is_local) {
                Ok(()) => {
                    self.errors.remove(region);
                    self.topologies.insert(region.clone(), topology);
                }
                Err(error) => {
                    if self.errors.insert(region.clone(), error.clone()).as_ref() != Some(&error) {
                        tracing::error!(%region, error, "the links to other regions cannot be set up");
                    }
                }
            }
        }
    }
}

fn connect(links: &Links, node: &Arc<Node>, is_local: &dyn Fn(&Region) -> bool) -> Result<(), String> {
    let members = fleet::members(node).map_err(|error| error.to_string())?;
    links.add_local(node.region().clone(), node.identity_shared()).map_err(|error| error.to_string())?;
    let remote = members.into_iter().filter(|member| !is_local(&member.region)).collect();
    let (peers, left_out) = usable(remote, &node.public_identity());
    links.set_peers(node.region(), peers).map_err(|error| error.to_string())?;
    for (peer, why) in left_out {
        tracing::error!(region = %node.region(), %peer, why, "there is no link to a member of the fleet");
    }
    Ok(())
}

/// The members that can be linked to, and the others with the reason. The links refuse a list with one wrong member as a whole.
fn usable(members: Vec<MemberRecord>, own: &PublicIdentity) -> (Vec<Peer>, Vec<(Region, &'static str)>) {
    let mut identities = BTreeSet::from([*own]);
    let (mut peers, mut left_out) = (Vec::new(), Vec::new());
    for MemberRecord { region, identity, addresses } in members {
        if addresses.len() > ADDRESSES_MAX || !addresses.iter().all(|address| is_address(address)) {
            left_out.push((region, "one of its addresses is malformed, or there are too many"));
        } else if !identities.insert(identity) {
            left_out.push((region, "another region has the same identity"));
        } else {
            peers.push(Peer { region, identity, addresses });
        }
    }
    (peers, left_out)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_crypto::Identity;

    use super::*;

    #[test]
    fn one_wrong_member_does_not_cost_the_links_to_the_others() {
        let identity = |seed: u8| Identity::from_seed(&[seed; 32]).unwrap().public();
        let member = |region: &str, seed: u8, addresses: &[&str]| MemberRecord {
            region: Region::parse(region).unwrap(),
            identity: identity(seed),
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        };
        let many = ["a.test:1"; ADDRESSES_MAX + 1];
        let members = vec![
            member("eu-west-1", 1, &["a.test:4602", "[::1]:4602"]),
            member("eu-west-2", 2, &["a.test"]),
            member("eu-west-3", 3, &many),
            member("us-east-1", 1, &["b.test:4602"]),
            member("us-east-2", 9, &["c.test:4602"]),
            member("us-west-2", 4, &[]),
        ];
        let (peers, left_out) = usable(members, &identity(9));
        let peers: Vec<&str> = peers.iter().map(|peer| peer.region.as_str()).collect();
        let left_out: Vec<&str> = left_out.iter().map(|(region, _)| region.as_str()).collect();
        assert_eq!(peers, ["eu-west-1", "us-west-2"]);
        assert_eq!(left_out, ["eu-west-2", "eu-west-3", "us-east-1", "us-east-2"]);
    }
}
