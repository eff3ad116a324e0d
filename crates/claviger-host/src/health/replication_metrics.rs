//! The metrics of replication: what each region of this process has of each other region of its fleet, and the link there.

use std::sync::{Arc, Weak};

use claviger_link::{LinkStatus, Links};
use claviger_service::{Node, PeerStatus};
use claviger_store::tables::{log, run_table};
use claviger_types::Timestamp;

use crate::cluster::Cluster;
use crate::router::RegionTable;

use super::MetricKind::{Counter, Gauge};
use super::{MetricSource, MetricsText};

/// Changes that wait are counted up to this many, so that a scrape stays short.
const WAITING_COUNTED: usize = 10_000;

/// The regions of a table, and the links to those of other processes.
pub struct ReplicationMetrics {
    table: Arc<RegionTable>,
    links: Option<Weak<Links>>,
}

impl ReplicationMetrics {
    /// The metrics of a cluster's regions.
    pub fn new(cluster: &Cluster) -> ReplicationMetrics {
        let links = cluster.link().map(|link| Arc::downgrade(link.links()));
        ReplicationMetrics { table: cluster.region_table().clone(), links }
    }
}

impl MetricSource for ReplicationMetrics {
    fn write(&self, out: &mut MetricsText) {
        for node in self.table.regions().into_iter().filter_map(|(_, node)| node) {
            let labels = [("region", node.region().as_str())];
            let help = "1 while the region is being rebuilt from other regions.";
            out.sample("claviger_region_rebuilding", Gauge, help, &labels, flag(node.is_rebuilding()));
            let help = "1 while the region is held, because another one remembers a later state of its store.";
            out.sample("claviger_region_held", Gauge, help, &labels, flag(node.held_by().is_some()));
            let help = "The position of the region's store: the number of its commits.";
            if let Ok(Some(point)) = node.in_transaction(|tx| Ok(run_table::now(tx, node.boots())?)) {
                out.sample("claviger_store_position", Gauge, help, &labels, point.position as f64);
            }
            streams(&node, out);
        }
        let links = self.links.as_ref().and_then(Weak::upgrade);
        links.iter().flat_map(|links| links.status()).for_each(|status| link(&status, out));
    }
}

fn streams(node: &Node, out: &mut MetricsText) {
    let now = node.clock().now();
    for peer in node.peers() {
        let labels = [("region", node.region().as_str()), ("peer", peer.region.as_str())];
        let help = "1 if the peer answers the region's messages.";
        out.sample("claviger_replication_peer_answers", Gauge, help, &labels, flag(!peer.silent));
        let help = "1 if the peer has not answered for so long that rotations of keys do not wait for it.";
        out.sample("claviger_replication_peer_away", Gauge, help, &labels, flag(peer.away));
        if let Some(heard) = peer.heard {
            let seconds = now.0.saturating_sub(heard.0).max(0) as f64 / 1000.0;
            let help = "Seconds since the last authentic message of the peer came.";
            out.sample("claviger_replication_heard_seconds", Gauge, help, &labels, seconds);
        }
        if let Some(backlog) = peer.backlog {
            let help = "Age in seconds of the oldest change that the peer has not acknowledged; 0 if there is none.";
            out.sample("claviger_replication_lag_seconds", Gauge, help, &labels, backlog.lag_ms(now) as f64 / 1000.0);
            let help = "The position of the region's store up to which the peer has applied everything that is for it.";
            let position = backlog.acknowledged() as f64;
            out.sample("claviger_replication_applied_position", Gauge, help, &labels, position);
        }
        replicas(&peer, &labels, now, out);
        let help = "Changes for the peer that could not be sent since the start: too large, or of a damaged row.";
        out.sample("claviger_replication_unsent_changes_total", Counter, help, &labels, peer.unsent as f64);
        if let Some(backlog) = peer.backlog {
            let help = "Changes of the peer that were received and could not be applied, until it has announced everything again.";
            out.sample("claviger_replication_unapplied_changes", Gauge, help, &labels, backlog.unapplied as f64);
        }
        let waiting = node.in_transaction(|tx| Ok(log::waiting(tx, &peer.region, WAITING_COUNTED)?));
        // A store that cannot be read shows as a region that does not serve.
        if let Ok(waiting) = waiting {
            let help = "Changes that the peer has not acknowledged, counted up to 10000.";
            out.sample("claviger_replication_waiting_changes", Gauge, help, &labels, waiting as f64);
        }
    }
}

/// The replicas in a peer's region. All series are there from the first count on, so that one that goes back to 0 is seen.
fn replicas(peer: &PeerStatus, labels: &[(&str, &str); 2], now: Timestamp, out: &mut MetricsText) {
    let Some((counted, counts)) = peer.replicas else { return };
    let [region, other] = *labels;
    for (kind, states) in [("key", counts.keys), ("secret", counts.secrets)] {
        for (state, count) in
            [("equal", states.equal), ("behind", states.behind), ("differs", states.differ), ("failed", states.failed)]
        {
            let labels = [region, other, ("kind", kind), ("state", state)];
            let help = "Keys and secrets whose primary is in the region and that have a replica in the peer, by what the replica has reported.";
            out.sample("claviger_replication_replicas", Gauge, help, &labels, count as f64);
        }
    }
    let seconds = now.0.saturating_sub(counted.0).max(0) as f64 / 1000.0;
    let help = "Seconds since the replicas were counted last.";
    out.sample("claviger_replication_replicas_counted_seconds", Gauge, help, labels, seconds);
}

fn link(status: &LinkStatus, out: &mut MetricsText) {
    let labels = [("region", status.local.as_str()), ("peer", status.peer.as_str())];
    let help = "1 if there is a connection to the peer.";
    out.sample("claviger_link_connected", Gauge, help, &labels, flag(status.connected_for.is_some()));
    let traffic = &status.traffic;
    for (direction, frames, bytes) in
        [("in", traffic.frames_in, traffic.bytes_in), ("out", traffic.frames_out, traffic.bytes_out)]
    {
        let [region, peer] = labels;
        let labels = [region, peer, ("direction", direction)];
        let help = "Frames of replication on the link.";
        out.sample("claviger_link_frames_total", Counter, help, &labels, frames as f64);
        let help = "Bytes on the link, without those of TLS.";
        out.sample("claviger_link_bytes_total", Counter, help, &labels, bytes as f64);
    }
    let help = "Frames that were not sent, because there was no connection or its queue was full. They are sent again.";
    out.sample("claviger_link_frames_dropped_total", Counter, help, &labels, traffic.frames_dropped as f64);
}

fn flag(is_set: bool) -> f64 {
    f64::from(u8::from(is_set))
}
