//! `claviger dev`: several regions on one machine, for development and tests.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use claviger_host::ListenerSettings;
use claviger_host::link::Network;
use claviger_host::{
    AttestationRoots, Cluster, ClusterConfig, ClusterError, Cors, Listen, LocalAdmin, RootSeals, SERVICES,
    WorkerThreads,
};
use claviger_outbound::{Addresses, HttpsClient, Settings};
use claviger_rotation::{BindingSources, RotationBindings};
use claviger_types::Region;

use crate::cli::{DevOptions, ENDPOINT, RotationOptions};
use crate::drill::commands;
use crate::failure::Failure;
use crate::issuers;
use crate::outbound_options::{IssuerOptions, KeyStoreOptions};
use crate::output;
use crate::system::{Ending, OsRandom, Stopwatch, SystemClock, environment_of_programs, own_program};

/// Two threads are enough for one developer, and each costs memory.
pub(crate) const WORKER_THREADS: WorkerThreads = WorkerThreads::Exactly(2);

pub(crate) async fn run(options: DevOptions, started: Stopwatch) -> Result<(), Failure> {
    check_address(&options)?;
    // Signals are caught before anything is started, so that none ends the process between two steps of its start.
    let mut ending = Ending::listen().map_err(|error| Failure::new("cannot wait for signals", error))?;
    let functions = Arc::new(rotation_functions(&options.rotation)?);
    let (admin, mut drills) = LocalAdmin::channel();
    let cluster = Cluster::start(config(&options, functions.clone(), admin)?).await;
    let mut cluster = cluster.map_err(|error| failed(&options, error))?;
    let address = cluster.address().unwrap_or(options.listen);
    call_back_to(&functions, address)?;
    output::line(banner(&options, Some(&cluster.iam_home()), address))?;
    let keep = if options.data.is_none() { "; add --data ./claviger-data to keep state" } else { "" };
    output::line(format!("Ready in {} ms.  Ctrl-C to stop{keep}.", started.ms()))?;
    loop {
        tokio::select! {
            () = ending.wished() => break,
            Some(call) = drills.recv() => commands::answer(&mut cluster, call).await,
        }
    }
    // Commands that wait are refused now. The listener would wait for their end.
    drop(drills);
    cluster.stop().await;
    Ok(())
}

/// The credentials are public and the traffic is not encrypted. So only this machine may connect, unless `--listen-anywhere` is
/// given.
fn check_address(options: &DevOptions) -> Result<(), Failure> {
    let address = options.listen;
    if address.ip().is_loopback() || options.listen_anywhere {
        return Ok(());
    }
    let why =
        "dev mode speaks plain HTTP and lets test/test do everything, and other machines could reach that address";
    let next = format!(
        "--listen 127.0.0.1:{0}, or, in a container or a network of your own, --listen {address} --listen-anywhere",
        address.port()
    );
    Err(Failure::usage(format!("will not listen on {address}"), why).then(next))
}

fn config(options: &DevOptions, functions: Arc<RotationBindings>, admin: LocalAdmin) -> Result<ClusterConfig, Failure> {
    let home = options.regions.first().cloned();
    let no_region = || Failure::usage("no region to run", "none was named").then("claviger dev --region eu-west-1");
    Ok(ClusterConfig {
        regions: options.regions.clone(),
        iam_home: home.ok_or_else(no_region)?,
        data: options.data.clone(),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom::new()?),
        dev: true,
        services: SERVICES,
        quotas: options.quotas(),
        audit: options.audit.rotation(),
        rebuild: options.rebuild.iter().cloned().collect(),
        listen: Listen::Shared(options.listen),
        listener: ListenerSettings { admin: Some(admin), ..ListenerSettings::default() },
        // The credentials are public, so a page that may call may do everything.
        cors: options.allow_origin.iter().fold(Cors::loopback(), |cors, origin| cors.and(origin)),
        network: Arc::new(Network::for_drills()),
        link: None,
        outbound: Arc::new(client(&options.key_stores)?),
        issuers: Arc::new(issuers(&options.issuers)?),
        attestation_roots: attestation_roots(&options.attestation_root)?,
        require_replicas: None,
        encodes_denials: options.encoded_denials,
        operators: claviger_host::Operators::default(),
        starts_without_lost: false,
        rotation_functions: functions,
        seals: RootSeals::default(),
    })
}

/// The functions that rotate secrets.
fn rotation_functions(options: &RotationOptions) -> Result<RotationBindings, Failure> {
    let sources = BindingSources {
        texts: options.rotation_function.clone(),
        file: options.rotation_config.clone(),
        inherited: environment_of_programs(),
        guard: vec![own_program(), "rotation-guard".to_owned()],
    };
    RotationBindings::load(sources, Arc::new(SystemClock)).map_err(|error| {
        Failure::usage("the rotation functions cannot be used", error)
            .then("--rotation-function 'arn:aws:lambda:*:*:function:rotate=python:rotate.py'")
    })
}

/// Functions run on this machine, so they call an address of this machine.
pub(crate) fn call_back_to(functions: &RotationBindings, listening: SocketAddr) -> Result<(), Failure> {
    let ip = match listening.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let url = format!("http://{}", SocketAddr::new(ip, listening.port()));
    functions.set_endpoint(&url).map_err(|error| Failure::new("rotation functions cannot call back", error))
}

/// The client that fetches the keys of identity providers. A developer's may be anywhere.
fn issuers(options: &IssuerOptions) -> Result<HttpsClient, Failure> {
    let roots = options.issuer_ca.as_ref().map(read).transpose()?;
    issuers::client(roots, Addresses::Any, options.issuer.clone()).map_err(|error| {
        Failure::usage("identity providers cannot be reached", error)
            .then("--issuer issuer.example=127.0.0.1:8000, or --issuer-ca FILE with certificates as PEM")
    })
}

/// The client of external key stores' proxies.
fn client(options: &KeyStoreOptions) -> Result<HttpsClient, Failure> {
    let roots = options.xks_ca.as_ref().map(read).transpose()?;
    let settings = Settings { roots, plain: options.xks_proxy.clone(), ..Settings::default() };
    HttpsClient::new(settings).map_err(|error| {
        Failure::usage("external key stores cannot be reached", error)
            .then("--xks-proxy proxy.example=127.0.0.1:8000, or --xks-ca FILE with certificates as PEM")
    })
}

/// The roots of the certificate chains of attestation documents.
fn attestation_roots(files: &[PathBuf]) -> Result<AttestationRoots, Failure> {
    files.iter().try_fold(AttestationRoots::default(), |roots, path| {
        let pem = read(path)?;
        roots.with_pem(&pem).map_err(|error| {
            Failure::usage(format!("attestation documents cannot be verified with {}", path.display()), error)
                .then("--attestation-root FILE with certificates as PEM, such as AWS's root of Nitro Enclaves")
        })
    })
}

fn read(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::new(format!("cannot read {}", path.display()), error))
}

fn failed(options: &DevOptions, error: ClusterError) -> Failure {
    let next = match &error {
        ClusterError::Listen { source, .. } if source.kind() == ErrorKind::AddrInUse => {
            Some("is another one running? --listen 127.0.0.1:0 takes a free port".to_owned())
        }
        ClusterError::Store { source: claviger_store::Error::Locked, .. } => {
            Some("another process has the folder open: stop it, or take another --data folder".to_owned())
        }
        ClusterError::Replaced(_) => {
            return Failure::new("claviger dev does not start", error)
                .then("--rebuild REGION builds it anew from the other regions; what only that region had is lost");
        }
        ClusterError::Regions(_) => {
            return Failure::usage("cannot run these regions", error).then("claviger dev --help");
        }
        _ => options.data.as_ref().map(|_| "run without --data to see whether the folder is at fault".to_owned()),
    };
    let failure = Failure::new("claviger dev does not start", error);
    match next {
        Some(next) => failure.then(next),
        None => failure,
    }
}

fn banner(options: &DevOptions, home: Option<&Region>, address: SocketAddr) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let kept = options.data.as_ref().map_or("in-memory".to_owned(), |data| format!("data in {}", data.display()));
    let reach =
        if address.ip().is_loopback() { "plain HTTP on loopback" } else { "plain HTTP, OPEN TO OTHER MACHINES" };
    let name = |region: &Region| if Some(region) == home { format!("{region} (home)") } else { region.to_string() };
    let names: Vec<String> = options.regions.iter().map(name).collect();
    let endpoint = format!("http://{}", reachable(address));
    let told = if endpoint == ENDPOINT { String::new() } else { format!(" --endpoint {endpoint}") };
    let region = options.regions.first().filter(|r| r.as_str() != "us-east-1");
    let told = region.map_or(told.clone(), |region| format!("{told} --region {region}"));
    let mut lines = vec![
        format!("Claviger {version}  dev mode: {kept}, {reach}, NOT for real secrets"),
        format!("  regions   {}", names.join("  ")),
        format!("  endpoint  {endpoint}"),
        "  account   000000000000   access key test   secret key test".to_owned(),
        String::new(),
        format!("  Use it:   eval \"$(claviger env{told})\""),
        "  Try it:   aws kms create-key --multi-region".to_owned(),
    ];
    if let Some(other) = options.regions.get(1) {
        let secret = "aws secretsmanager create-secret --name hello --secret-string world";
        lines.push(format!("            {secret} --add-replica-regions Region={other}"));
    }
    lines.push("  Help:     claviger --help    claviger demo".to_owned());
    lines.join("\n")
}

/// An address that a client can connect to. The unspecified address is replaced by the loopback address.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn options(line: &str) -> DevOptions {
        match Cli::try_parse_from(format!("claviger dev {line}").split_whitespace()).unwrap().command {
            Command::Dev(options) => *options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_machines_are_kept_out_unless_told_twice() {
        for open in ["", "--listen 127.0.0.9:0", "--listen [::1]:1", "--listen 0.0.0.0:1 --listen-anywhere"] {
            assert!(check_address(&options(open)).is_ok(), "{open}");
        }
        for refused in ["--listen 0.0.0.0:4599", "--listen [::]:4599", "--listen 192.168.1.1:4599"] {
            let failure = check_address(&options(refused)).unwrap_err().to_string();
            assert!(failure.contains("--listen-anywhere") && failure.contains("127.0.0.1:4599"), "{failure}");
        }
    }

    #[test]
    fn the_banner_says_how_to_use_it() {
        let text = banner(&options(""), options("").regions.first(), "127.0.0.1:4599".parse().unwrap());
        for part in
            ["us-east-1 (home)  eu-central-1  eu-west-1", "NOT for real secrets", "$(claviger env)\"", "in-memory"]
        {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let text = banner(&options("--region eu-west-1 --data /d"), None, "[::]:7".parse().unwrap());
        for part in ["OPEN TO OTHER MACHINES", "env --endpoint http://[::1]:7 --region eu-west-1)", "data in /d"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("--add-replica-regions"));
    }
}
