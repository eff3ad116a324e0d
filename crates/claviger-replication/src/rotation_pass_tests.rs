#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_types::KeyId;

use super::*;
use crate::Event;
use crate::key_replication::{NewRotation, Rotated, begin_rotation};
use crate::rotation_rule::AWAY_MS;
use crate::testing::{A, B, C, Net, new_rotation, region};

/// A key with its primary in A and replicas in all other regions.
fn related(count: usize) -> (Net, KeyId) {
    let mut net = Net::settled(count);
    let id = net.create_key();
    (1..count).for_each(|at| net.replicate_key(A, &id, at));
    net.run();
    (net, id)
}

/// Lets A work for a time, second by second, while only these regions are reached.
fn work(net: &mut Net, ms: i64, reached: &[usize]) {
    for _ in 0..ms / 1_000 {
        net.now = net.now.plus_secs(1);
        net.event(A, &Event::Tick);
        net.run_to(reached);
        net.wire.clear();
    }
}

fn current(net: &Net, at: usize, id: &KeyId) -> Option<MaterialId> {
    net.key(at, id).unwrap().current
}

fn waiting(net: &Net) -> usize {
    net.read(A, |tx| awaited_rotations(tx, None, 1_000).unwrap().len())
}

#[test]
fn a_rotation_ends_without_a_region_that_is_away_for_a_minute() {
    let (mut net, id) = related(3);
    let first = current(&net, A, &id);
    assert_eq!(net.rotate_key(A, &id), Rotated::WhenHeld);
    work(&mut net, AWAY_MS - 2_000, &[A, B]);
    assert_eq!((current(&net, A, &id), net.materials(B, &id).len(), waiting(&net)), (first, 2, 1));
    work(&mut net, 5_000, &[A, B]);
    let second = current(&net, A, &id);
    assert_ne!(second, first);
    assert_eq!((current(&net, B, &id), waiting(&net)), (second, 0));
    let away: Vec<_> = net.engines[A].peer_statuses().into_iter().filter(|peer| peer.away).collect();
    assert_eq!(away.iter().map(|peer| &peer.region).collect::<Vec<_>>(), [&region(C)]);
    // The next rotation does not wait for it at all.
    assert_eq!(net.rotate_key(A, &id), Rotated::WhenHeld);
    net.run_to(&[A, B]);
    let third = current(&net, A, &id);
    assert!(third != second && current(&net, B, &id) == third);
    // It holds everything when it is back, and counts again.
    assert_eq!(net.materials(C, &id).len(), 1);
    net.run();
    assert_eq!((current(&net, C, &id), net.materials(C, &id).len()), (third, 3));
    assert!(net.engines[A].peer_statuses().iter().all(|peer| !peer.away));
    net.rotate_key(A, &id);
    net.run_to(&[A, B]);
    assert_eq!(current(&net, A, &id), third, "C is asked again");
    net.run();
    assert_ne!(current(&net, A, &id), third);
}

#[test]
fn the_only_replica_is_waited_for() {
    let (mut net, id) = related(2);
    let first = current(&net, A, &id);
    net.rotate_key(A, &id);
    work(&mut net, 10 * AWAY_MS, &[A]);
    assert_eq!((current(&net, A, &id), waiting(&net)), (first, 1));
    net.run();
    assert_ne!(current(&net, A, &id), first);
    assert_eq!((current(&net, B, &id), waiting(&net)), (current(&net, A, &id), 0));
}

#[test]
fn the_operators_number_decides() {
    let (mut net, id) = related(2);
    let now = net.now;
    let rotated = net.change_key(A, &id, |tx, site, record| {
        begin_rotation(tx, record, &NewRotation { require_replicas: Some(0), ..new_rotation(site, now) }).unwrap()
    });
    assert_eq!((rotated, waiting(&net)), (Rotated::Now, 0));

    let (mut net, id) = related(3);
    net.engines[A] = net.engines[A].clone().requiring_replicas(Some(1));
    let first = current(&net, A, &id);
    net.rotate_key(A, &id);
    net.run_to(&[A, B]);
    assert_ne!(current(&net, A, &id), first, "C was not asked");

    let (mut net, id) = related(3);
    net.engines[A] = net.engines[A].clone().requiring_replicas(Some(2));
    let first = current(&net, A, &id);
    net.rotate_key(A, &id);
    work(&mut net, 3 * AWAY_MS, &[A, B]);
    assert_eq!(current(&net, A, &id), first, "C counts although it is away");
    // A start with a lower number completes it.
    net.restart(A);
    net.engines[A] = net.engines[A].clone().requiring_replicas(Some(1));
    work(&mut net, 2_000, &[A]);
    assert_ne!(current(&net, A, &id), first);
}

#[test]
fn after_a_start_every_region_has_a_minute_again() {
    let (mut net, id) = related(3);
    work(&mut net, 1_000, &[A, B]);
    net.rotate_key(A, &id);
    work(&mut net, AWAY_MS / 2, &[A, B]);
    let first = current(&net, A, &id);
    net.restart(A);
    work(&mut net, AWAY_MS - 2_000, &[A, B]);
    assert_eq!(current(&net, A, &id), first);
    work(&mut net, 5_000, &[A, B]);
    assert_ne!(current(&net, A, &id), first);
}

#[test]
fn a_jump_of_the_clock_is_no_silence() {
    let (mut net, id) = related(3);
    let first = current(&net, A, &id);
    net.rotate_key(A, &id);
    work(&mut net, 1_000, &[A, B]);
    for jump in [86_400, -86_400, 86_400] {
        net.now = net.now.plus_secs(jump);
        work(&mut net, 1_000, &[A, B]);
    }
    assert_eq!(current(&net, A, &id), first);
    work(&mut net, AWAY_MS, &[A, B]);
    assert_ne!(current(&net, A, &id), first);
}

#[test]
fn many_rotations_end_page_by_page() {
    let (mut net, _) = related(3);
    let ids: Vec<KeyId> = (0..2 * PAGE + 3).map(|_| net.create_key()).collect();
    for id in &ids {
        net.replicate_key(A, id, B);
        net.replicate_key(A, id, C);
    }
    net.run();
    for id in &ids {
        assert_eq!(net.rotate_key(A, id), Rotated::WhenHeld);
    }
    // One that was deleted meanwhile is forgotten.
    net.delete_key(A, &ids[0]);
    work(&mut net, AWAY_MS - 5_000, &[A, B]);
    assert_eq!(waiting(&net), ids.len() - 1);
    work(&mut net, 5_000, &[A, B]);
    assert!(waiting(&net) > 0, "one tick does not look at all of them");
    work(&mut net, 5_000, &[A, B]);
    assert_eq!(waiting(&net), 0);
    assert!(ids[1..].iter().all(|id| net.materials(A, id)[1].rotated.is_some()));
}

#[test]
fn a_damaged_key_keeps_no_other_one_waiting() {
    let (mut net, damaged) = related(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.replicate_key(A, &id, C);
    net.run();
    net.rotate_key(A, &damaged);
    net.rotate_key(A, &id);
    net.run_to(&[A, B]);
    net.wire.clear();
    let row = net.read(A, |tx| key_table::key_row(tx, &crate::testing::account(), &damaged));
    crate::damage_tests::damage_row(&net, A, row);
    work(&mut net, AWAY_MS + 3_000, &[A, B]);
    assert!(net.materials(A, &id)[1].rotated.is_some());
    assert_eq!(waiting(&net), 1);
}
