#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use claviger_crypto::{Authorization, FailoverStatement, OperatorKey, Operators};
use claviger_store::tables::key_table::KeyState::Enabled;
use claviger_store::tables::lineage_table::{
    LineageStep, Proof, delete_lineage, former_identities, lineage, save_lineage,
};
use claviger_store::tables::region_table;
use claviger_store::tables::{Epoch, fleet_table};
use claviger_types::{KeyId, Region, SeededRandom, Timestamp};

use super::{Judgement, Known, Led, RAISE_MAX, judge, leads_to};
use crate::testing::{A, B, C, Net, account, region};
use crate::{Notice, iam_home, key_replication, secret_replication};

const NAME: &str = "db";

/// A key and a secret with their primaries in A and replicas in B and C.
fn fleet() -> (Net, KeyId) {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.create_secret(A, NAME, "aaaaaa");
    for to in [B, C] {
        net.replicate_key(A, &id, to);
        net.replicate_secret(A, NAME, to, false);
        net.run();
    }
    (net, id)
}

fn epoch(counter: u64, at: usize) -> Epoch {
    Epoch { counter, region: region(at) }
}

/// The primary of the key and of the secret, and the home of IAM, as a region knows them.
fn followed(net: &Net, at: usize, id: &KeyId) -> (Region, Region, Region) {
    let secret = net.secret(at, NAME).unwrap().replication.unwrap().primary;
    let home = net.read(at, |tx| region_table::region(tx).unwrap()).unwrap().iam_home;
    (net.role(at, id).0, secret, home)
}

fn all(at: usize) -> (Region, Region, Region) {
    (region(at), region(at), region(at))
}

/// The region takes everything over by these authorizations, or without one.
fn take_all(net: &mut Net, at: usize, id: &KeyId, authorization: Option<&Authorization>) {
    let now = net.now;
    net.change_key(at, id, |tx, site, record| {
        assert!(key_replication::promote(tx, &site.region, record, authorization).unwrap());
    });
    net.change_secret(at, NAME, |tx, _, record| {
        secret_replication::promote(tx, record, now, authorization).unwrap();
    });
    let peers: Vec<Region> = [A, B, C].into_iter().filter(|other| *other != at).map(region).collect();
    net.commit(at, |tx, site| assert!(iam_home::take_over(tx, &site.region, &peers, authorization).unwrap()));
}

#[test]
fn a_claim_without_enough_signatures_is_not_followed() {
    type Change = fn(Authorization, &Net, &OperatorKey) -> Option<Authorization>;
    let cases: [(&str, Change); 6] = [
        ("none", |_, _, _| None),
        ("one of two", |mut a, _, _| {
            a.signatures.pop();
            Some(a)
        }),
        ("the same one twice", |mut a, _, _| {
            a.signatures[1] = a.signatures[0].clone();
            Some(a)
        }),
        ("a stranger's", |mut a, _, stranger| {
            a.signatures[1] = stranger.sign(&a.statement).signatures[0].clone();
            Some(a)
        }),
        ("a changed statement", |mut a, _, _| {
            a.statement.number[0] ^= 1;
            Some(a)
        }),
        ("of another region", |_, net, _| Some(net.sites[C].authorization(&region(A), net.now))),
    ];
    for (case, change) in cases {
        let (mut net, id) = fleet();
        let given = net.sites[B].authorization(&region(A), net.now);
        let stranger = OperatorKey::generate(&SeededRandom::new(3));
        let authorization = change(given, &net, &stranger);
        take_all(&mut net, B, &id, authorization.as_ref());
        net.run_on();
        assert_eq!(followed(&net, B, &id), all(B), "{case}");
        for at in [A, C] {
            assert_eq!(followed(&net, at, &id), all(A), "{case}: {at}");
            assert_eq!(net.role(at, &id).2, Enabled, "{case}: {at}");
            assert!(net.engines[at].counters().forbidden >= 3, "{case}: {at}");
            let notices = net.engines[at].take_notices();
            let is_claim = |notice: &&Notice| matches!(notice, Notice::UnprovenClaim { by, .. } if *by == region(B));
            assert!(notices.iter().filter(is_claim).count() >= 3, "{case}: {at}: {notices:?}");
        }
        // The right primary goes on.
        net.put_value(A, NAME, "later");
        net.run_on();
        assert_eq!(net.value(C, NAME).as_deref(), Some("later"), "{case}");
    }
}

#[test]
fn a_claim_with_the_signatures_is_followed() {
    let (mut net, id) = fleet();
    let signed = net.sites[B].authorization(&region(A), net.now);
    take_all(&mut net, B, &id, Some(&signed));
    net.run();
    for at in [A, B, C] {
        assert_eq!(followed(&net, at, &id), all(B), "{at}");
        assert_eq!(net.engines[at].counters().forbidden, 0, "{at}");
    }
}

#[test]
fn without_operators_every_claim_is_followed() {
    let (mut net, id) = fleet();
    net.operators = Arc::default();
    [A, B, C].into_iter().for_each(|at| net.restart(at));
    net.run();
    take_all(&mut net, B, &id, None);
    net.run();
    assert!([A, B, C].into_iter().all(|at| followed(&net, at, &id) == all(B)));
}

/// Two hand-overs while C is away.
#[test]
fn a_region_that_was_away_checks_the_whole_line() {
    let (mut net, id) = fleet();
    for (from, to) in [(A, B), (B, A), (A, B)] {
        net.hand_over(from, &id, to);
        for _ in 0..20 {
            net.run_to(&[A, B]);
            net.now = net.now.plus_secs(10);
            [A, B].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
        }
        assert_eq!(net.role(to, &id).0, region(to));
    }
    assert_eq!(net.role(C, &id), (region(A), 1, Enabled));
    net.wire.clear();
    net.now = net.now.plus_days(8);
    net.run();
    assert_eq!(net.role(C, &id), (region(B), 4, Enabled));
    assert_eq!(net.engines[C].counters().forbidden, 0);
}

/// An old primary that has handed the role over, and claims it again by raising its own epoch.
#[test]
fn a_former_primary_does_not_take_the_role_back() {
    for far in [2, RAISE_MAX + 5] {
        let (mut net, id) = fleet();
        net.hand_over(A, &id, B);
        net.run();
        net.change_key(A, &id, |tx, site, record| {
            let shared = record.multi_region.as_mut().unwrap();
            shared.primary = region(A);
            shared.replicas = vec![region(B), region(C)];
            (shared.epoch, shared.revision) = (epoch(1 + far, A), 1);
            key_replication::announce(tx, &site.region, record).unwrap();
        });
        net.run_on();
        // The present primary raises its own epoch above a claim that is near: one in good faith learns of its successor by that.
        assert_eq!(net.role(C, &id).0, region(B), "{far}");
        assert_eq!(net.role(A, &id).0, if far == 2 { region(B) } else { region(A) }, "{far}");
        assert!(net.engines[C].counters().forbidden > 0 || far == 2, "{far}");
    }
}

#[test]
fn a_statement_is_about_what_the_lost_region_had_when_it_was_made() {
    let (mut net, id) = fleet();
    let old = net.sites[B].authorization(&region(A), net.now);
    take_all(&mut net, B, &id, Some(&old));
    net.run();
    // Back to A, days later. B still has the statement.
    net.now = net.now.plus_days(5);
    net.run();
    net.hand_over(B, &id, A);
    net.run();
    assert_eq!(net.role(C, &id).0, region(A));
    net.change_key(B, &id, |tx, site, record| {
        assert!(key_replication::promote(tx, &site.region, record, Some(&old)).unwrap());
    });
    net.run_on();
    assert_eq!((net.role(A, &id).0, net.role(C, &id).0), (region(A), region(A)));
}

/// A was the primary, lost its disk and is rebuilt; B hands over to C what A had handed over to B by its former identity.
#[test]
fn a_hand_over_by_a_former_identity_is_checked() {
    let (mut net, id) = fleet();
    // C is away.
    net.hand_over(A, &id, B);
    for _ in 0..20 {
        net.run_to(&[A, B]);
        net.now = net.now.plus_secs(10);
        [A, B].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    net.wire.clear();
    let identity = net.sites[A].identity.public();
    net.lose_store(A);
    net.run();
    assert_ne!(net.sites[A].identity.public(), identity);
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id).0, region(B), "{at}");
    }
    let known = net.read(C, |tx| claviger_store::tables::lineage_table::former_identities(tx, &region(A)).unwrap());
    assert_eq!(known, [identity]);
    let pinned = net.read(C, |tx| fleet_table::member(tx, &region(A)).unwrap()).unwrap().identity;
    assert_eq!(pinned, net.sites[A].identity.public());
}

/// A had handed the key over to B, and is rebuilt from C, which does not know that. It checks its own hand-over when B is back.
#[test]
fn a_rebuilt_region_knows_its_own_former_identity() {
    let (mut net, id) = fleet();
    // Its identity before the one that signs.
    net.lose_store(A);
    net.run();
    let signer = net.sites[A].identity.public();
    net.hand_over(A, &id, B);
    for _ in 0..20 {
        net.run_to(&[A, B]);
        net.now = net.now.plus_secs(10);
        [A, B].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    net.wire.clear();
    net.lose_store_from(A, &[region(C)]);
    for _ in 0..20 {
        net.run_to(&[A, C]);
        net.now = net.now.plus_secs(10);
        [A, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    assert_eq!(net.role(A, &id).0, region(A));
    assert!(net.read(A, |tx| former_identities(tx, &region(A)).unwrap()).contains(&signer));
    net.wire.clear();
    net.run();
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id).0, region(B), "{at}");
    }
}

/// The home of IAM moved to B before C joined, and A is away. C becomes the home.
#[test]
fn a_region_that_joins_gets_the_line_of_homes() {
    let (mut net, _) = fleet();
    net.move_home(B);
    net.run_to(&[B, C]);
    // A region that joins knows the home and its counter, and no line.
    net.commit(C, |tx, _| delete_lineage(tx, Led::Iam).unwrap());
    net.commit(B, |tx, _| crate::resync(tx, &region(C)).unwrap());
    for _ in 0..20 {
        net.run_to(&[B, C]);
        net.now = net.now.plus_secs(10);
        [B, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
    }
    assert_eq!(net.read(C, |tx| lineage(tx, Led::Iam).unwrap()).len(), 1);
    net.move_home(C);
    net.wire.clear();
    // A hears of C first, not of B.
    for _ in 0..20 {
        net.now = net.now.plus_secs(10);
        [A, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
        net.run_to(&[A, C]);
    }
    let home = |net: &Net, at| net.read(at, |tx| region_table::region(tx).unwrap()).unwrap().iam_home;
    assert_eq!(home(&net, A), region(C));
    net.run();
    for at in [A, B, C] {
        assert_eq!(home(&net, at), region(C), "{at}");
    }
}

/// A gives dates of the future for the beginning of the key and the secret, so that nobody follows a failover away from it.
#[test]
fn the_primary_does_not_say_how_young_a_thing_is() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.create_secret(A, NAME, "aaaaaa");
    let later = net.now.plus_days(36_500);
    let fake = vec![LineageStep {
        from: epoch(0, C),
        to: epoch(1, A),
        proof: Proof::HandOver { date: later, signature: [0; 64] },
    }];
    net.change_key(A, &id, |tx, _, record| {
        record.created = later;
        save_lineage(tx, Led::Key(&account(), &id), fake.clone()).unwrap();
    });
    net.change_secret(A, NAME, |tx, _, record| {
        record.created = later;
        save_lineage(tx, Led::Secret(&record.arn), fake.clone()).unwrap();
    });
    for to in [B, C] {
        net.replicate_key(A, &id, to);
        net.change_key(A, &id, |_, _, record| {
            record.multi_region.as_mut().unwrap().pending.iter_mut().for_each(|pending| pending.created = later);
        });
        net.replicate_secret(A, NAME, to, false);
        net.run();
    }
    assert_eq!(net.secret(C, NAME).unwrap().created, later);
    // C is away for five days.
    net.promote_key(B, &id);
    net.promote_secret(B, NAME);
    net.wire.clear();
    net.now = net.now.plus_days(5);
    net.run();
    for at in [B, C] {
        let secret = net.secret(at, NAME).unwrap().replication.unwrap().primary;
        assert_eq!((net.role(at, &id).0, secret), (region(B), region(B)), "{at}");
    }
}

/// A is cut off, and has a replica made in C five days after the statement by which B took its place.
#[test]
fn a_replica_that_a_former_primary_makes_follows_the_successor() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.create_secret(A, NAME, "aaaaaa");
    net.replicate_key(A, &id, B);
    net.replicate_secret(A, NAME, B, false);
    net.run();
    net.promote_key(B, &id);
    net.promote_secret(B, NAME);
    net.wire.clear();
    net.now = net.now.plus_days(5);
    net.replicate_key(A, &id, C);
    net.replicate_secret(A, NAME, C, false);
    net.run_to(&[A, C]);
    assert_eq!((net.role(C, &id).0, net.role(B, &id).0), (region(A), region(B)));
    net.run();
    // The successor takes over the replicas of keys by itself, and those of secrets when it is asked for them.
    net.replicate_secret(B, NAME, C, false);
    net.run();
    for at in [A, B, C] {
        let secret = net.secret(at, NAME).unwrap().replication.unwrap().primary;
        assert_eq!((net.role(at, &id).0, net.role(at, &id).2, secret), (region(B), Enabled, region(B)), "{at}");
    }
}

/// A primary that is cut off goes on to offer its role, long after operators have given it to a third region.
#[test]
fn an_offer_that_comes_late_does_not_end_the_other_line() {
    let (mut net, id) = fleet();
    net.hand_over(A, &id, B);
    net.wire.clear();
    net.promote_key(C, &id);
    net.wire.clear();
    net.now = net.now.plus_days(7);
    net.restart(A);
    net.run_to(&[A, B]);
    assert_eq!((net.role(A, &id).0, net.role(B, &id).0, net.role(C, &id).0), (region(B), region(B), region(C)));
    net.run();
    let primaries = [A, B, C].map(|at| net.role(at, &id).0);
    assert!(primaries.iter().all(|primary| *primary == primaries[0]), "{primaries:?}");
    assert!(region(C) > region(B) && primaries[0] == region(C), "{primaries:?}");
}

/// A statement's dates are signed by the operators, and read by the clock of the region that follows.
#[test]
fn a_statement_of_the_future_or_for_too_long_is_not_followed() {
    type Change = fn(&mut FailoverStatement);
    let cases: [(&str, Change, bool); 4] = [
        ("as it is", |_| (), true),
        ("three days ahead", |s| (s.issued, s.expires) = (s.issued.plus_days(3), s.expires.plus_days(3)), false),
        ("one day ahead", |s| (s.issued, s.expires) = (s.issued.plus_days(1), s.expires.plus_days(1)), true),
        ("two days", |s| s.expires = s.issued.plus_days(2), false),
    ];
    for (case, change, is_followed) in cases {
        let (mut net, id) = fleet();
        let mut statement = net.sites[B].authorization(&region(A), net.now).statement;
        change(&mut statement);
        let signed = crate::sim::operators::sign(&statement);
        take_all(&mut net, B, &id, Some(&signed));
        net.run_on();
        assert_eq!(followed(&net, C, &id), all(if is_followed { B } else { A }), "{case}");
    }
}

/// A step of the tests below, signed by nobody.
fn step(from: Epoch, to: Epoch) -> LineageStep {
    LineageStep { from, to, proof: Proof::HandOver { date: Timestamp(1), signature: [0; 64] } }
}

#[test]
fn steps_follow_each_other() {
    let (one, two) = (step(epoch(1, A), epoch(2, B)), step(epoch(4, B), epoch(5, C)));
    let both = [one.clone(), two.clone()];
    assert!(leads_to(&both, &epoch(5, C), 2) && leads_to(&both, &epoch(7, C), 2));
    assert!(
        !leads_to(&both, &epoch(8, C), 2) && !leads_to(&both, &epoch(4, C), 2) && !leads_to(&both, &epoch(5, B), 2)
    );
    assert!(!leads_to(&both, &epoch(5, C), 1), "B has raised its epoch by two");
    assert!(!leads_to(&[two.clone(), one.clone()], &epoch(2, B), 9) && !leads_to(&[], &epoch(1, A), 9));
    assert!(!leads_to(&[step(epoch(1, A), epoch(3, B))], &epoch(3, B), 9), "no counter is left out");
    assert!(!leads_to(&[step(epoch(1, A), epoch(2, A))], &epoch(2, A), 9));
    assert!(!leads_to(&[step(epoch(u64::MAX, A), epoch(0, B))], &epoch(0, B), 9));
    let long: Vec<LineageStep> =
        (0..40).map(|n| step(epoch(n, usize::from(n % 2 == 1)), epoch(n + 1, usize::from(n % 2 == 0)))).collect();
    assert!(leads_to(&long[..32], &epoch(32, A), 0) && !leads_to(&long, &epoch(40, A), 0));
}

#[test]
fn every_bit_of_a_step_counts() {
    let (mut net, id) = fleet();
    net.hand_over(A, &id, B);
    net.run_to(&[A, B]);
    let account = account();
    let led = Led::Key(&account, &id);
    let line = net.read(B, |tx| claviger_store::tables::lineage_table::lineage(tx, led).unwrap());
    let judged = |led: Led<'_>, from: usize, line: &[LineageStep]| {
        net.with_context(C, from, |cx| {
            let first = epoch(1, A);
            let known = Known { led, epoch: &first, made: Timestamp(0) };
            judge(cx, &known, &epoch(2, B), line).unwrap()
        })
    };
    assert_eq!(judged(led, B, &line), Judgement::Followed(line.clone()));
    let refused = Judgement::Refused { may_not_know: false };
    let (other, arn) = (KeyId::generate(&SeededRandom::new(8), true), net.secret(A, NAME).unwrap().arn);
    assert_eq!(judged(Led::Key(&account, &other), B, &line), refused);
    assert_eq!(judged(Led::Secret(&arn), B, &line), refused);
    assert_eq!(judged(Led::Iam, B, &line), refused);
    let Proof::HandOver { date, signature } = line[0].proof.clone() else { panic!("{line:?}") };
    for bit in 0..512 {
        let mut altered = signature;
        altered[bit / 8] ^= 1 << (bit % 8);
        let proof = Proof::HandOver { date, signature: altered };
        assert_eq!(judged(led, B, &[LineageStep { proof, ..line[0].clone() }]), refused, "bit {bit}");
    }
    let later = Proof::HandOver { date: date.plus_secs(1), signature };
    assert_eq!(judged(led, B, &[LineageStep { proof: later, ..line[0].clone() }]), refused);
}

#[test]
fn operators_can_be_changed() {
    let (mut net, id) = fleet();
    let other = OperatorKey::generate(&SeededRandom::new(77));
    net.operators = Arc::new(Operators::new(vec![other.public()], 1).unwrap());
    [A, B, C].into_iter().for_each(|at| net.restart(at));
    net.run();
    // The former operators sign.
    net.promote_key(B, &id);
    net.run_on();
    assert_eq!((net.role(A, &id).0, net.role(C, &id).0), (region(A), region(A)));
}
