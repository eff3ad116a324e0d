//! `claviger server`: the regions of a configuration file, in production.
//!
//! Nothing that is for developers works here: no `test`/`test`, no account that was not created, no plain HTTP beyond this machine.

mod account_commands;
pub(crate) mod admin;
pub(crate) mod certificate;
mod commands;
pub(crate) mod files;
mod notify;
pub(crate) mod parts;
mod region_commands;
mod running;
pub(crate) mod seals;

use std::io::ErrorKind;
use std::sync::Arc;

use claviger_host::{Cluster, ClusterError, Listen, ListenerSettings};

use crate::cli::ServerOptions;
use crate::config::Settings;
use crate::failure::Failure;
use crate::system::{Ending, Stopwatch};
use crate::{dev, output};
use claviger_types::Region;

use running::Running;

pub(crate) async fn run(options: ServerOptions, started: Stopwatch) -> Result<(), Failure> {
    // Signals are caught before anything is started, so that none ends the process between two steps of its start.
    let mut ending = Ending::listen().map_err(no_signals)?;
    let mut running = Running::start(&options.config).await?;
    output::line(running.banner(started.ms()))?;
    notify::tell(notify::READY);
    running.until(&mut ending).await;
    notify::tell(notify::STOPPING);
    running.stop().await;
    Ok(())
}

fn no_signals(error: std::io::Error) -> Failure {
    Failure::new("cannot wait for signals", error)
}

/// Starts the regions of checked settings, whose folders must be there already.
async fn start_cluster(settings: &Settings, listener: ListenerSettings) -> Result<Cluster, Failure> {
    check_folders(settings)?;
    let functions = Arc::new(parts::rotation_functions(settings)?);
    let config = parts::cluster(
        settings,
        listener,
        Listen::SharedAll(settings.listen.clone()),
        functions.clone(),
        seals::open(settings)?,
    )?;
    let mut cluster = Cluster::start(config).await.map_err(failed)?;
    if !settings.rotation_functions.is_empty() || settings.rotation_file.is_some() {
        let address = cluster.listen_for_functions().await.map_err(failed)?;
        dev::call_back_to(&functions, address)?;
    }
    let home = cluster.iam_home();
    // Of regions that have joined a fleet, the home is elsewhere.
    if home != settings.iam_home && settings.regions.contains_key(&home) {
        tracing::warn!(written_in = %home, configured = %settings.iam_home, "iam_home of the configuration is not the region where IAM is written");
    }
    Ok(cluster)
}

/// A region whose folder is missing would be made anew, empty, under a new identity. So the server only opens what `init` made.
fn check_folders(settings: &Settings) -> Result<(), Failure> {
    files::require_private(&settings.data, "0700")?;
    let has_store = |region: &&Region| settings.data.join(region.as_str()).join("store.db").exists();
    let has_any = settings.regions.keys().any(|region| has_store(&region));
    for region in settings.regions.keys() {
        let folder = settings.data.join(region.as_str());
        if !has_store(&region) {
            if has_any {
                // The server starts without it.
                continue;
            }
            let why = format!("{} holds no store of a region", folder.display());
            return Err(Failure::new(format!("region {region} cannot be opened"), why).then(
                "claviger init makes regions; if this one existed, its folder is lost: put it back from its backup",
            ));
        }
        files::require_private(&folder, "0700")?;
    }
    Ok(())
}

fn failed(error: ClusterError) -> Failure {
    let next = match &error {
        ClusterError::Listen { source, .. } if source.kind() == ErrorKind::AddrInUse => {
            Some("another process listens there: stop it, or change api.listen")
        }
        ClusterError::Store { source: claviger_store::Error::Locked, .. } => {
            Some("another process has the folder open: stop it")
        }
        _ => None,
    };
    let failure = Failure::new("claviger server does not start", error);
    match next {
        Some(next) => failure.then(next),
        None => failure,
    }
}
