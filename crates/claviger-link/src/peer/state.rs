//! The link of one local region to one peer: its connections, its counts, and what the dialler needs to know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use claviger_crypto::PublicIdentity;
use claviger_types::Region;
use claviger_types::wire::{RawRequest, RawResponse};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::Peer;
use super::connection::{Connection, Facts, Unsent};
use crate::chunk::Kind;
use crate::end::End;
use crate::error::{LinkError, Sent};
use crate::faults::{LinkFault, LinkFaults};
use crate::forward::{REQUEST_HEAD_BYTES, Status};
use crate::handler::{Answering, LinkHandler};
use crate::settings::LinkSettings;
use crate::status::{LinkStatus, Record};

/// The most connections to one peer. Two exist for a moment when both sides dialled at once. A third takes the place of the oldest, which
/// is a connection that the peer has given up without this side knowing.
const CONNECTIONS_MAX: usize = 2;
/// How long two connections to one peer both stay, so that what is under way on the older one arrives.
const OVERLAP: Duration = Duration::from_millis(500);

/// What the dialler waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialling {
    pub(crate) addresses: Vec<String>,
    pub(crate) connections: usize,
    pub(crate) removed: bool,
}

pub(crate) struct PeerState {
    pub(crate) local: Region,
    pub(crate) region: Region,
    pub(crate) identity: PublicIdentity,
    pub(crate) dialling: watch::Sender<Dialling>,
    pub(crate) incoming_forwards: Arc<Semaphore>,
    outgoing_forwards: Semaphore,
    /// The newest last: it is the one to send on.
    connections: Mutex<Vec<(Arc<Connection>, Instant)>>,
    /// Whether the handler was told last that there is a connection.
    told_connected: Mutex<bool>,
    record: Mutex<Record>,
    faults: Arc<LinkFaults>,
    handler: Arc<dyn LinkHandler>,
}

impl PeerState {
    pub(crate) fn new(
        local: Region,
        peer: Peer,
        settings: &LinkSettings,
        faults: Arc<LinkFaults>,
        handler: Arc<dyn LinkHandler>,
    ) -> PeerState {
        PeerState {
            local,
            region: peer.region,
            identity: peer.identity,
            dialling: watch::Sender::new(Dialling { addresses: peer.addresses, connections: 0, removed: false }),
            incoming_forwards: Arc::new(Semaphore::new(settings.forwards_max)),
            outgoing_forwards: Semaphore::new(settings.forwards_max),
            connections: Mutex::default(),
            told_connected: Mutex::default(),
            record: Mutex::default(),
            faults,
            handler,
        }
    }

    pub(crate) fn set_addresses(&self, addresses: Vec<String>) {
        self.dialling.send_if_modified(|dialling| {
            let changed = dialling.addresses != addresses;
            dialling.addresses = addresses;
            changed
        });
    }

    /// Ends all connections at once. None is taken from now on.
    pub(crate) fn remove(&self) {
        let connections = self.connections();
        self.dialling.send_modify(|dialling| dialling.removed = true);
        connections.iter().for_each(|(connection, _)| connection.cut(End::Removed));
    }

    /// Takes a connection, until the answer is dropped.
    pub(crate) fn adopt(self: &Arc<Self>, connection: &Arc<Connection>) -> Result<Adopted, End> {
        let mut connections = self.connections();
        if self.dialling.borrow().removed {
            return Err(End::Removed);
        }
        if connections.len() >= CONNECTIONS_MAX
            && let Some((oldest, _)) = connections.first()
        {
            oldest.cut(End::Superseded);
        }
        connections.push((connection.clone(), Instant::now()));
        self.count_connections(&connections);
        drop(connections);
        let adopted = Adopted { peer: self.clone(), connection: connection.clone() };
        let Facts { address, dialled, version, .. } = &connection.facts;
        tracing::info!(local = %self.local, peer = %self.region, %address, dialled, %version, "connected to a peer");
        self.tell_handler();
        Ok(adopted)
    }

    /// Tells the handler whether there is a connection, if that has changed since it was told last. The lock is held meanwhile, so that
    /// the handler hears of changes in their order.
    fn tell_handler(&self) {
        let mut told = self.told_connected.lock().unwrap_or_else(PoisonError::into_inner);
        let is_connected = !self.connections().is_empty();
        if std::mem::replace(&mut *told, is_connected) == is_connected {
            return;
        }
        self.record().connected = is_connected.then(Instant::now);
        if is_connected {
            self.handler.connected(&self.local, &self.region);
        } else {
            self.handler.disconnected(&self.local, &self.region);
        }
    }

    /// Whether this side should end the connection, because there is a newer one. The region whose name is the smaller one decides, so
    /// that the two sides never end one connection each.
    pub(crate) fn is_superfluous(&self, connection: &Connection) -> bool {
        let connections = self.connections();
        let newest = connections
            .last()
            .filter(|(newest, since)| !std::ptr::eq(&**newest, connection) && since.elapsed() >= OVERLAP);
        self.local < self.region && newest.is_some()
    }

    fn newest(&self) -> Option<Arc<Connection>> {
        self.connections().last().map(|(connection, _)| connection.clone())
    }

    /// Queues a frame.
    pub(crate) fn send(&self, frame: Vec<u8>) -> Sent {
        let sent = match self.newest() {
            None => Sent::NotConnected,
            Some(connection) if frame.len() > connection.facts.accepts.frame => Sent::TooLarge,
            Some(connection) if connection.push(self, Kind::Frame, Zeroizing::new(frame)) => return Sent::Queued,
            Some(_) => Sent::Full,
        };
        self.record().traffic.frames_dropped += 1;
        sent
    }

    /// Forwards an encoded request.
    pub(crate) async fn forward(&self, request: &[u8], timeout: Duration) -> Result<RawResponse, LinkError> {
        let peer = || self.region.clone();
        let _permit = self.outgoing_forwards.try_acquire().map_err(|_| LinkError::Busy(peer()))?;
        let connection = self.newest().ok_or_else(|| LinkError::NotConnected(peer()))?;
        if request.len() + REQUEST_HEAD_BYTES > connection.facts.accepts.exchange {
            return Err(LinkError::TooLarge(peer()));
        }
        let waiting = connection.request(self, request).map_err(|unsent| match unsent {
            Unsent::Full => LinkError::Busy(peer()),
            Unsent::Ended => LinkError::NotConnected(peer()),
        })?;
        self.record().traffic.forwards_out += 1;
        match tokio::time::timeout(timeout, waiting.answer()).await {
            Err(_) => Err(LinkError::TimedOut(peer(), timeout)),
            Ok(None) => Err(LinkError::AnswerLost(peer())),
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(Status::Busy))) => Err(LinkError::Busy(peer())),
            Ok(Some(Err(Status::Failed | Status::TooLarge))) => Err(LinkError::Failed(peer())),
        }
    }

    /// The handler's answer to a request of the peer.
    pub(crate) fn answer(&self, request: RawRequest) -> Answering<RawResponse> {
        self.record().traffic.forwards_in += 1;
        self.handler.request(&self.region, &self.local, request)
    }

    /// Hands a frame of the peer to the handler.
    pub(crate) fn frame(&self, frame: Vec<u8>) {
        let mut record = self.record();
        record.traffic.frames_in += 1;
        record.last_frame_in = Some(Instant::now());
        drop(record);
        self.handler.frame(&self.region, &self.local, frame);
    }

    pub(crate) fn fault_out(&self) -> LinkFault {
        self.faults.of(&self.local, &self.region)
    }

    pub(crate) fn fault_in(&self) -> LinkFault {
        self.faults.of(&self.region, &self.local)
    }

    pub(crate) fn read(&self, bytes: usize) {
        self.record().traffic.bytes_in += bytes as u64;
    }

    pub(crate) fn wrote(&self, bytes: usize, frames: u64) {
        let mut record = self.record();
        record.traffic.bytes_out += bytes as u64;
        record.traffic.frames_out += frames;
        if frames > 0 {
            record.last_frame_out = Some(Instant::now());
        }
    }

    pub(crate) fn round_trip(&self, time: Duration) {
        self.record().round_trip = Some(time);
    }

    /// Notes why a connection ended or was not made.
    pub(crate) fn failed(&self, end: &End) {
        self.record().last_error = Some((end.to_string(), Instant::now()));
    }

    pub(crate) fn status(&self) -> LinkStatus {
        let connections = self.connections();
        let newest = connections.last().map(|(connection, _)| connection.clone());
        let count = connections.len();
        drop(connections);
        let record = self.record();
        let age = |at: Option<Instant>| at.map(|at| at.elapsed());
        let (queued_frames, queued_bytes) = newest.as_ref().map(|newest| newest.depth()).unwrap_or_default();
        LinkStatus {
            local: self.local.clone(),
            peer: self.region.clone(),
            connected_for: age(record.connected),
            connections: count,
            dialled: newest.as_ref().is_some_and(|newest| newest.facts.dialled),
            address: newest.as_ref().map(|newest| newest.facts.address.clone()),
            version: newest.as_ref().map(|newest| newest.facts.version),
            last_frame_in: age(record.last_frame_in),
            last_frame_out: age(record.last_frame_out),
            round_trip: record.round_trip,
            last_error: record.last_error.as_ref().map(|(text, at)| (text.clone(), at.elapsed())),
            traffic: record.traffic,
            queued_frames,
            queued_bytes,
        }
    }

    fn release(&self, connection: &Arc<Connection>) {
        connection.forget_waiting();
        let mut connections = self.connections();
        connections.retain(|(other, _)| !Arc::ptr_eq(other, connection));
        self.count_connections(&connections);
        drop(connections);
        self.tell_handler();
    }

    fn count_connections(&self, connections: &[(Arc<Connection>, Instant)]) {
        self.dialling.send_modify(|dialling| dialling.connections = connections.len());
    }

    fn connections(&self) -> MutexGuard<'_, Vec<(Arc<Connection>, Instant)>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that its peer counts among its own. Dropping it takes the connection away.
pub(crate) struct Adopted {
    peer: Arc<PeerState>,
    connection: Arc<Connection>,
}

impl Drop for Adopted {
    fn drop(&mut self) {
        self.peer.release(&self.connection);
    }
}
