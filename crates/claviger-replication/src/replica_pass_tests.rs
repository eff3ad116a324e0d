#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::secret_table;

use super::*;
use crate::replica_counts::{ReplicaCounts, ReplicaStates};
use crate::testing::{A, B, C, Net, account, region};
use crate::{Engine, Event};

/// Runs ticks of A until a pass has ended. Returns what it has counted of the replicas in a region.
fn counted(net: &mut Net, of: usize) -> Option<ReplicaCounts> {
    let statuses = |net: &Net| net.engines[A].peer_statuses();
    let before = statuses(net).iter().find_map(|peer| peer.replicas).map(|(at, _)| at);
    for _ in 0..200 {
        net.now = net.now.plus_secs(1);
        net.event(A, &Event::Tick);
        let peer = statuses(net).into_iter().find(|peer| peer.region == region(of)).unwrap();
        if let Some((at, counts)) = peer.replicas.filter(|(at, _)| Some(*at) != before) {
            assert_eq!(at, net.now);
            return Some(counts);
        }
    }
    None
}

fn telling(count: usize) -> Net {
    let mut net = Net::settled(count);
    net.engines = net.engines.into_iter().map(Engine::telling_peers).collect();
    net
}

#[test]
fn each_replica_counts_once_for_its_region() {
    let mut net = telling(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.replicate_key(A, &id, C);
    // More than a page.
    for name in 0..PAGE + 5 {
        net.create_secret(A, &format!("db-{name}"), "AAAAAA");
        net.replicate_secret(A, &format!("db-{name}"), B, false);
    }
    net.run_on();
    let many = PAGE as u64 + 5;
    let states = |equal| ReplicaStates { equal, ..ReplicaStates::default() };
    assert_eq!(counted(&mut net, B), Some(ReplicaCounts { keys: states(1), secrets: states(many) }));
    assert_eq!(counted(&mut net, C), Some(ReplicaCounts { keys: states(1), secrets: states(0) }));

    // A change that does not come, a replica that fails, and one that reports another digest.
    net.rotate_key(A, &id);
    net.sites[B].refuses = true;
    net.put_value(A, "db-0", "second");
    net.run_to(&[A, B]);
    net.commit(A, |tx, _| {
        let mut record = secret_table::secret(tx, &account(), "db-1").unwrap().unwrap();
        record.description = Some("changed without a revision".to_owned());
        secret_table::save_secret(tx, &record).unwrap();
    });
    net.wire.clear();
    let secrets = counted(&mut net, B).unwrap().secrets;
    assert_eq!(secrets, ReplicaStates { equal: many - 2, behind: 0, differ: 1, failed: 1 });
    net.wire.clear();
    assert_eq!(counted(&mut net, C).unwrap().keys, ReplicaStates { behind: 1, ..ReplicaStates::default() });
}

#[test]
fn a_region_without_primaries_has_counts_of_zero() {
    let mut net = telling(2);
    assert_eq!(counted(&mut net, B), Some(ReplicaCounts::default()));
}
