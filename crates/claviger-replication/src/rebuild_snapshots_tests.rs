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
    let at = |secs: i64| Timestamp(1_000_000 + secs * 1_000);
    let awaited = vec![AwaitedSnapshot { region: region(B), request: 1 }];
    let mut record =
        RebuiltRecord { begun: at(-9), ended: at(0), sources: Vec::new(), found: RebuildCounts::default(), awaited };
    let waits = |record: &RebuiltRecord, started: i64, heard: Option<i64>, now: i64| {
        awaits_snapshots(record, at(started), |_| heard.map(at), at(now))
    };
    assert!(waits(&record, -9, None, 59));
    assert!(!waits(&record, -9, None, 60));
    assert!(waits(&record, -9, Some(50), 100));
    assert!(!waits(&record, -9, Some(50), 110));
    assert!(!waits(&record, -9, Some(3_600), 3_600), "not longer than an hour");
    // After a restart no source has been heard yet, however long ago the rebuilding ended.
    assert!(waits(&record, 3_000, None, 3_059));
    assert!(!waits(&record, 3_000, None, 3_060));
    assert!(waits(&record, 9_000, Some(9_500), 9_550), "the hour begins anew with a start");
    assert!(!waits(&record, 9_000, Some(12_600), 12_600));
    record.awaited.clear();
    assert!(!waits(&record, -9, Some(1), 2));
}

#[test]
fn a_region_that_has_given_up_does_not_wait_after_another_start() {
    let mut net = fleet();
    net.lose_store(A);
    while rebuilt(&net).is_none_or(|rebuilt| rebuilt.awaited.is_empty()) {
        net.run_to(&[A]);
        net.run_to(&[B]);
        net.run_to(&[C]);
        net.now = net.now.plus_secs(1);
        [A, B, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    net.commit(A, |tx, _| give_up(tx).unwrap());
    net.restart(A);
    assert_eq!(rebuilt(&net).unwrap().awaited, []);
    // A snapshot that comes later is taken all the same.
    net.run();
    assert_eq!(net.value(A, NAME).as_deref(), Some("second"));
}
