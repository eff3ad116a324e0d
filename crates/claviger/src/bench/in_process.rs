//! `claviger bench --threads`: requests that are handed to a region of this process without sockets, from one thread and from two.
//!
//! A load over sockets shares the cores with its client and with the system's network code. Here only the server's own code runs. What
//! it lacks to twice the rate is what its threads wait for, and what they cost each other in the processor's caches.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_bench::{AccessKey, Error, Out, REGION, Slices, Subject, Workload, threads};
use claviger_host::link::Network;
use claviger_host::{
    AttestationRoots, AuditRotation, Cluster, ClusterConfig, Cors, Handler, Listen, ListenerSettings, RequestQuotas,
    RootSeals, Router, SERVICES,
};
use claviger_types::wire::RawRequest;
use claviger_types::{NoOutbound, Region};
use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;
use crate::system::{OsRandom, SystemClock};

/// Writes the table.
pub(crate) fn run(out: Out<'_>) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(no_threads)?;
    let cluster = runtime.block_on(start())?;
    let measured = measure(&cluster, out);
    runtime.block_on(cluster.stop());
    measured.map_err(super::failed)
}

async fn start() -> Result<Cluster, Failure> {
    let region = Region::parse(REGION).map_err(|error| Failure::new("the region's name is wrong", error))?;
    let cluster = Cluster::start(ClusterConfig {
        regions: vec![region.clone()],
        iam_home: region,
        data: None,
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom::new()?),
        dev: true,
        services: SERVICES,
        quotas: RequestQuotas::default(),
        audit: AuditRotation::default(),
        rebuild: std::collections::BTreeSet::new(),
        // The fixtures are made over a socket.
        listen: Listen::Shared((Ipv4Addr::LOCALHOST, 0).into()),
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
    });
    cluster.await.map_err(|error| Failure::new("the region does not start", error))
}

fn measure(cluster: &Cluster, out: Out<'_>) -> Result<(), Error> {
    let address =
        cluster.address().ok_or_else(|| Error::Unexpected("the region does not listen".to_owned()))?.to_string();
    let subject = Subject::at("this process", &address)?;
    let router = Router::new(cluster.region_table().clone());
    let call = |workload| subject.fixtures.call(workload);
    let answer = |workload| {
        let (router, request) = (&router, call(workload).received(&address, REGION, &AccessKey::root()));
        move |stop: &AtomicBool| answer_until(router, &request, stop)
    };
    let (decrypt, get_secret_value) = (answer(Workload::Decrypt), answer(Workload::GetSecretValue));
    let decrypt_call = call(Workload::Decrypt);
    let sign = |stop: &AtomicBool| {
        let mut signed = 0;
        while !stop.load(Ordering::Relaxed) {
            std::hint::black_box(decrypt_call.received(&address, REGION, &AccessKey::root()));
            signed += 1;
        }
        Ok(signed)
    };
    let works: [(&str, threads::Work<'_>); 3] = [
        ("floor: signing a `Decrypt`, of which threads share nothing", &sign),
        ("`Decrypt`", &decrypt),
        ("`GetSecretValue`", &get_secret_value),
    ];
    threads::run(&works, Slices::FULL, out)
}

/// Has the same request answered again and again.
fn answer_until(router: &Router, request: &RawRequest, stop: &AtomicBool) -> Result<u64, Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Machine("a runtime".to_owned(), error))?;
    let mut answered = 0;
    while !stop.load(Ordering::Relaxed) {
        let answer = runtime.block_on(router.handle(copy(request)));
        if answer.status != 200 {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(Error::Refused { status: answer.status, text });
        }
        answered += 1;
    }
    Ok(answered)
}

fn copy(request: &RawRequest) -> RawRequest {
    RawRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        id: request.id.clone(),
        peer: request.peer,
        secure: request.secure,
    }
}

fn no_threads(error: std::io::Error) -> Failure {
    Failure::new("the system has no more threads", error)
}
