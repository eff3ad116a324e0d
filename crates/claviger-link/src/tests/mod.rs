//! Tests with real sockets on 127.0.0.1. Times are short, and states are polled with a bound.

mod enrol;
mod forwards;
mod frames;
mod hostile;
mod outages;
mod raw_client;
mod relay;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use claviger_crypto::{EnrolmentSecret, Identity, InvitationId};
use claviger_types::wire::{RawRequest, RawResponse};
use claviger_types::{Region, SeededRandom};
use zeroize::Zeroizing;

use crate::*;

type Frames = Vec<(Region, Region, Vec<u8>)>;
type OnRequest = Box<dyn Fn(RawRequest) -> Answering<RawResponse> + Send + Sync>;
type OnAdmit = Box<dyn Fn(InvitationId, Joiner) -> Result<Vec<u8>, EnrolRefusal> + Send + Sync>;

/// Notes what arrives.
#[derive(Default)]
struct Host {
    frames: Mutex<Frames>,
    connects: AtomicUsize,
    disconnects: AtomicUsize,
    on_request: Mutex<Option<OnRequest>>,
    invitations: Mutex<BTreeMap<InvitationId, [u8; 16]>>,
    on_admit: Mutex<Option<OnAdmit>>,
}

impl LinkHandler for Host {
    fn frame(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        self.frames().push((from.clone(), to.clone(), frame));
    }

    fn request(&self, _: &Region, _: &Region, request: RawRequest) -> Answering<RawResponse> {
        (self.on_request.lock().unwrap().as_ref().unwrap())(request)
    }

    fn connected(&self, _: &Region, _: &Region) {
        self.connects.fetch_add(1, Ordering::SeqCst);
    }

    fn disconnected(&self, _: &Region, _: &Region) {
        self.disconnects.fetch_add(1, Ordering::SeqCst);
    }

    fn invitation(&self, _: &Region, id: &InvitationId) -> Option<EnrolmentSecret> {
        self.invitations.lock().unwrap().get(id).and_then(|secret| EnrolmentSecret::from_bytes(secret))
    }

    fn admit(&self, _: &Region, id: InvitationId, joiner: Joiner) -> Answering<Result<Vec<u8>, EnrolRefusal>> {
        let answer = (self.on_admit.lock().unwrap().as_ref().unwrap())(id, joiner);
        Box::pin(async { answer })
    }
}

impl Host {
    fn frames(&self) -> MutexGuard<'_, Frames> {
        self.frames.lock().unwrap()
    }
}

/// A process with a listener.
struct Process {
    links: Links,
    host: Arc<Host>,
}

fn settings() -> LinkSettings {
    LinkSettings {
        handshake_timeout: Duration::from_secs(2),
        ping_every: Duration::from_millis(50),
        silence_max: Duration::from_secs(1),
        backoff_min: Duration::from_millis(10),
        backoff_max: Duration::from_millis(100),
        ..LinkSettings::default()
    }
}

fn process() -> Process {
    process_with(settings())
}

fn process_with(settings: LinkSettings) -> Process {
    process_at(settings, LinkVersion::CURRENT, "127.0.0.1:0".parse().unwrap())
}

fn process_at(settings: LinkSettings, version: LinkVersion, listen: SocketAddr) -> Process {
    let host = Arc::new(Host::default());
    let random = Arc::new(SeededRandom::new(1));
    let links = Links::start_as(version, settings, host.clone(), random, Some(listen)).unwrap();
    Process { links, host }
}

impl Process {
    fn address(&self) -> String {
        self.links.listens_on().unwrap().to_string()
    }

    /// Adds a region with the identity of a seed.
    fn add(&self, name: &str, seed: u64) {
        self.links.add_local(region(name), identity(seed)).unwrap();
    }

    fn set_peers(&self, local: &str, peers: Vec<Peer>) {
        self.links.set_peers(&region(local), peers).unwrap();
    }

    fn send(&self, from: &str, to: &str, frame: impl Into<Vec<u8>>) -> Sent {
        self.links.send(&region(from), &region(to), frame.into())
    }

    fn status(&self, local: &str, peer: &str) -> LinkStatus {
        let (local, peer) = (region(local), region(peer));
        let all = self.links.status();
        all.into_iter().find(|status| status.local == local && status.peer == peer).unwrap()
    }

    fn is_connected(&self, local: &str, peer: &str) -> bool {
        self.status(local, peer).connected_for.is_some()
    }

    /// The text of the last error between the two.
    fn last_error(&self, local: &str, peer: &str) -> String {
        self.status(local, peer).last_error.map(|(text, _)| text).unwrap_or_default()
    }
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn identity(seed: u64) -> Arc<Identity> {
    Arc::new(Identity::generate(&SeededRandom::new(seed)))
}

/// A peer with the identity of a seed, at these addresses.
fn peer(name: &str, seed: u64, addresses: &[&str]) -> Peer {
    let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
    Peer { region: region(name), identity: identity(seed).public(), addresses }
}

/// `eu-west-1` (seed 1) in one process and `us-east-1` (seed 2) in another. Both dial.
fn pair(settings: LinkSettings) -> (Process, Process) {
    let (one, other) = (process_with(settings.clone()), process_with(settings));
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[&one.address()])]);
    (one, other)
}

/// The same, connected.
async fn connected_pair(settings: LinkSettings) -> (Process, Process) {
    let (one, other) = pair(settings);
    eventually("a connection", || {
        one.is_connected("eu-west-1", "us-east-1") && other.is_connected("us-east-1", "eu-west-1")
    })
    .await;
    (one, other)
}

/// Polls until the condition holds, for at most 20 seconds.
async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..4000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{what} did not come about");
}

fn request(body: Vec<u8>) -> RawRequest {
    RawRequest {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: String::new(),
        headers: vec![("x-amz-target".to_owned(), b"TrentService.Decrypt".to_vec())],
        body: Zeroizing::new(body),
        id: "00000000-0000-4000-8000-000000000000".to_owned(),
        peer: Some("192.0.2.1".parse().unwrap()),
        secure: true,
    }
}
