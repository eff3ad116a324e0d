//! The links of one process.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_crypto::Identity;
use claviger_types::wire::{RawRequest, RawResponse};
use claviger_types::{Random, Region};
use tokio::sync::mpsc;

use crate::address::are_addresses;
use crate::dialler::keep_connected;
use crate::enrol_dialler;
use crate::enrolment::DETAILS_BYTES_MAX;
use crate::error::{EnrolError, LinkError, LinkSetupError, Sent};
use crate::faults::LinkFault;
use crate::handler::LinkHandler;
use crate::hello::LinkVersion;
use crate::http_codec::encode_request;
use crate::invitation::Invitation;
use crate::listener;
use crate::peer::{Peer, PeerState};
use crate::settings::LinkSettings;
use crate::shared::{Local, Shared};
use crate::status::{LinkStatus, ListenerCounts};

/// The links of the process's regions. Dropping it stops them.
pub struct Links {
    shared: Arc<Shared>,
    listens: Option<SocketAddr>,
    all_ended: Mutex<Option<mpsc::Receiver<Infallible>>>,
    /// Changes of the regions and their peers are made one after the other.
    changing: Mutex<()>,
}

impl Links {
    /// Starts the links, and the listener if there is an address for it. There are no regions yet. Must be called on a runtime of
    /// tokio, whose tasks the links then are.
    ///
    /// # Errors
    ///
    /// [`LinkSetupError::Listen`] if the address cannot be used.
    pub fn start(
        settings: LinkSettings,
        handler: Arc<dyn LinkHandler>,
        random: Arc<dyn Random>,
        listen: Option<SocketAddr>,
    ) -> Result<Links, LinkSetupError> {
        Links::start_as(LinkVersion::CURRENT, settings, handler, random, listen)
    }

    pub(crate) fn start_as(
        version: LinkVersion,
        settings: LinkSettings,
        handler: Arc<dyn LinkHandler>,
        random: Arc<dyn Random>,
        listen: Option<SocketAddr>,
    ) -> Result<Links, LinkSetupError> {
        let listener = listen.map(|address| listener::bind(address, settings.send_buffer_bytes)).transpose()?;
        let listens = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let (shared, all_ended) = Shared::new(settings, version, handler, random);
        let shared = Arc::new(shared);
        if let Some(listener) = listener {
            shared.spawn(listener::accept(shared.clone(), listener));
        }
        Ok(Links { shared, listens, all_ended: Mutex::new(Some(all_ended)), changing: Mutex::new(()) })
    }

    /// The listener's address, with the port that it got.
    pub fn listens_on(&self) -> Option<SocketAddr> {
        self.listens
    }

    /// Adds a region of this process, without peers. A region of the same name and identity stays as it is. One of another identity is replaced,
    /// and its connections end.
    ///
    /// # Errors
    ///
    /// [`LinkSetupError::Tls`] if the TLS library does not accept the configuration.
    pub fn add_local(&self, region: Region, identity: Arc<Identity>) -> Result<(), LinkSetupError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.local(&region).is_some_and(|local| local.identity.public() == identity.public()) {
            return Ok(());
        }
        let local = Local::new(region, identity, &self.shared.provider)?;
        self.shared.put_local(local).iter().for_each(|replaced| remove_peers(replaced));
        Ok(())
    }

    /// Takes a region away. Its connections end.
    pub fn remove_local(&self, region: &Region) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.take_local(region).iter().for_each(|removed| remove_peers(removed));
    }

    /// Sets the peers of a local region. Peers that are missing from the list, or have another identity, are disconnected at once. The
    /// connections of the others stay.
    ///
    /// # Errors
    ///
    /// [`LinkSetupError`] if there is no such local region, or the list is not one of distinct regions with proper addresses. Then nothing is changed.
    pub fn set_peers(&self, local: &Region, peers: Vec<Peer>) -> Result<(), LinkSetupError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let local = self.shared.local(local).ok_or_else(|| LinkSetupError::UnknownLocal(local.clone()))?;
        check_peers(&local, &peers)?;
        let (mut next, mut new) = (BTreeMap::new(), Vec::new());
        for peer in peers {
            let known = local.peers.find(&peer.region).filter(|known| known.identity == peer.identity);
            let state = match known {
                Some(known) => {
                    known.set_addresses(peer.addresses);
                    known
                }
                None => {
                    let (faults, handler) = (self.shared.faults.clone(), self.shared.handler.clone());
                    let state = PeerState::new(local.region.clone(), peer, &self.shared.settings, faults, handler);
                    let state = Arc::new(state);
                    new.push(state.clone());
                    state
                }
            };
            next.insert(state.region.clone(), state);
        }
        let before = local.peers.all();
        let kept: Vec<Arc<PeerState>> = next.values().cloned().collect();
        local.peers.replace(next);
        before.iter().filter(|old| !kept.iter().any(|kept| Arc::ptr_eq(kept, old))).for_each(|gone| gone.remove());
        for peer in new {
            self.shared.spawn(keep_connected(self.shared.clone(), local.clone(), peer));
        }
        Ok(())
    }

    /// Sends a frame. Never waits, and may be called from any thread.
    pub fn send(&self, from: &Region, to: &Region, frame: Vec<u8>) -> Sent {
        self.peer(from, to).map_or(Sent::NotAPeer, |peer| peer.send(frame))
    }

    /// Has a peer answer a request, which it gets as it is.
    ///
    /// # Errors
    ///
    /// [`LinkError`], which says whether the peer may have carried the request out.
    pub async fn forward(&self, from: &Region, to: &Region, request: RawRequest) -> Result<RawResponse, LinkError> {
        let not_a_peer = || LinkError::NotAPeer { from: from.clone(), to: to.clone() };
        let peer = self.peer(from, to).ok_or_else(not_a_peer)?;
        let encoded = encode_request(&request);
        drop(request);
        peer.forward(&encoded, self.shared.settings.forward_timeout).await
    }

    /// Has a local region join the fleet of an inviter: proves to it that the region was invited, and says where the region listens.
    /// `details` are bytes for the inviter's handler, at most [`DETAILS_BYTES_MAX`]. Whether the invitation has expired is for the inviter's clock to say. The answer is what that handler gave: the description of the fleet.
    ///
    /// # Errors
    ///
    /// [`EnrolError`]. After [`EnrolError::AnswerLost`] the inviter may have admitted the region.
    pub async fn enrol(
        &self,
        local: &Region,
        invitation: &Invitation,
        addresses: Vec<String>,
        details: Vec<u8>,
    ) -> Result<Vec<u8>, EnrolError> {
        let local = self.shared.local(local).ok_or_else(|| EnrolError::UnknownLocal(local.clone()))?;
        if !are_addresses(&addresses) || details.len() > DETAILS_BYTES_MAX {
            return Err(EnrolError::Malformed);
        }
        enrol_dialler::enrol(&self.shared, &local, invitation, addresses, details).await
    }

    /// The state of each link, by local region and peer.
    pub fn status(&self) -> Vec<LinkStatus> {
        let locals = self.shared.all_locals();
        locals.iter().flat_map(|local| local.peers.all()).map(|peer| peer.status()).collect()
    }

    /// The listener's counts.
    pub fn listener_counts(&self) -> ListenerCounts {
        self.shared.counters.read()
    }

    /// Sets the fault of one direction, in place of the one before; the default is none. For drills: the host offers this in development and
    /// test mode only.
    pub fn set_fault(&self, from: &Region, to: &Region, fault: LinkFault) {
        self.shared.faults.set(from, to, fault);
    }

    /// Ends all connections and the listener, and waits until their tasks have ended.
    pub async fn stop(&self) {
        self.shared.stop();
        let all_ended = self.all_ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut all_ended) = all_ended {
            let _ = all_ended.recv().await;
        }
    }

    fn peer(&self, from: &Region, to: &Region) -> Option<Arc<PeerState>> {
        self.shared.local(from)?.peers.find(to)
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

fn remove_peers(local: &Local) {
    let peers = local.peers.all();
    local.peers.replace(BTreeMap::new());
    peers.iter().for_each(|peer| peer.remove());
}

fn check_peers(local: &Local, peers: &[Peer]) -> Result<(), LinkSetupError> {
    let mut names = BTreeSet::from([&local.region]);
    let mut identities = BTreeSet::from([local.identity.public()]);
    for peer in peers {
        if !names.insert(&peer.region) || !identities.insert(peer.identity) {
            return Err(LinkSetupError::Duplicate(peer.region.clone()));
        }
        if !are_addresses(&peer.addresses) {
            return Err(LinkSetupError::Address(peer.region.clone()));
        }
    }
    Ok(())
}
