//! The parts of a server, from its settings.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use claviger_host::link::Network;
use claviger_host::{AttestationRoots, ClusterConfig, Cors, LinkConfig, Listen, ListenerSettings, RootSeals, SERVICES};
use claviger_outbound::{Addresses, HttpsClient, Settings as ClientSettings};
use claviger_rotation::{BindingSources, RotationBindings};

use crate::config::Settings;
use crate::failure::Failure;
use crate::issuers;
use crate::system::{OsRandom, SystemClock, environment_of_programs, own_program};

use super::files;

/// The configuration of the regions.
pub(crate) fn cluster(
    settings: &Settings,
    listener: ListenerSettings,
    listen: Listen,
    functions: Arc<RotationBindings>,
    seals: RootSeals,
) -> Result<ClusterConfig, Failure> {
    let origins = settings.allow_origins.iter();
    Ok(ClusterConfig {
        regions: settings.regions.keys().cloned().collect(),
        iam_home: settings.iam_home.clone(),
        data: Some(settings.data.clone()),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom::new()?),
        dev: false,
        services: SERVICES,
        quotas: settings.quotas.clone(),
        audit: settings.audit,
        rebuild: BTreeSet::new(),
        listen,
        listener,
        cors: origins.fold(Cors::default(), |cors, origin| cors.and(origin)),
        network: Arc::new(Network::default()),
        link: Some(LinkConfig {
            listen: settings.link.listen,
            advertise: settings.link.advertise.clone(),
            ..LinkConfig::default()
        }),
        outbound: Arc::new(client(settings)?),
        issuers: Arc::new(issuers(settings)?),
        attestation_roots: attestation_roots(settings)?,
        require_replicas: settings.require_replicas,
        encodes_denials: settings.encodes_denials,
        operators: settings.operators.clone(),
        starts_without_lost: true,
        rotation_functions: functions,
        seals,
    })
}

/// The functions that rotate secrets.
pub(crate) fn rotation_functions(settings: &Settings) -> Result<RotationBindings, Failure> {
    let sources = BindingSources {
        texts: settings.rotation_functions.clone(),
        file: settings.rotation_file.clone(),
        inherited: environment_of_programs(),
        guard: vec![own_program(), "rotation-guard".to_owned()],
    };
    RotationBindings::load(sources, Arc::new(SystemClock)).map_err(|error| {
        Failure::new("the rotation functions cannot be used", error).then("see rotation.functions and rotation.file")
    })
}

/// The client that fetches the keys of identity providers.
fn issuers(settings: &Settings) -> Result<HttpsClient, Failure> {
    let roots = settings.issuer_ca.as_deref().map(|path: &Path| files::read(path)).transpose()?;
    let addresses = Addresses::PublicAnd(settings.issuer_hosts.clone());
    issuers::client(roots.map(|roots| roots.to_vec()), addresses, Vec::new()).map_err(|error| {
        Failure::new("identity providers cannot be reached", error)
            .then("identity_providers.ca is a file of certificates as PEM")
    })
}

fn client(settings: &Settings) -> Result<HttpsClient, Failure> {
    let roots = settings.key_store_ca.as_deref().map(|path: &Path| files::read(path)).transpose()?;
    let roots = roots.map(|roots| roots.to_vec());
    let plain = settings.key_store_proxies.clone();
    HttpsClient::new(ClientSettings { roots, plain, ..ClientSettings::default() }).map_err(|error| {
        Failure::new("external key stores cannot be reached", error)
            .then("key_stores.ca is a file of certificates as PEM")
    })
}

fn attestation_roots(settings: &Settings) -> Result<AttestationRoots, Failure> {
    settings.attestation_roots.iter().try_fold(AttestationRoots::default(), |roots, path| {
        roots.with_pem(&files::read(path)?).map_err(|error| {
            Failure::new(format!("attestation documents cannot be verified with {}", path.display()), error)
                .then("recipients.attestation_roots are files of certificates as PEM")
        })
    })
}
