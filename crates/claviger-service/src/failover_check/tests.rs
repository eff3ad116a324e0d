#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::PublicIdentity;
use claviger_replication::{Backlog, PeerStatus};
use claviger_store::tables::run_table::StorePoint;

use super::lost::{Confirmation, judge_waiting};
use super::survivor::judge_told;
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
        unapplied: 0,
        other_requests: 0,
        unsent: 0,
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
        backlog: Some(self::backlog()),
        told: Some(ToldBacklog { received: SINCE, backlog }),
        whole_at: None,
        position: (3, 9),
        unsent: 0,
        replicas: None,
    }
}

fn judged(peer: Option<&PeerStatus>) -> (Safety, Vec<String>) {
    let mut check = FailoverCheck { safety: Safety::Safe, ..FailoverCheck::default() };
    let mut confirmation = Confirmation::default();
    confirmation.note(peer.cloned(), 50, SINCE);
    confirmation.judge(&mut check, &lost(), &to());
    (check.safety, check.reasons)
}

#[test]
fn only_a_region_that_confirms_everything_is_safe() {
    assert_eq!(judged(Some(&peer(backlog()))), (Safety::Safe, Vec::new()));
    let early = ToldBacklog { received: Timestamp(SINCE.0 - 1), backlog: backlog() };
    let unacknowledged = Some(Backlog { oldest: Some(50), ..backlog() });
    for (status, safety, says) in [
        (None, Safety::NotKnown, "no stream to"),
        (Some(PeerStatus { silent: true, ..peer(backlog()) }), Safety::NotSafe, "does not answer"),
        (Some(PeerStatus { unsent: 4, ..peer(backlog()) }), Safety::NotSafe, "4 change(s) could not be sent"),
        (Some(PeerStatus { told: None, ..peer(backlog()) }), Safety::NotKnown, "has not said"),
        (Some(PeerStatus { told: Some(early), ..peer(backlog()) }), Safety::NotKnown, "has not said"),
        (Some(PeerStatus { backlog: unacknowledged, ..peer(backlog()) }), Safety::NotKnown, "has not confirmed"),
        (Some(PeerStatus { backlog: None, ..peer(backlog()) }), Safety::NotKnown, "has not confirmed"),
        (Some(peer(Backlog { unapplied: 3, ..backlog() })), Safety::NotSafe, "3 change(s) that it could not apply"),
        (Some(peer(Backlog { other_requests: 2, ..backlog() })), Safety::NotSafe, "asked for 2 secret part(s)"),
        (Some(peer(Backlog { applied: (3, 8), ..backlog() })), Safety::NotKnown, "has not confirmed"),
        (Some(peer(Backlog { applied: (2, 9), ..backlog() })), Safety::NotKnown, "has not confirmed"),
    ] {
        let (found, reasons) = judged(status.as_ref());
        assert!(found == safety && reasons.len() == 1 && reasons[0].contains(says), "{found:?} {reasons:?}");
    }
    let (safety, reasons) = judged(Some(&peer(Backlog { rebuilding: true, applied: (0, 0), ..backlog() })));
    assert!(safety == Safety::NotSafe && reasons[0].contains("is being rebuilt"), "{reasons:?}");
    // Nothing was sent in the session that has just begun.
    let new = PeerStatus { position: (4, 0), ..peer(backlog()) };
    assert_eq!(judged(Some(&new)).0, Safety::Safe);
    // Requests for values of keys and secrets are of things that are read.
    assert_eq!(judged(Some(&peer(Backlog { requests: 9, ..backlog() }))).0, Safety::Safe);
}

#[test]
fn changes_that_are_made_meanwhile_do_not_keep_a_confirmation_away() {
    let mut confirmation = Confirmation::default();
    // Rows from before the check wait. Then later ones do, the stream goes on, and no message says that all of them are applied.
    let waits = |oldest| Some(Backlog { oldest: Some(oldest), ..backlog() });
    confirmation.note(Some(PeerStatus { backlog: waits(50), ..peer(backlog()) }), 50, SINCE);
    for sent in 20..30 {
        let told = Backlog { applied: (3, sent - 5), waiting: 4, ..backlog() };
        confirmation.note(Some(PeerStatus { backlog: waits(70), position: (3, sent), ..peer(told) }), 50, SINCE);
    }
    let mut check = FailoverCheck { safety: Safety::Safe, ..FailoverCheck::default() };
    confirmation.judge(&mut check, &lost(), &to());
    assert_eq!((check.safety, check.reasons), (Safety::Safe, Vec::new()));
}

#[test]
fn what_is_known_to_be_lacking_outweighs_what_is_not_known() {
    let mut check = FailoverCheck::default();
    check.not_safe("one");
    check.not_known("two");
    assert_eq!((check.safety, check.reasons.len()), (Safety::NotSafe, 2));
}

/// The judgement so many milliseconds after the last status message, of which messages up to 3 s old count.
fn told(backlog: Option<Backlog>, whole: Option<StorePoint>, age_ms: i64) -> FailoverCheck {
    let peer = backlog.map(|backlog| PeerStatus { whole_at: Some(Timestamp(SINCE.0 - 700)), ..peer(backlog) });
    let mut check = FailoverCheck { safety: Safety::Safe, ..FailoverCheck::default() };
    let now = Timestamp(SINCE.0 + age_ms);
    judge_told(&mut check, peer.as_ref(), (&lost(), &to()), whole, (now, 3_000));
    check
}

#[test]
fn a_lost_region_is_safe_up_to_its_last_status_while_that_is_fresh() {
    let waits = Backlog { waiting: 4, ..backlog() };
    for (backlog, whole, age_ms, safety, says) in [
        (None, None, 0, Safety::NotKnown, "has said nothing since eu-west-1 was started"),
        (Some(backlog()), None, 900, Safety::Safe, ""),
        (Some(backlog()), None, 3_000, Safety::Safe, ""),
        (Some(backlog()), None, 65_430, Safety::NotKnown, "came 65.4 s ago: what eu-central-1 acknowledged after"),
        (Some(Backlog { rebuilding: true, ..backlog() }), None, 0, Safety::NotSafe, "was being rebuilt"),
        (Some(waits), None, 900, Safety::NotSafe, "4 change(s) for eu-west-1 that have not come, made since"),
        (Some(waits), Some(point(49)), 65_430, Safety::NotSafe, "4 change(s) for eu-west-1 that have not come"),
        (Some(Backlog { unsent: 2, ..backlog() }), None, 900, Safety::NotSafe, "2 change(s) that it could not send"),
        (Some(backlog()), None, -1, Safety::NotKnown, "the clock of eu-west-1 was set back"),
        // They came after that message.
        (Some(waits), Some(point(50)), 900, Safety::Safe, ""),
        (Some(waits), Some(point(50)), 65_430, Safety::NotKnown, "is not known here"),
    ] {
        let check = told(backlog, whole, age_ms);
        let reasons = check.reasons.join("; ");
        assert!(check.safety == safety && reasons.contains(says) && reasons.is_empty() == says.is_empty(), "{check:?}");
    }
    // The moment up to which everything is here, and its age.
    let check = told(Some(waits), Some(point(50)), 65_430);
    assert_eq!((check.as_of, check.age_ms), (Some(SINCE), Some(65_430)));
    let check = told(Some(waits), Some(point(49)), 65_430);
    assert_eq!((check.as_of, check.age_ms), (Some(Timestamp(SINCE.0 - 700)), Some(66_130)));
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
