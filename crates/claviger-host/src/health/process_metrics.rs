//! The metrics of the process and of its listener.

use claviger_http::ListenerMetrics;

use super::MetricKind::{Counter, Gauge};
use super::{MetricSource, MetricsText};

/// The process's version, and the connections of the API's listeners.
pub struct ProcessMetrics {
    /// The program's version.
    pub version: &'static str,
    /// The counts of the listeners.
    pub listener: ListenerMetrics,
}

impl MetricSource for ProcessMetrics {
    fn write(&self, out: &mut MetricsText) {
        out.sample("claviger_build_info", Gauge, "The version, as a label.", &[("version", self.version)], 1.0);
        let open = self.listener.open() as f64;
        out.sample("claviger_connections_open", Gauge, "Connections of the API that are open.", &[], open);
        let closed = [
            ("evicted", self.listener.connections_evicted()),
            ("peer_limit", self.listener.connections_refused()),
            ("handshake", self.listener.handshakes_failed()),
        ];
        for (reason, count) in closed {
            let help = "Connections that were closed before they had an answer: in favour of a newer one, at the limit of their peer, \
                or because the TLS handshake failed.";
            out.sample("claviger_connections_refused_total", Counter, help, &[("reason", reason)], count as f64);
        }
    }
}
