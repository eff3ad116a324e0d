#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::fleet_table::{self, RebuildCounts, RebuiltRecord};
use claviger_types::Timestamp;

use super::*;
use crate::testing::{A, B, C, Net, region};

const NAME: &str = "db";

/// A secret of B with a replica in A.
fn fleet() -> Net {
    let mut net = Net::settled(3);
    net.create_secret(B, NAME, "AAAAAA");
    net.replicate_secret(B, NAME, A, false);
    net.put_value(B, NAME, "second");
    net.run();
    net
}

fn rebuilt(net: &Net) -> Option<RebuiltRecord> {
    net.read(A, |tx| fleet_table::rebuilt(tx).unwrap())
}

#[test]
fn a_region_waits_for_the_replicas_of_secrets() {
    let mut net = fleet();
    net.lose_store(A);
    let mut has_waited = false;
    loop {
        let awaited = rebuilt(&net).map(|rebuilt| rebuilt.awaited);
        match awaited.as_deref() {
            Some([]) => break,
            Some(_) if net.value(A, NAME).is_none() => has_waited = true,
            _ => {}
        }
        if net.wire.is_empty() {
            net.now = net.now.plus_secs(1);
            [A, B, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
        } else {
            let message = net.wire.remove(0);
            net.deliver(&message);
        }
    }
    assert!(has_waited, "the rebuilding had ended before the replica was there");
    assert_eq!(net.value(A, NAME).as_deref(), Some("second"));
}

#[test]
fn a_source_that_is_rebuilt_itself_is_not_waited_for() {
    let mut net = fleet();
    net.lose_store(A);
    while rebuilt(&net).is_none() {
        net.run_to(&[A]);
        net.run_to(&[B]);
        net.run_to(&[C]);
        net.now = net.now.plus_secs(1);
        [A, B, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    // What it had asked B for is lost with B's store.
    net.lose_store(B);
    net.run();
    assert_eq!(rebuilt(&net).unwrap().awaited, []);
}

#[test]
fn only_sources_that_are_heard_are_waited_for() {
    let net = Net::settled(3);
    let at = |secs: i64| Timestamp(1_000_000 + secs * 1_000);
    let status = |heard| {
        let mut statuses = net.engines[A].peer_statuses();
        statuses.iter_mut().for_each(|status| status.heard = heard);
        statuses
    };
    let awaited = vec![AwaitedSnapshot { region: region(B), request: 1 }];
    let mut record =
        RebuiltRecord { begun: at(-9), ended: at(0), sources: Vec::new(), found: RebuildCounts::default(), awaited };
    assert!(awaits_snapshots(&record, &status(None), at(59)));
    assert!(!awaits_snapshots(&record, &status(None), at(60)));
    assert!(awaits_snapshots(&record, &status(Some(at(50))), at(100)));
    assert!(!awaits_snapshots(&record, &status(Some(at(50))), at(110)));
    assert!(!awaits_snapshots(&record, &status(Some(at(3_600))), at(3_600)), "not longer than an hour");
    record.awaited.clear();
    assert!(!awaits_snapshots(&record, &status(Some(at(1))), at(2)));
}
