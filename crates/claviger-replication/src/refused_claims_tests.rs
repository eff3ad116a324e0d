#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use claviger_crypto::{OperatorKey, Operators};
use claviger_store::tables::claim_table::{disputed_roles, refused_claims};
use claviger_types::SeededRandom;

use super::*;
use crate::iam_home;
use crate::key_replication::NewRotation;
use crate::lineage::RAISE_MAX;
use crate::testing::{A, B, C, Net, new_rotation, region};
use crate::{Event, rebuild};
use claviger_types::KeyId;

const NAME: &str = "db";
const DAY_MS: i64 = 86_400_000;

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

/// The primary of the key, that of the secret, and the home of IAM, as a region knows them.
fn followed_by(net: &Net, at: usize, id: &KeyId) -> [Region; 3] {
    let secret = net.secret(at, NAME).unwrap().replication.unwrap().primary;
    let home = net.read(at, |tx| region_table::region(tx).unwrap()).unwrap().iam_home;
    [net.role(at, id).0, secret, home]
}

fn all(at: usize) -> [Region; 3] {
    [region(at), region(at), region(at)]
}

/// B takes everything over, as operators have signed it.
fn promote_all(net: &mut Net, id: &KeyId) {
    net.promote_key(B, id);
    net.promote_secret(B, NAME);
    net.move_home(B);
}

/// B takes everything over without a signature.
fn promote_unsigned(net: &mut Net, id: &KeyId) {
    let now = net.now;
    net.change_key(B, id, |tx, site, record| {
        assert!(key_replication::promote(tx, &site.region, record, None).unwrap());
    });
    net.change_secret(B, NAME, |tx, _, record| secret_replication::promote(tx, record, now, None).unwrap());
    net.commit(B, |tx, site| {
        assert!(iam_home::take_over(tx, &site.region, &[region(A), region(C)], None).unwrap());
    });
}

fn open_claims(net: &Net, at: usize, peer: usize) -> OpenClaims {
    net.read(at, |tx| OpenClaims::read(tx, &region(at), &region(peer)).unwrap())
}

fn rows(net: &Net, at: usize) -> (usize, usize) {
    net.read(at, |tx| (refused_claims(tx, None, 99).unwrap().len(), disputed_roles(tx, None, 99).unwrap().len()))
}

#[test]
fn a_region_whose_clock_was_behind_follows_once_it_is_right() {
    let (mut net, id) = fleet();
    net.sites[C].skew_ms = -3 * DAY_MS;
    net.run_on();
    promote_all(&mut net, &id);
    net.run_on();
    assert_eq!((followed_by(&net, A, &id), followed_by(&net, C, &id)), (all(B), all(A)));
    assert_eq!((rows(&net, C), rows(&net, B)), ((3, 0), (0, 3)));
    net.sites[C].skew_ms = 0;
    net.run_on();
    assert_eq!(followed_by(&net, C, &id), all(B));
    assert_eq!((rows(&net, C), rows(&net, B)), ((0, 0), (0, 0)));
}

#[test]
fn a_region_that_names_the_operators_later_follows() {
    for restarts in [false, true] {
        let (mut net, id) = fleet();
        let stranger = OperatorKey::generate(&SeededRandom::new(77)).public();
        let right = net.operators.clone();
        net.engines[C].set_operators(Arc::new(Operators::new(vec![stranger], 1).unwrap()));
        promote_all(&mut net, &id);
        net.run_on();
        assert_eq!(followed_by(&net, C, &id), all(A));
        match restarts {
            true => net.restart(C),
            false => net.engines[C].set_operators(right),
        }
        net.run_on();
        assert_eq!(followed_by(&net, C, &id), all(B), "{restarts}");
        assert_eq!((rows(&net, C), rows(&net, B)), ((0, 0), (0, 0)));
    }
}

/// A claim that stays refused is asked for ever less often, and has one row however often it is made.
#[test]
fn a_claim_that_stays_refused_is_asked_for_at_a_slow_pace() {
    let (mut net, id) = fleet();
    promote_unsigned(&mut net, &id);
    net.run_on();
    assert_eq!((open_claims(&net, C, B).refused.len(), open_claims(&net, B, C).disputed.len()), (3, 3));
    assert_eq!((open_claims(&net, B, C).refused.len(), open_claims(&net, C, A)), (0, OpenClaims::default()));
    net.engines[C].take_notices();
    let before = net.engines[C].counters().forbidden;
    // Two hours.
    for _ in 0..1_440 {
        net.run_to(&[A, B, C]);
        net.now = net.now.plus_secs(5);
        (0..3).for_each(|at| net.event(at, &Event::Tick));
    }
    let asked = net.engines[C].counters().forbidden - before;
    assert!((3 * 5..=3 * 8).contains(&asked), "{asked}");
    assert_eq!(rows(&net, C), (3, 0));
    assert!(!net.engines[C].take_notices().iter().any(|notice| matches!(notice, Notice::UnprovenClaim { .. })));
    for _ in 0..5 {
        net.change_key(B, &id, |tx, site, record| {
            record.multi_region.as_mut().unwrap().epoch.counter += 1;
            key_replication::announce(tx, &site.region, record).unwrap();
        });
        net.run_on();
    }
    assert_eq!(rows(&net, C), (3, 0));
    assert_eq!(followed_by(&net, C, &id), all(A));
    // It leaves the fleet.
    net.commit(C, |tx, _| drop_claims(tx));
    assert_eq!(rows(&net, C), (0, 0));
}

fn drop_claims(tx: &mut Tx<'_>) {
    crate::fleet_replication::drop_member(tx, &region(B)).unwrap();
}

/// B names no operators, the others do.
#[test]
fn a_region_without_operators_steps_down_and_its_material_is_merged() {
    let (mut net, id) = fleet();
    net.engines[B].set_operators(Arc::default());
    promote_unsigned(&mut net, &id);
    let now = net.now;
    net.change_key(B, &id, |tx, site, record| {
        let new = NewRotation { require_replicas: Some(0), ..new_rotation(site, now) };
        key_replication::begin_rotation(tx, record, &new).unwrap();
    });
    let made = net.key(B, &id).unwrap().current.unwrap();
    net.run_on();
    net.run();
    for at in [A, B, C] {
        assert_eq!(followed_by(&net, at, &id), all(A), "{at}");
        assert!(net.materials(at, &id).iter().any(|meta| meta.id == made), "{at}");
        assert_eq!(net.key(at, &id).unwrap().current, net.key(A, &id).unwrap().current, "{at}");
    }
    net.put_value(A, NAME, "later");
    net.run();
    assert_eq!(net.value(B, NAME).as_deref(), Some("later"));
    assert_eq!(open_claims(&net, B, A), OpenClaims::default());
    assert_eq!(open_claims(&net, A, B), OpenClaims::default());

    // A second claim at once has the right primary raise its epoch only a day later.
    let counter = net.role(A, &id).1;
    net.engines[B].set_operators(Arc::default());
    promote_unsigned(&mut net, &id);
    net.run_on();
    assert_eq!((net.role(A, &id).1, followed_by(&net, B, &id)), (counter, all(B)));
    assert_eq!((open_claims(&net, A, B).refused.len(), open_claims(&net, B, A).disputed.len()), (3, 3));
    net.now = net.now.plus_days(1);
    net.run_on();
    net.run();
    assert_eq!((net.role(A, &id).1, followed_by(&net, B, &id)), (counter + 2, all(A)));
}

/// B names no operators, and has their signatures for the others. A, the old primary, cannot check them yet.
#[test]
fn a_region_without_operators_gives_no_signed_claim_up() {
    let (mut net, id) = fleet();
    net.engines[B].set_operators(Arc::default());
    net.sites[A].skew_ms = -3 * DAY_MS;
    promote_all(&mut net, &id);
    net.run_on();
    assert_eq!((followed_by(&net, A, &id), followed_by(&net, B, &id)), (all(A), all(B)));
    net.sites[A].skew_ms = 0;
    net.run_on();
    net.run();
    assert_eq!((followed_by(&net, A, &id), followed_by(&net, C, &id)), (all(B), all(B)));
}

/// It claims the role again and again, above what its successor has.
#[test]
fn a_former_primary_has_its_successor_raise_its_epoch_only_so_far() {
    let (mut net, id) = fleet();
    net.hand_over(A, &id, B);
    net.run();
    for _ in 0..30 {
        let counter = net.role(B, &id).1 + 1;
        net.change_key(A, &id, |tx, site, record| {
            let shared = record.multi_region.as_mut().unwrap();
            shared.primary = region(A);
            shared.replicas = vec![region(B), region(C)];
            (shared.epoch, shared.revision) = (Epoch { counter, region: region(A) }, 1);
            key_replication::announce(tx, &site.region, record).unwrap();
        });
        net.run_on();
        assert_eq!((net.role(B, &id).0, net.role(C, &id).0), (region(B), region(B)));
    }
    assert_eq!(net.role(B, &id).1, RAISE_MAX + 2);
}

/// What a peer says of claims changes nothing else: not of what it does not claim, and not to an epoch that is out of reach.
#[test]
fn what_a_peer_says_of_claims_is_checked() {
    let (net, id) = fleet();
    let account = crate::testing::account();
    let of = LedName::Key(account, id);
    let notice = |counter: u64, at: usize, step| ClaimNotice {
        of: of.clone(),
        epoch: Epoch { counter, region: region(at) },
        step,
    };
    let cases = [
        // The primary is not B.
        (B, notice(1, B, ClaimStep::Refused), Verdict::Stale),
        // A is the primary in another epoch.
        (A, notice(7, A, ClaimStep::Refused), Verdict::Stale),
        // Nothing of C was refused.
        (A, notice(2, C, ClaimStep::Yielded), Verdict::Stale),
    ];
    for (at, notice, expected) in cases {
        let text = format!("{at} {notice:?}");
        net.with_context(at, C, |cx| assert_eq!(notice.apply(cx).unwrap(), expected, "{text}"));
    }
    for (far, expected) in [(1, Verdict::Applied), (2, Verdict::Stale)] {
        net.with_context(A, C, |cx| {
            let epoch = Epoch { counter: 1 + far, region: region(C) };
            refuse(cx, of.as_led(), &epoch).unwrap();
            assert_eq!(notice(1 + far, C, ClaimStep::Yielded).apply(cx).unwrap(), expected, "{far}");
        });
    }
}

#[test]
fn a_region_that_is_rebuilt_forgets_no_claim() {
    let (mut net, id) = fleet();
    promote_unsigned(&mut net, &id);
    net.run_on();
    let sources = [region(A)];
    let now = net.now;
    net.commit(C, |tx, _| rebuild::begin(tx, &sources, now).unwrap());
    net.run_on();
    assert_eq!(followed_by(&net, C, &id), all(A));
    assert_eq!(rows(&net, C), (3, 0));
}
