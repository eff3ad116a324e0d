//! What an operator does with the fleet: invitations, joining, removal, and a look at its state. Failovers are in `fleet_failover.rs`.

use std::sync::Arc;

use claviger_link::{INVITATION_SECS, Invitation, LinkStatus, fingerprint};
use claviger_replication::OpenClaims;
use claviger_service::fleet::{self, FleetDescription, FleetError};
use claviger_service::replica_lag;
pub use claviger_service::replica_lag::ReplicaCounts;
use claviger_service::{Backlog, Node, OperationError};
use claviger_store::tables::fleet_table::{self, RebuiltRecord};
use claviger_store::tables::log;
use claviger_types::{Region, Timestamp};

use crate::cluster::Cluster;
use crate::error::FleetCommandError;
use crate::region_slot::blocking;

/// The most waiting changes that are counted.
const WAITING_MAX: usize = 10_000;

/// An invitation for the operator of another process.
pub struct Invited {
    /// The text, which is secret until it was used or has expired.
    pub text: zeroize::Zeroizing<String>,
    /// Until when it can be used.
    pub expires: Timestamp,
    /// The fingerprint of the inviting region, for both operators to compare.
    pub fingerprint: String,
}

/// A region of this process, and the others as it knows them.
pub struct MemberView {
    /// The local region.
    pub region: Region,
    /// The fingerprint of its identity.
    pub fingerprint: String,
    /// The home of IAM, as it knows.
    pub iam_home: Region,
    /// Whether it is being rebuilt.
    pub rebuilding: bool,
    /// The result of its last rebuilding.
    pub rebuilt: Option<RebuiltRecord>,
    /// The other members.
    pub peers: Vec<PeerView>,
}

/// Another member of the fleet, as a local region sees it.
pub struct PeerView {
    /// Its name.
    pub region: Region,
    /// The fingerprint of its pinned identity.
    pub fingerprint: String,
    /// Where its link listens.
    pub addresses: Vec<String>,
    /// Whether it is a region of this process.
    pub local: bool,
    /// When its last authentic message came; none since the start.
    pub heard: Option<Timestamp>,
    /// Whether it does not answer.
    pub silent: bool,
    /// Changes that wait for it or are not yet acknowledged, up to 10,000.
    pub waiting: usize,
    /// Whether it has not answered for so long that rotations of keys do not wait for its replicas.
    pub away: bool,
    /// What waits for it, and since when, as of the last moments; none right after the start.
    pub backlog: Option<Backlog>,
    /// For how many milliseconds the oldest change has waited.
    pub lag_ms: Option<i64>,
    /// How far its replicas are, if they were counted.
    pub lag: Option<ReplicaCounts>,
    /// The link, if it is in another process.
    pub link: Option<LinkStatus>,
    /// Claims to be a primary, or the home of IAM, that one of the two regions does not accept of the other.
    pub claims: OpenClaims,
}

impl Cluster {
    /// Makes an invitation for a region, in the region that is the home of IAM.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn invite(&self, region: Region, rebuilds: bool) -> Result<Invited, FleetCommandError> {
        let link = self.link().ok_or(FleetCommandError::NoLink)?;
        if link.addresses().is_empty() {
            return Err(FleetCommandError::NoListener);
        }
        let node = self.home_node()?;
        let addresses = link.addresses().to_vec();
        let expires = node.clock().now().plus_secs(INVITATION_SECS);
        let inviter = node.clone();
        let secret = on_pool(move || fleet::invite(&inviter, &region, rebuilds, expires)).await??;
        let identity = node.public_identity();
        let invitation = Invitation { inviter: node.region().clone(), identity, addresses, expires, secret };
        Ok(Invited { text: invitation.to_text(), expires, fingerprint: fingerprint(&identity) })
    }

    /// Has a local region join the fleet that invited it.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn join(&self, local: &Region, invitation: &str) -> Result<FleetDescription, FleetCommandError> {
        let link = self.link().ok_or(FleetCommandError::NoLink)?;
        let node = self.node(local).ok_or_else(|| FleetCommandError::NotHere(local.clone()))?;
        let invitation = Invitation::parse(invitation)?;
        let locals: Vec<Region> = self.region_table().regions().into_iter().map(|(region, _)| region).collect();
        let joiner = node.clone();
        on_pool(move || fleet::require_new(&joiner, &locals)).await??;
        // The links have the region since the start.
        link.links().add_local(local.clone(), node.identity_shared())?;
        let addresses = link.addresses().to_vec();
        let answer = link.links().enrol(local, &invitation, addresses, Vec::new()).await?;
        let described = FleetDescription::from_bytes(&answer)?;
        let (joiner, fleet) = (node.clone(), described.clone());
        on_pool(move || fleet::take_part(&joiner, &fleet)).await??;
        Ok(described)
    }

    /// Removes a member for good, in the region that is the home of IAM.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn remove(&self, region: Region) -> Result<(), FleetCommandError> {
        let node = self.home_node()?;
        Ok(on_pool(move || fleet::remove(&node, &region)).await??)
    }

    /// Begins the rebuilding of a local region whose store was restored from an older copy, from all other members but those left out. If it is
    /// being rebuilt already, it begins again. A local region whose store is lost gets a new one, which is rebuilt from all other members.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn rebuild(&mut self, local: &Region, without: &[Region]) -> Result<Vec<Region>, FleetCommandError> {
        if self.region_table().lost(local).is_some() {
            return self.rebuild_lost(local).await;
        }
        let node = self.node(local).ok_or_else(|| FleetCommandError::NotHere(local.clone()))?;
        // Once more if it is being rebuilt: a region that it waits for may be gone.
        if node.held_by().is_none() && !node.is_rebuilding() {
            return Err(FleetCommandError::NotHeld(local.clone()));
        }
        let without = without.to_vec();
        Ok(on_pool(move || {
            let members = fleet::members(&node)?.into_iter().map(|member| member.region);
            let sources: Vec<Region> = members.filter(|region| !without.contains(region)).collect();
            if sources.is_empty() {
                return Err(FleetError::NoSource(node.region().clone()));
            }
            fleet::rebuild_restored(&node, &sources)?;
            Ok::<_, FleetError>(sources)
        })
        .await??)
    }

    /// Has the local regions announce to another one everything that they share with it.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn resync(&self, peer: &Region) -> Result<(), FleetCommandError> {
        for (region, node) in self.region_table().regions() {
            let Some(node) = node.filter(|_| region != *peer) else { continue };
            let peer = peer.clone();
            let known = on_pool(move || {
                let known = node.in_transaction(|tx| {
                    let known = fleet_table::member(tx, &peer)?.is_some();
                    if known {
                        claviger_replication::resync(tx, &peer)?;
                    }
                    Ok(known)
                });
                node.change_fleet();
                known
            });
            if !known.await?? {
                return Err(FleetCommandError::NoMember(region));
            }
        }
        Ok(())
    }

    /// The local regions and the others as they know them.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn members(&self) -> Result<Vec<MemberView>, FleetCommandError> {
        let regions = self.region_table().regions();
        let locals: Vec<Region> = regions.iter().map(|(region, _)| region.clone()).collect();
        let links = self.link().map(|link| link.links().status()).unwrap_or_default();
        let mut views = Vec::new();
        for node in regions.into_iter().filter_map(|(_, node)| node) {
            let (locals, links) = (locals.clone(), links.clone());
            views.push(on_pool(move || view(&node, &locals, &links)).await??);
        }
        Ok(views)
    }

    /// As [`Cluster::members`], with what the replicas in the other regions lack. Reads every key and secret of the local regions.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn lag(&self) -> Result<Vec<MemberView>, FleetCommandError> {
        let mut views = self.members().await?;
        for view in &mut views {
            let Some(node) = self.node(&view.region) else { continue };
            let lags = on_pool(move || replica_lag::count(&node)).await??;
            for peer in &mut view.peers {
                peer.lag = Some(lags.get(&peer.region).copied().unwrap_or_default());
            }
        }
        Ok(views)
    }

    pub(crate) fn home_node(&self) -> Result<Arc<Node>, FleetCommandError> {
        let home = self.iam_home();
        let node = self.node(&home).ok_or(FleetCommandError::HomeElsewhere(home))?;
        if node.serves() { Ok(node) } else { Err(FleetCommandError::NotServing(node.region().clone())) }
    }
}

fn view(node: &Node, locals: &[Region], links: &[LinkStatus]) -> Result<MemberView, OperationError> {
    let (members, rebuilt) = node.in_transaction(|tx| Ok((fleet_table::members(tx)?, fleet_table::rebuilt(tx)?)))?;
    let streams = node.peers();
    let mut peers = Vec::new();
    for member in members.into_iter().filter(|member| member.region != *node.region()) {
        let stream = streams.iter().find(|stream| stream.region == member.region);
        let waiting = node.in_transaction(|tx| Ok(log::waiting(tx, &member.region, WAITING_MAX)?))?;
        let claims = node.in_transaction(|tx| Ok(OpenClaims::read(tx, node.region(), &member.region)?))?;
        let link = links.iter().find(|link| link.local == *node.region() && link.peer == member.region);
        peers.push(PeerView {
            fingerprint: fingerprint(&member.identity),
            local: locals.contains(&member.region),
            heard: stream.and_then(|stream| stream.heard),
            silent: stream.is_none_or(|stream| stream.silent),
            away: stream.is_some_and(|stream| stream.away),
            backlog: stream.and_then(|stream| stream.backlog),
            lag_ms: stream.and_then(|stream| stream.backlog).map(|backlog| backlog.lag_ms(node.clock().now())),
            lag: None,
            waiting,
            link: link.cloned(),
            claims,
            region: member.region,
            addresses: member.addresses,
        });
    }
    Ok(MemberView {
        region: node.region().clone(),
        fingerprint: fingerprint(&node.public_identity()),
        iam_home: node.topology().iam_home.clone(),
        rebuilding: node.is_rebuilding(),
        rebuilt,
        peers,
    })
}

pub(crate) async fn on_pool<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, FleetCommandError> {
    blocking(move || Ok(work())).await.map_err(|error| FleetCommandError::Failed(error.to_string()))
}
