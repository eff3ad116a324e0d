//! The listener of health and metrics: `/healthz`, `/readyz` and `/metrics`, for a monitoring system and never for clients of the API.

mod metrics_text;
mod process_metrics;
mod region_metrics;
mod replication_metrics;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use claviger_http::limits::{Limits, LiveLimits, Times};
use claviger_http::{Cors, Handler, ListenerMetrics, Server, ServerSettings};
use claviger_service::wire::{EarlyRefusal, RawRequest, RawResponse};
use claviger_types::{Clock, Random};

use crate::plain_answer::plain;
use crate::router::RegionTable;

pub use metrics_text::{MetricKind, MetricsText};
pub use process_metrics::ProcessMetrics;
pub use region_metrics::RegionMetrics;
pub use replication_metrics::ReplicationMetrics;

/// Connections at a time: monitoring systems are few.
const CONNECTIONS_MAX: usize = 64;

/// A part of the process that has metrics.
pub trait MetricSource: Send + Sync + 'static {
    /// Writes its metrics. It may wait for the disk, but not long.
    fn write(&self, out: &mut MetricsText);
}

/// Answers `/healthz`, `/readyz` and `/metrics`.
pub struct HealthHandler {
    table: Arc<RegionTable>,
    sources: Arc<Vec<Box<dyn MetricSource>>>,
}

impl HealthHandler {
    /// A handler for the regions of a table, and for these sources of metrics besides them.
    pub fn new(table: Arc<RegionTable>, mut sources: Vec<Box<dyn MetricSource>>) -> HealthHandler {
        sources.push(Box::new(RegionMetrics(table.clone())));
        HealthHandler { table, sources: Arc::new(sources) }
    }

    /// Listens on an address of its own, without TLS.
    ///
    /// # Errors
    ///
    /// The system's, if the address cannot be bound.
    pub async fn listen(
        self,
        address: SocketAddr,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> io::Result<Server> {
        let times = Times { idle: Duration::from_secs(120), ..Times::default() };
        let limits = Limits { connections: CONNECTIONS_MAX, connections_per_peer: CONNECTIONS_MAX, times };
        let settings = ServerSettings {
            limits: LiveLimits::new(limits),
            cors: Cors::default(),
            tls: None,
            metrics: ListenerMetrics::default(),
        };
        Server::bind(address, Arc::new(self), clock, random, settings).await
    }

    async fn metrics(&self) -> RawResponse {
        let sources = self.sources.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut text = MetricsText::default();
            sources.iter().for_each(|source| source.write(&mut text));
            text.into_text()
        });
        match written.await {
            Ok(text) => plain(200, "text/plain; version=0.0.4; charset=utf-8", text),
            // The error's own text may quote a panic's.
            Err(_) => plain(500, "text/plain", "the metrics could not be gathered".to_owned()),
        }
    }
}

impl Handler for HealthHandler {
    async fn handle(&self, request: RawRequest) -> RawResponse {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return plain(405, "text/plain", "only GET".to_owned());
        }
        match request.path.as_str() {
            "/healthz" => plain(200, "text/plain", "ok".to_owned()),
            "/readyz" => self.table.ready().await,
            "/metrics" => self.metrics().await,
            _ => plain(404, "text/plain", "/healthz, /readyz, /metrics".to_owned()),
        }
    }

    fn refuse(&self, _: &RawRequest, refusal: EarlyRefusal) -> RawResponse {
        let status = match refusal {
            EarlyRefusal::BodyTooLarge => 413,
            EarlyRefusal::HeadersTooLarge => 431,
            EarlyRefusal::Timeout => 408,
            EarlyRefusal::Failed => 500,
            EarlyRefusal::RegionDown => 503,
            EarlyRefusal::Malformed | EarlyRefusal::UnknownRegion => 400,
        };
        plain(status, "text/plain", String::new())
    }

    fn body_bytes_max(&self, _: &RawRequest) -> usize {
        0
    }
}
