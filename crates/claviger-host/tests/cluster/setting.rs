//! The settings that the tests start clusters with, and the requests that they send.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claviger_host::ListenerSettings;
use claviger_host::link::Network;
use claviger_host::{
    AttestationRoots, AuditRotation, Cluster, ClusterConfig, ClusterError, Cors, Listen, RegionTable, RequestQuotas,
    RootSeals, Router,
};
use claviger_http::Handler;
use claviger_service::SERVICES;
use claviger_service::wire::{RawRequest, RawResponse};
use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::{Clock, NoOutbound, Region, SeededRandom, Timestamp};
use tokio::time::{Instant, sleep};

pub(crate) const HOME: &str = "us-east-1";
pub(crate) const OTHER: &str = "eu-west-1";

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

/// A clock that goes on from a fixed moment, so that actions after a delay happen.
pub(crate) struct Ticking(pub(crate) Instant);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let start = Timestamp::parse_iso8601("20261124T150405Z").unwrap();
        Timestamp(start.0 + i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

pub(crate) fn config(data: Option<&Path>, listen: Listen) -> ClusterConfig {
    static STARTED: AtomicU64 = AtomicU64::new(1);
    ClusterConfig {
        regions: vec![region(HOME), region(OTHER)],
        iam_home: region(HOME),
        data: data.map(Path::to_owned),
        clock: Arc::new(Ticking(Instant::now())),
        random: Arc::new(SeededRandom::new(STARTED.fetch_add(1, Ordering::SeqCst) << 40)),
        dev: true,
        services: SERVICES,
        quotas: RequestQuotas::default(),
        audit: AuditRotation::default(),
        rebuild: std::collections::BTreeSet::new(),
        listen,
        listener: ListenerSettings::default(),
        cors: Cors::default(),
        network: Arc::new(Network::default()),
        link: None,
        outbound: Arc::new(NoOutbound),
        issuers: Arc::new(NoOutbound),
        attestation_roots: AttestationRoots::default(),
        require_replicas: None,
        encodes_denials: false,
        operators: claviger_host::Operators::default(),
        starts_without_lost: false,
        rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
        seals: RootSeals::default(),
    }
}

pub(crate) async fn start(data: Option<&Path>) -> Result<Cluster, ClusterError> {
    Cluster::start(config(data, Listen::Nowhere)).await
}

/// Sends a request to the router, as a listener would.
pub(crate) async fn ask(region_table: &Arc<RegionTable>, request: RawRequest) -> RawResponse {
    Router::new(region_table.clone()).handle(request).await
}

pub(crate) async fn get(cluster: &Cluster, path: &str) -> (u16, String) {
    let answer = ask(cluster.region_table(), raw("GET", path, Vec::new(), b"")).await;
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

/// A call of Key Management Service, signed for a region as the developer's root.
pub(crate) async fn kms(cluster: &Cluster, region: &str, operation: &str, body: &str) -> (u16, String) {
    let headers = signed(region, operation, body);
    let answer = ask(cluster.region_table(), raw("POST", "/", headers, body.as_bytes())).await;
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

/// The headers of such a call.
pub(crate) fn signed(region: &str, operation: &str, body: &str) -> Vec<(String, Vec<u8>)> {
    let target = format!("TrentService.{operation}");
    sign_as_root(region, "kms", &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)], body)
}

/// The headers of a POST request to `localhost` with these headers, signed as the developer's root.
pub(crate) fn sign_as_root(
    region: &str,
    service: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<(String, Vec<u8>)> {
    let headers = [("host", "localhost")].iter().chain(headers);
    let mut headers: Vec<(String, Vec<u8>)> = headers.map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect();
    let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
    let credentials = Credentials { access_key_id: "test", secret_access_key: "test", session_token: None };
    let now = Timestamp::parse_iso8601("20261124T150405Z").unwrap();
    let added = sign(&parts, &credentials, region, service, now);
    headers.extend(added.into_iter().map(|(name, value)| (name, value.into_bytes())));
    headers
}

fn raw(method: &str, path: &str, headers: Vec<(String, Vec<u8>)>, body: &[u8]) -> RawRequest {
    RawRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers,
        body: body.to_vec().into(),
        id: "11111111-1111-4111-8111-111111111111".to_owned(),
        peer: None,
        secure: false,
    }
}

/// The value of a string member at its first place in a JSON text.
pub(crate) fn member(json: &str, name: &str) -> String {
    let after = json.split(&format!("\"{name}\":\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {json}"));
    after.split('"').next().unwrap().to_owned()
}

/// Sends the request until the answer is the wished one, within a bound.
pub(crate) async fn until<F: Future<Output = (u16, String)>>(
    ask: impl Fn() -> F,
    wished: impl Fn(u16, &str) -> bool,
) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        let (status, body) = ask().await;
        if wished(status, &body) {
            return body;
        }
        assert!(Instant::now() < end, "still {status} {body}");
        sleep(Duration::from_millis(2)).await;
    }
}
