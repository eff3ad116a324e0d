//! The metrics of the regions of this process.

use std::sync::Arc;

use claviger_service::Node;

use crate::router::RegionTable;

use super::MetricKind::{Counter, Gauge};
use super::{MetricSource, MetricsText};

/// Audit records that wait in the store are counted up to this many rows.
const AUDIT_ROWS_COUNTED: usize = 10_000;

/// The regions of a table.
pub struct RegionMetrics(pub Arc<RegionTable>);

impl MetricSource for RegionMetrics {
    fn write(&self, out: &mut MetricsText) {
        for (region, node) in self.0.regions() {
            let labels = [("region", region.as_str())];
            let serving = node.as_ref().is_some_and(|node| node.healthy() && node.audits());
            out.sample(
                "claviger_region_serving",
                Gauge,
                "1 if the region's store and audit file take writes.",
                &labels,
                f64::from(u8::from(serving)),
            );
            if let Some(node) = node {
                requests(&node, region.as_str(), out);
                records(&node, region.as_str(), out);
            }
        }
    }
}

fn requests(node: &Node, region: &str, out: &mut MetricsText) {
    let counts = node.counts_now();
    for operation in &counts.operations {
        for (class, count) in ["2xx", "4xx", "5xx"].iter().zip(operation.classes).filter(|(_, count)| *count > 0) {
            let labels = [
                ("region", region),
                ("service", operation.service),
                ("operation", operation.operation),
                ("status", class),
            ];
            out.sample("claviger_requests_total", Counter, "Requests that were answered.", &labels, count as f64);
        }
    }
    let labels = [("region", region)];
    let in_flight = counts.in_flight as f64;
    out.sample("claviger_requests_in_flight", Gauge, "Requests that are being handled.", &labels, in_flight);
    let refused = [("region", region), ("limit", "requests_in_flight_per_account")];
    let help = "Requests that were refused because of a limit.";
    out.sample("claviger_requests_refused_total", Counter, help, &refused, counts.too_many_in_flight as f64);
    for (outcome, count) in [("durable", counts.commits), ("failed", counts.commits_failed)] {
        let labels = [("region", region), ("outcome", outcome)];
        out.sample("claviger_store_commits_total", Counter, "Commits to the store.", &labels, count as f64);
    }
    out.sample("claviger_panics_total", Counter, "Requests that a panic has ended.", &labels, node.panics() as f64);
}

fn records(node: &Node, region: &str, out: &mut MetricsText) {
    let labels = [("region", region)];
    let healthy = f64::from(u8::from(node.audits()));
    out.sample("claviger_audit_healthy", Gauge, "1 if audit records are taken.", &labels, healthy);
    // A store that cannot be read shows as a region that does not serve.
    if let Ok(rows) = node.audit_rows_waiting(AUDIT_ROWS_COUNTED) {
        let help = "Changes whose audit records wait in the store to be moved to the audit file, counted up to 10000.";
        out.sample("claviger_audit_lag_changes", Gauge, help, &labels, rows as f64);
    }
}
