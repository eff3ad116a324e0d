//! A server that runs: its regions, the configuration that it runs with, and how that is read again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use claviger_host::{Cluster, ListenerSettings, LiveLimits};
use claviger_types::{Clock, Region};
use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{Loaded, Settings, TlsFiles};
use crate::config_command;
use crate::dev::reachable;
use crate::failure::Failure;
use crate::system::{self, Ending, SystemClock};

use super::{certificate, files, no_signals, start_cluster};

/// How often a generated certificate is made anew. It is valid for three times as long.
const RENEWED_EVERY: Duration = Duration::from_secs(30 * 24 * 3600);

/// A running server.
pub(crate) struct Running {
    file: PathBuf,
    loaded: Loaded,
    listener: ListenerSettings,
    /// How many descriptors the process may have.
    descriptors: usize,
    cluster: Cluster,
    reload: Signal,
}

impl Running {
    pub(crate) async fn start(file: &Path) -> Result<Running, Failure> {
        let reload = system::reload_signal().map_err(no_signals)?;
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
        Ok(Running { file: file.to_owned(), loaded, listener, descriptors, cluster, reload })
    }

    /// Serves until the process is asked to end.
    pub(crate) async fn until(&mut self, ending: &mut Ending) -> Result<(), Failure> {
        let mut renewal = interval(RENEWED_EVERY);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once, and the certificate is new.
        renewal.tick().await;
        loop {
            tokio::select! {
                () = ending.wished() => return Ok(()),
                _ = self.reload.recv() => self.reload(),
                _ = renewal.tick() => self.renew(),
            }
        }
    }

    pub(crate) async fn stop(self) {
        self.cluster.stop().await;
    }

    /// Reads the configuration and the certificate again. After an error, the server goes on as before.
    fn reload(&mut self) {
        match self.try_reload() {
            Ok(()) => tracing::warn!(file = %self.file.display(), "the configuration was read again"),
            Err(failure) => {
                tracing::error!(%failure, "the configuration was not taken; the server goes on with the last good one");
            }
        }
    }

    fn try_reload(&mut self) -> Result<(), Failure> {
        let next = config_command::load(&self.file)?;
        files::require_own(&self.file)?;
        let fixed = self.loaded.differences_for_a_start(&next);
        if !fixed.is_empty() {
            let why = "these members are taken at a start only";
            return Err(Failure::new(format!("a reload cannot change {}", fixed.join(", ")), why)
                .then("put them back, or start the server again"));
        }
        self.show_certificate(&next.settings)?;
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
        if matches!(self.loaded.settings.tls, Some(TlsFiles::Generated { .. }))
            && let Err(failure) = self.show_certificate(&self.loaded.settings)
        {
            tracing::error!(%failure, "the generated certificate could not be renewed");
        }
    }

    fn show_certificate(&self, settings: &Settings) -> Result<(), Failure> {
        match (&self.listener.tls, certificate::load(settings, SystemClock.now())?) {
            (Some(tls), Some(pem)) => pem.replace(tls, settings),
            (None, None) => Ok(()),
            _ => Err(Failure::new("a reload cannot turn TLS on or off", "listeners are made at a start")
                .then("start the server again")),
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
        if certificate::has_authority(&settings.data) {
            lines.push(format!("  CA        {}", certificate::authority_file(&settings.data).display()));
        }
        lines.push(format!("Ready in {ms} ms."));
        lines.join("\n")
    }
}
