//! A server that runs: its regions, the configuration that it runs with, and how that is read again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use claviger_host::health::{HealthHandler, ProcessMetrics, ReplicationMetrics};
use claviger_host::tls::Tls;
use claviger_host::{Cluster, ListenerSettings, LiveLimits, Operators, Server};
use claviger_types::{Clock, Region};
use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{Loaded, Settings, TlsFiles};
use crate::config_command;
use crate::dev::reachable;
use crate::failure::Failure;
use crate::system::{self, Ending, OsRandom, Stopwatch, SystemClock};

use super::admin::{self, AdminSocket};
use super::{certificate, files, no_signals, start_cluster};

/// How often a generated certificate is made anew. It is valid for three times as long.
const RENEWED_EVERY: Duration = Duration::from_secs(30 * 24 * 3600);

/// A running server.
pub(crate) struct Running {
    pub(super) file: PathBuf,
    pub(super) loaded: Loaded,
    pub(super) listener: ListenerSettings,
    /// How many descriptors the process may have.
    descriptors: usize,
    pub(super) cluster: Cluster,
    /// Where health and metrics are answered.
    pub(super) health: Option<Server>,
    pub(super) started: Stopwatch,
    admin: AdminSocket,
    hangup: Signal,
}

impl Running {
    pub(crate) async fn start(file: &Path) -> Result<Running, Failure> {
        let hangup = system::reload_signal().map_err(no_signals)?;
        let loaded = config_command::load(file)?;
        files::require_own(file)?;
        let settings = &loaded.settings;
        let pem = certificate::load(settings, SystemClock.now())?;
        let tls = pem.map(|pem| pem.tls(settings)).transpose()?;
        let descriptors = system::raise_descriptor_limit();
        let listener = ListenerSettings {
            limits: LiveLimits::new(settings.limits(descriptors)),
            bodies: settings.bodies,
            tls,
            answers_health: false,
            ..ListenerSettings::default()
        };
        let cluster = start_cluster(settings, listener.clone()).await?;
        let health = listen_for_health(settings, &cluster, &listener).await?;
        let path = admin::path(&settings.data);
        let admin = AdminSocket::bind(&path)
            .map_err(|error| Failure::new(format!("cannot listen on {}", path.display()), error))?;
        let (file, started) = (file.to_owned(), Stopwatch::start());
        Ok(Running { file, loaded, listener, descriptors, cluster, health, started, admin, hangup })
    }

    /// Serves until the process is asked to end.
    pub(crate) async fn until(&mut self, ending: &mut Ending) {
        let mut renewal = interval(RENEWED_EVERY);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once, and the certificate is new.
        renewal.tick().await;
        loop {
            tokio::select! {
                () = ending.wished() => return,
                _ = self.hangup.recv() => {
                    // Both outcomes are logged.
                    let _ = self.reload().await;
                }
                call = self.admin.next() => self.command(call).await,
                _ = renewal.tick() => self.renew(),
            }
        }
    }

    pub(crate) async fn stop(self) {
        drop(self.admin);
        self.cluster.stop().await;
        if let Some(health) = self.health {
            health.stop().await;
        }
    }

    /// Reads the configuration and the certificate again. After an error, the server goes on as before.
    pub(super) async fn reload(&mut self) -> Result<(), Failure> {
        let outcome = self.try_reload().await;
        match &outcome {
            Ok(()) => tracing::warn!(file = %self.file.display(), "the configuration was read again"),
            Err(failure) => {
                tracing::error!(%failure, "the configuration was not taken; the server goes on with the last good one");
            }
        }
        outcome
    }

    async fn try_reload(&mut self) -> Result<(), Failure> {
        let next = config_command::load(&self.file)?;
        files::require_own(&self.file)?;
        let fixed = self.loaded.differences_for_a_start(&next);
        if !fixed.is_empty() {
            let why = "these members are taken at a start only";
            return Err(Failure::new(format!("a reload cannot change {}", fixed.join(", ")), why)
                .then("put them back, or start the server again"));
        }
        let (before, after) = (&self.loaded.settings.operators, &next.settings.operators);
        require_operators(before, after)?;
        // The certificate is shown once nothing can be refused any more.
        let tls = self.next_tls(&next.settings)?;
        if before != after {
            let (weaker, keys, required) = (is_weaker(before, after), after.keys().len(), after.required());
            let changed = self.cluster.change_operators(after).await;
            changed.map_err(|error| Failure::new("fleet.operators cannot be changed", error))?;
            tracing::warn!(keys, required, weaker, "the operators who can sign a failover have changed");
        }
        self.show_certificate(tls.as_ref());
        self.listener.limits.set(next.settings.limits(self.descriptors));
        for (_, node) in self.cluster.region_table().regions() {
            if let Some(node) = node {
                node.set_in_flight_per_account(next.settings.quotas.in_flight_per_account);
            }
        }
        self.loaded = next;
        Ok(())
    }

    fn renew(&mut self) {
        if !matches!(self.loaded.settings.tls, Some(TlsFiles::Generated { .. })) {
            return;
        }
        match self.next_tls(&self.loaded.settings) {
            Ok(next) => self.show_certificate(next.as_ref()),
            Err(failure) => tracing::error!(%failure, "the generated certificate could not be renewed"),
        }
    }

    /// The TLS of a configuration. `None` without TLS.
    fn next_tls(&self, settings: &Settings) -> Result<Option<Tls>, Failure> {
        let certificate = certificate::load(settings, SystemClock.now())?;
        if self.listener.tls.is_some() != certificate.is_some() {
            return Err(Failure::new("a reload cannot turn TLS on or off", "listeners are made at a start")
                .then("start the server again"));
        }
        certificate.map(|pem| pem.tls(settings)).transpose()
    }

    fn show_certificate(&self, next: Option<&Tls>) {
        if let Some((tls, next)) = self.listener.tls.as_ref().zip(next) {
            tls.replace(next);
        }
    }

    /// The text that is printed once the server answers.
    pub(crate) fn banner(&self, ms: u128) -> String {
        let settings = &self.loaded.settings;
        let scheme = if self.listener.tls.is_some() { "https" } else { "http" };
        let home = self.cluster.iam_home();
        let name = |region: &Region| if *region == home { format!("{region} (IAM home)") } else { format!("{region}") };
        let regions: Vec<String> = settings.regions.keys().map(name).collect();
        let endpoints: Vec<String> =
            self.cluster.addresses().iter().map(|address| format!("{scheme}://{}", reachable(*address))).collect();
        let mut lines = vec![
            format!("Claviger {}  server", env!("CARGO_PKG_VERSION")),
            format!("  regions   {}", regions.join("  ")),
            format!("  endpoint  {}", endpoints.join("  ")),
            format!("  data      {}", settings.data.display()),
        ];
        if let Some(health) = &self.health {
            lines.push(format!("  health    http://{}/readyz", reachable(health.address())));
        }
        if certificate::has_authority(&settings.data) {
            lines.push(format!("  CA        {}", certificate::authority_file(&settings.data).display()));
        }
        lines.push(format!("Ready in {ms} ms."));
        lines.join("\n")
    }
}

async fn listen_for_health(
    settings: &Settings,
    cluster: &Cluster,
    listener: &ListenerSettings,
) -> Result<Option<Server>, Failure> {
    let Some(address) = settings.health else { return Ok(None) };
    let process = ProcessMetrics { version: env!("CARGO_PKG_VERSION"), listener: listener.metrics.clone() };
    let replication = ReplicationMetrics::new(cluster);
    let handler = HealthHandler::new(cluster.region_table().clone(), vec![Box::new(process), Box::new(replication)]);
    let listening = handler.listen(address, Arc::new(SystemClock), Arc::new(OsRandom::new()?)).await;
    listening.map(Some).map_err(|error| {
        Failure::new(format!("cannot listen on {address} for health and metrics"), error).then("change health.listen")
    })
}

/// Refuses to go on without operators: who may write the configuration file could have the server believe every member of the fleet, and nobody
/// would notice.
fn require_operators(before: &Operators, after: &Operators) -> Result<(), Failure> {
    if before.is_empty() || !after.is_empty() {
        return Ok(());
    }
    let why = "it names nobody, and every member of the fleet would be believed";
    Err(Failure::new("a reload cannot remove the last of fleet.operators", why)
        .then("name an operator, or start the server again"))
}

/// Whether a failover needs fewer signatures than before, or those who could not sign before can sign one alone.
fn is_weaker(before: &Operators, after: &Operators) -> bool {
    let new = after.keys().iter().filter(|key| !before.keys().contains(key)).count();
    after.required() < before.required() || (!before.is_empty() && new >= after.required())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_host::OperatorKey;
    use claviger_types::SeededRandom;

    use super::*;

    fn operators(seeds: &[u64], required: usize) -> Operators {
        let keys = seeds.iter().map(|seed| OperatorKey::generate(&SeededRandom::new(*seed)).public());
        Operators::new(keys.collect(), required).unwrap()
    }

    #[test]
    fn a_reload_cannot_leave_nobody_who_has_to_sign() {
        let (none, one, two) = (operators(&[], 1), operators(&[1], 1), operators(&[1, 2], 2));
        for (before, after) in [(&none, &none), (&none, &two), (&two, &one), (&one, &two)] {
            assert!(require_operators(before, after).is_ok());
        }
        for before in [&one, &two] {
            let failure = require_operators(before, &none).unwrap_err().to_string();
            assert!(failure.contains("cannot remove the last of fleet.operators"), "{failure}");
        }
    }

    #[test]
    fn fewer_signatures_and_all_new_keys_are_weaker() {
        let before = operators(&[1, 2], 2);
        for (seeds, required, weaker) in [
            (&[1, 2][..], 1, true),
            (&[3, 4], 2, true),
            (&[1, 3], 2, false),
            (&[1, 2, 3], 2, false),
            (&[2, 3], 1, true),
        ] {
            assert_eq!(is_weaker(&before, &operators(seeds, required)), weaker, "{seeds:?} {required}");
        }
    }
}
