#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::PublicIdentity;
use claviger_replication::Backlog;
use claviger_store::tables::run_table::StorePoint;

use super::*;

const SINCE: Timestamp = Timestamp(1_000_000);

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn lost() -> Region {
    region("eu-central-1")
}

fn to() -> Region {
    region("eu-west-1")
}

fn point(position: u64) -> StorePoint {
    StorePoint { boots: 1, position, run: 7 }
}

/// Nothing waits, and everything up to number 9 of session 3 is applied.
fn backlog() -> Backlog {
    Backlog {
        at: SINCE,
        point: Some(point(50)),
        waiting: 0,
        oldest: None,
        since: None,
        requests: 0,
        rebuilding: false,
        applied: (3, 9),
    }
}

fn peer(backlog: Backlog) -> PeerStatus {
    PeerStatus {
        region: to(),
        identity: PublicIdentity([0; 32]),
        heard: Some(SINCE),
        silent: false,
        away: false,
        in_flight: 0,
        backlog: None,
        told: Some(ToldBacklog { received: SINCE, backlog }),
        position: (3, 9),
        unapplied: 0,
    }
}

fn judged(peer: Option<&PeerStatus>) -> (Safety, Vec<String>) {
    let mut check = FailoverCheck { safety: Safety::Safe, ..FailoverCheck::default() };
    judge_peer(&mut check, peer, &to(), SINCE);
    (check.safety, check.reasons)
}

#[test]
fn only_a_region_that_confirms_everything_is_safe() {
    assert_eq!(judged(Some(&peer(backlog()))), (Safety::Safe, Vec::new()));
    let early = ToldBacklog { received: Timestamp(SINCE.0 - 1), backlog: backlog() };
    for (status, safety, says) in [
        (None, Safety::NotKnown, "no stream to"),
        (Some(PeerStatus { silent: true, ..peer(backlog()) }), Safety::NotSafe, "does not answer"),
        (Some(PeerStatus { told: None, ..peer(backlog()) }), Safety::NotKnown, "has not said"),
        (Some(PeerStatus { told: Some(early), ..peer(backlog()) }), Safety::NotKnown, "has not said"),
        (Some(peer(Backlog { rebuilding: true, ..backlog() })), Safety::NotSafe, "is being rebuilt"),
        (Some(peer(Backlog { requests: 2, ..backlog() })), Safety::NotSafe, "the contents of 2 change(s)"),
        (Some(peer(Backlog { applied: (3, 8), ..backlog() })), Safety::NotKnown, "has not confirmed"),
        (Some(peer(Backlog { applied: (2, 9), ..backlog() })), Safety::NotKnown, "has not confirmed"),
    ] {
        let (found, reasons) = judged(status.as_ref());
        assert!(found == safety && reasons.len() == 1 && reasons[0].contains(says), "{found:?} {reasons:?}");
    }
    // Nothing was sent in the session that has just begun.
    let new = PeerStatus { position: (4, 0), ..peer(backlog()) };
    assert_eq!(judged(Some(&new)).0, Safety::Safe);
}

#[test]
fn what_is_known_to_be_lacking_outweighs_what_is_not_known() {
    let mut check = FailoverCheck::default();
    check.not_safe("one");
    check.not_known("two");
    assert_eq!((check.safety, check.reasons.len()), (Safety::NotSafe, 2));
}

fn told(backlog: Option<Backlog>, whole: Option<StorePoint>) -> (Safety, String) {
    let told = backlog.map(|backlog| ToldBacklog { received: SINCE, backlog });
    let mut check = FailoverCheck { told, ..FailoverCheck::default() };
    judge_told(&mut check, &lost(), &to(), whole);
    (check.safety, check.reasons.join("; "))
}

#[test]
fn a_lost_region_is_never_safe_by_its_last_status() {
    let waits = Backlog { waiting: 4, ..backlog() };
    for (backlog, whole, safety, says) in [
        (None, None, Safety::NotKnown, "has said nothing since eu-west-1 was started"),
        (Some(backlog()), None, Safety::NotKnown, "is not known here"),
        (Some(Backlog { rebuilding: true, ..backlog() }), None, Safety::NotSafe, "was being rebuilt"),
        (Some(waits), None, Safety::NotSafe, "4 change(s) waiting for eu-west-1"),
        (Some(waits), Some(point(49)), Safety::NotSafe, "4 change(s) waiting for eu-west-1"),
        // They came after that message.
        (Some(waits), Some(point(50)), Safety::NotKnown, "is not known here"),
    ] {
        let (found, reasons) = told(backlog, whole);
        assert!(found == safety && reasons.contains(says), "{found:?} {reasons}");
    }
}

#[test]
fn every_kind_of_change_that_waits_is_counted() {
    let judged = |waiting: &WaitingChanges| {
        let mut check = FailoverCheck { safety: Safety::Safe, ..FailoverCheck::default() };
        judge_waiting(&mut check, waiting, &to());
        (check.safety, check.reasons)
    };
    let reports = WaitingChanges { reports: 3, ..WaitingChanges::default() };
    assert_eq!(judged(&reports), (Safety::Safe, Vec::new()), "a report is no loss");
    assert_eq!(judged(&WaitingChanges { more: true, ..reports.clone() }).0, Safety::NotKnown);
    for waiting in [
        WaitingChanges { iam: 1, ..reports.clone() },
        WaitingChanges { others: 1, ..reports.clone() },
        WaitingChanges { snapshot: true, ..reports.clone() },
        WaitingChanges { iam: 1, more: true, ..reports },
    ] {
        let (safety, reasons) = judged(&waiting);
        assert!(safety == Safety::NotSafe && reasons.len() == 1, "{reasons:?}");
    }
}

#[test]
fn no_more_things_are_named_than_fit() {
    let mut things = NamedThings::default();
    (0..250).for_each(|n| things.add(n, "why"));
    assert_eq!((things.count, things.first.len()), (250, NAMED_MAX));
}
