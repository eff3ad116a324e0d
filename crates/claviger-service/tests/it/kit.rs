//! Two regions of one partition and a caller with real signatures.

// The path is given because two test binaries include this file.
#[path = "kit/backend.rs"]
pub(crate) mod backend;
#[path = "kit/key_manager.rs"]
pub(crate) mod key_manager;
#[path = "kit/rotation_functions.rs"]
pub(crate) mod rotation_functions;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use claviger_crypto::{AttestationRoots, RootKey};
use claviger_replication::Event;
use claviger_service::wire::{RawRequest, RawResponse};
use claviger_service::{
    AuditSink, ClaimedRequest, Node, NodeConfig, Recording, ReplicationDriver, RequestQuotas, Topology,
};
use claviger_sigv4::{Credentials, Parts, sign};
use claviger_store::Store;
use claviger_store::fault::FaultyStore;
use claviger_store::waiting::WaitingStore;
use claviger_types::{Clock, ManualClock, Random, Region, SeededRandom, Timestamp};
use serde_json::Value;

use self::backend::Backend;
use self::key_manager::KeyManager;
use self::rotation_functions::TestFunctions;

pub(crate) const HOME: &str = "eu-central-1";
pub(crate) const AWAY: &str = "eu-west-1";

/// An access key, with a session token or without.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
}

impl Keys {
    /// The root of the developer's account.
    pub(crate) fn root() -> Keys {
        Keys::root_of("test")
    }

    /// The root of any account. A region that takes a developer's credentials knows it by the account's number.
    pub(crate) fn root_of(account: &str) -> Keys {
        Keys { id: account.to_owned(), secret: "test".to_owned(), token: String::new() }
    }

    /// The credentials in an answer of IAM or STS. Temporary ones, whose ids begin with `ASIA`, must come with a session token.
    pub(crate) fn in_answer(xml: &str) -> Keys {
        let part = |name| element(xml, name).unwrap_or_else(|| panic!("no {name} in {xml}")).to_owned();
        let id = part("AccessKeyId");
        let token = if id.starts_with("ASIA") { part("SessionToken") } else { String::new() };
        Keys { id, secret: part("SecretAccessKey"), token }
    }
}

/// The content of the first element of a name.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// A region's audit trail. A test can make it fail.
#[derive(Default)]
pub(crate) struct Tape {
    lines: Mutex<Vec<String>>,
    pub(crate) broken: AtomicBool,
    /// Whether its disk does not sync.
    unsyncable: AtomicBool,
}

impl AuditSink for Tape {
    fn record(&self, lines: &[u8]) -> Recording {
        Recording::Done(self.record_blocking(lines))
    }

    fn record_blocking(&self, lines: &[u8]) -> Result<(), String> {
        if self.broken.load(Ordering::SeqCst) {
            return Err("the tape is torn".to_owned());
        }
        let lines = std::str::from_utf8(lines).unwrap();
        assert!(lines.ends_with('\n'), "{lines}");
        self.lines.lock().unwrap().extend(lines.lines().map(str::to_owned));
        Ok(())
    }

    fn sync(&self) -> Result<(), String> {
        if self.unsyncable.load(Ordering::SeqCst) { Err("the tape does not sync".to_owned()) } else { Ok(()) }
    }

    fn healthy(&self) -> bool {
        !self.broken.load(Ordering::SeqCst)
    }
}

impl Tape {
    /// Whether its disk syncs from now on.
    pub(crate) fn set_syncs(&self, syncs: bool) {
        self.unsyncable.store(!syncs, Ordering::SeqCst);
    }

    /// Takes the lines that were recorded since the last call.
    pub(crate) fn take_lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }

    /// The same, read.
    pub(crate) fn take(&self) -> Vec<Value> {
        self.take_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A region's store. A test can have its reads wait and its commits fail.
pub(crate) type RegionStore = WaitingStore<FaultyStore<Backend>>;

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    tapes: BTreeMap<String, Arc<Tape>>,
    stores: BTreeMap<String, Arc<RegionStore>>,
    nodes: Vec<Arc<Node>>,
    replications: Vec<Mutex<ReplicationDriver>>,
    runtime: tokio::runtime::Runtime,
    pub(crate) functions: Arc<TestFunctions>,
    /// Whether the regions tell each other all the time what waits.
    tells: bool,
}

impl World {
    /// Regions that tell each other what waits, as those of a server do.
    pub(crate) fn telling() -> World {
        let mut world = World::new();
        let tell = |driver: Mutex<ReplicationDriver>| Mutex::new(driver.into_inner().unwrap().telling_peers());
        world.replications = world.replications.into_iter().map(tell).collect();
        world.tells = true;
        world.settle();
        world
    }

    /// Regions whose stores are in memory.
    pub(crate) fn new() -> World {
        World::over(Backend::in_memory)
    }

    /// Regions whose stores `backend` makes.
    pub(crate) fn over(backend: fn() -> Backend) -> World {
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_795_532_645)));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(0));
        let regions: Vec<Region> = [HOME, AWAY].map(|r| Region::parse(r).unwrap()).into();
        let topology = Topology { regions: regions.clone(), iam_home: regions[0].clone() };
        let tapes: BTreeMap<String, Arc<Tape>> =
            regions.iter().map(|region| (region.to_string(), Arc::default())).collect();
        let store = || {
            let store = RegionStore::new(FaultyStore::new(backend()));
            store.set_cached_reads(usize::MAX);
            Arc::new(store)
        };
        let stores: BTreeMap<String, Arc<RegionStore>> =
            regions.iter().map(|region| (region.to_string(), store())).collect();
        let functions = Arc::<TestFunctions>::default();
        let open = |region: &Region| {
            Node::open(NodeConfig {
                region: region.clone(),
                store: stores[region.as_str()].clone(),
                root: RootKey::generate(&*random),
                clock: clock.clone(),
                random: random.clone(),
                topology: topology.clone(),
                dev: true,
                audit: tapes[region.as_str()].clone(),
                services: claviger_service::SERVICES,
                quotas: RequestQuotas::default(),
                outbound: Arc::new(KeyManager),
                issuers: Arc::new(claviger_types::NoOutbound),
                attestation_roots: AttestationRoots::default(),
                require_replicas: None,
                encodes_denials: false,
                operators: claviger_crypto::Operators::default(),
                rotation_functions: functions.clone(),
            })
            .unwrap()
        };
        let nodes: Vec<Arc<Node>> = regions.iter().map(open).collect();
        let identities: Vec<_> = nodes.iter().map(|n| (n.region().clone(), n.public_identity())).collect();
        let replicate = |node: &Arc<Node>| {
            claviger_service::pin_members(node, &identities).unwrap();
            Mutex::new(ReplicationDriver::new(node.clone()).unwrap())
        };
        let replications = nodes.iter().map(replicate).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World { clock, tapes, stores, nodes, replications, runtime, functions, tells: false };
        world.settle();
        assert!(
            [HOME, AWAY].iter().all(|region| world.has_caught_up(region)),
            "regions did not exchange their token keys"
        );
        world
    }

    pub(crate) fn node(&self, region: &str) -> &Arc<Node> {
        self.nodes.iter().find(|n| n.region().as_str() == region).unwrap()
    }

    /// A region's store, as a thief of the disk would see it.
    pub(crate) fn store(&self, region: &str) -> &RegionStore {
        &self.stores[region]
    }

    /// The number of commits of a region's store.
    pub(crate) fn commits(&self, region: &str) -> u64 {
        self.store(region).snapshot().unwrap().position()
    }

    /// Whether a region knows the session-token keys of all regions.
    pub(crate) fn has_caught_up(&self, region: &str) -> bool {
        let node = self.node(region);
        let regions = node.topology().regions.clone();
        self.runtime.block_on(node.caught_up(&regions))
    }

    /// Empties a region's caches of the store.
    pub(crate) fn forget_rows(&self, region: &str) {
        self.node(region).clear_caches();
    }

    /// Runs the jobs that are due in a region at this moment.
    pub(crate) fn run_jobs(&self, region: &str) {
        claviger_service::run_jobs(self.node(region), self.clock.now());
    }

    /// Runs the rotations that are due in a region at this moment. Answers how many there were.
    pub(crate) fn run_rotations(&self, region: &str) -> usize {
        let due = self.claim_rotations(region);
        due.iter().for_each(claviger_service::RotationWork::run);
        due.len()
    }

    /// Claims the rotations of a region that are due, for a node that has others of its own to run.
    pub(crate) fn claim_rotations(&self, region: &str) -> Vec<claviger_service::RotationWork> {
        claviger_service::RotationSearch::default().claim(self.node(region), 16, |_, _, _| true)
    }

    /// A region's audit trail, with the records of all changes so far.
    pub(crate) fn tape(&self, region: &str) -> &Tape {
        self.node(region).drain_audit();
        self.tape_as_it_is(region)
    }

    /// A region's audit trail, without the records of changes that are still in the store.
    pub(crate) fn tape_as_it_is(&self, region: &str) -> &Tape {
        &self.tapes[region]
    }

    /// Delivers the messages between the regions until no region sends any.
    pub(crate) fn settle(&self) {
        self.settle_until(|| false);
    }

    /// Whether nothing but status messages is sent, which never ends.
    fn is_idle(&self) -> bool {
        let waits = |node: &Arc<Node>| {
            let peers = node.peers().into_iter();
            peers
                .into_iter()
                .any(|peer| peer.silent || peer.in_flight > 0 || peer.backlog.is_none_or(|b| b.waiting > 0))
        };
        self.tells && !self.nodes.iter().any(waits)
    }

    /// Lets the second region hear what waits in the first one for it, and nothing else: the changes themselves are lost on the way.
    pub(crate) fn deliver_status(&self) {
        let [home, away] = [0, 1].map(|at| &self.replications[at]);
        home.lock().unwrap().step(&Event::Committed);
        self.clock.advance_ms(1_000);
        let status = home.lock().unwrap().step(&Event::Tick).messages.pop().unwrap();
        away.lock().unwrap().step(&Event::Received(status));
        away.lock().unwrap().step(&Event::Tick);
    }

    /// The same, but ends after the first message with which `done` is true. The messages that were not delivered by then are
    /// lost, and their senders repeat them.
    pub(crate) fn settle_until(&self, done: impl Fn() -> bool) {
        let mut quiet = 0;
        for _ in 0..400 {
            self.clock.advance_ms(500);
            let mut queue: Vec<_> = self
                .replications
                .iter()
                .flat_map(|r| {
                    let mut replication = r.lock().unwrap();
                    [replication.step(&Event::Committed).messages, replication.step(&Event::Tick).messages].concat()
                })
                .collect();
            // A lost or refused message is sent again after a while, so one round without messages proves nothing.
            quiet = if queue.is_empty() || self.is_idle() { quiet + 1 } else { 0 };
            if quiet == 8 {
                return;
            }
            while !queue.is_empty() {
                let message = queue.remove(0);
                let to = self.nodes.iter().position(|node| *node.region() == message.to).unwrap();
                queue.extend(self.replications[to].lock().unwrap().step(&Event::Received(message)).messages);
                if done() {
                    return;
                }
            }
        }
        panic!("the regions never stopped talking");
    }

    /// Calls an operation with the root credentials of an account.
    pub(crate) fn call(&self, region: &str, target: &str, body: &Value) -> Result<Value, Value> {
        self.call_as(&Keys::root(), region, target, body)
    }

    /// Calls an operation of a JSON service.
    pub(crate) fn call_as(&self, who: &Keys, region: &str, target: &str, body: &Value) -> Result<Value, Value> {
        let response = self.post(who, region, target, body.to_string());
        let value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        if response.status == 200 { Ok(value) } else { Err(value) }
    }

    /// Sends a body to an operation of a JSON service.
    pub(crate) fn post(&self, who: &Keys, region: &str, target: &str, body: String) -> RawResponse {
        let service = if target.starts_with("Trent") { "kms" } else { "secretsmanager" };
        let headers = vec![
            ("content-type".to_owned(), b"application/x-amz-json-1.1".to_vec()),
            ("x-amz-target".to_owned(), target.as_bytes().to_vec()),
        ];
        self.send(who, region, service, headers, body)
    }

    /// Calls an operation of IAM or STS. A refusal is returned with its status.
    pub(crate) fn query(
        &self,
        who: &Keys,
        region: &str,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, (u16, String)> {
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let headers = vec![("content-type".to_owned(), b"application/x-www-form-urlencoded".to_vec())];
        let response = self.send(who, region, service, headers, body);
        let text = String::from_utf8(response.body.to_vec()).unwrap();
        if response.status == 200 { Ok(text) } else { Err((response.status, text)) }
    }

    /// Signs and sends a request. Without an access key it is sent unsigned.
    pub(crate) fn send(
        &self,
        who: &Keys,
        region: &str,
        service: &str,
        mut headers: Vec<(String, Vec<u8>)>,
        body: String,
    ) -> RawResponse {
        headers.push(("host".to_owned(), b"localhost:4599".to_vec()));
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
        let credentials = Credentials {
            access_key_id: &who.id,
            secret_access_key: &who.secret,
            session_token: (!who.token.is_empty()).then_some(who.token.as_str()),
        };
        if !who.id.is_empty() {
            let signed = sign(&parts, &credentials, region, service, self.clock.now());
            headers.extend(signed.into_iter().map(|(name, value)| (name, value.into_bytes())));
        }
        let request = RawRequest {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers,
            body: body.into_bytes().into(),
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
            peer: None,
            secure: false,
        };
        self.runtime.block_on(self.node(region).handle(ClaimedRequest::read(request)))
    }

    pub(crate) fn kms(&self, region: &str, operation: &str, body: &Value) -> Result<Value, Value> {
        self.call(region, &format!("TrentService.{operation}"), body)
    }

    pub(crate) fn secrets(&self, region: &str, operation: &str, body: &Value) -> Result<Value, Value> {
        self.call(region, &format!("secretsmanager.{operation}"), body)
    }
}
