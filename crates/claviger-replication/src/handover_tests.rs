#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::key_table::KeyState::{Disabled, Enabled, Updating};
use claviger_types::KeyId;

use crate::Message;
use crate::testing::{A, B, C, Net, region};

fn related() -> (Net, KeyId) {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.replicate_key(A, &id, C);
    net.run();
    (net, id)
}

fn assert_handed_over(net: &Net, id: &KeyId) {
    for at in [A, B, C] {
        assert_eq!(net.role(at, id), (region(B), 2, Enabled), "in {}", region(at));
        let shared = net.key(at, id).unwrap().multi_region.unwrap();
        assert_eq!(shared.members().count(), 3);
        assert_eq!(shared.handover, None);
    }
}

/// Delivers messages until the next commit changes the key in `at`.
fn until_changed(net: &mut Net, at: usize, id: &KeyId) {
    let before = net.key(at, id);
    for _ in 0..50 {
        if net.key(at, id) != before {
            return;
        }
        match net.wire.pop() {
            Some(message) => net.deliver(&message),
            None => {
                net.now = net.now.plus_secs(10);
                [A, B, C].into_iter().for_each(|at| net.event(at, &crate::Event::Tick));
            }
        }
    }
    panic!("the key in {} does not change", region(at));
}

#[test]
fn both_primaries_are_updating_during_a_handover() {
    let (mut net, id) = related();
    net.hand_over(A, &id, B);
    assert_eq!(net.role(A, &id), (region(A), 1, Updating));
    net.run_to(&[B]);
    assert_eq!(net.role(B, &id), (region(B), 2, Updating));
    net.run_to(&[A]);
    assert_eq!(net.role(A, &id), (region(B), 2, Enabled));
    net.run();
    assert_handed_over(&net, &id);
}

#[test]
fn a_handover_survives_a_crash_between_any_two_steps() {
    for crashes in 1..16_u32 {
        let (mut net, id) = related();
        net.hand_over(A, &id, B);
        for (step, watched) in [(0, B), (1, A), (2, B)] {
            if crashes & (1 << step) != 0 {
                net.restart(A);
                net.restart(B);
            }
            until_changed(&mut net, watched, &id);
        }
        if crashes & 8 != 0 {
            [A, B, C].into_iter().for_each(|at| net.restart(at));
        }
        net.run();
        assert_handed_over(&net, &id);
    }
}

#[test]
fn a_handover_survives_repeated_messages() {
    let (mut net, id) = related();
    net.hand_over(A, &id, B);
    for _ in 0..100 {
        let Some(message) = (!net.wire.is_empty()).then(|| net.wire.remove(0)) else { break };
        net.deliver(&message);
        net.deliver(&message);
    }
    net.run();
    assert_handed_over(&net, &id);
}

#[test]
fn an_unauthorized_region_declines() {
    let (mut net, id) = related();
    net.sites[B].refuses = true;
    net.hand_over(A, &id, B);
    net.run();
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id), (region(A), 1, Enabled));
    }
    assert_eq!(net.key(A, &id).unwrap().multi_region.unwrap().handover, None);
}

#[test]
fn a_disabled_replica_declines() {
    let (mut net, id) = related();
    net.change_key(B, &id, |_, _, record| record.state = Disabled);
    net.hand_over(A, &id, B);
    net.run();
    assert_eq!(net.role(A, &id), (region(A), 1, Enabled));
    assert_eq!(net.role(B, &id), (region(A), 1, Disabled));
}

#[test]
fn a_late_refusal_does_not_end_a_new_offer() {
    let (mut net, id) = related();
    net.sites[B].refuses = true;
    net.hand_over(A, &id, B);
    net.run_to(&[B]);
    let refusals: Vec<Message> = net.wire.iter().filter(|message| message.to == region(A)).cloned().collect();
    net.run();
    net.sites[B].refuses = false;
    net.hand_over(A, &id, B);
    for message in &refusals {
        net.deliver(message);
    }
    net.run();
    assert_handed_over(&net, &id);
}

/// The model found this order: a rotation ended between the offer and its refusal, so the offer was announced once more and accepted, while
/// the refusal made the old primary `Enabled`, whose users changed the key.
#[test]
fn a_refusal_does_not_end_an_offer_that_was_announced_again() {
    let (mut net, id) = related();
    net.rotate_key(A, &id);
    net.run_to(&[A, B]);
    net.sites[B].refuses = true;
    net.hand_over(A, &id, B);
    take(&mut net, A, B).iter().for_each(|message| net.deliver(message));
    let refusal = take(&mut net, B, A);
    let before = net.key(A, &id).unwrap();
    net.run_to(&[A, C]);
    let rotated = net.key(A, &id).unwrap();
    assert_ne!(rotated.current, before.current, "C's report ends the rotation");
    refusal.iter().for_each(|message| net.deliver(message));
    assert_eq!(net.role(A, &id), (region(A), 1, Updating), "the refusal was of the state before");
    net.sites[B].refuses = false;
    net.run();
    assert_handed_over(&net, &id);
}

/// The messages from one region to another that are on the wire, oldest first. They are taken off it.
fn take(net: &mut Net, from: usize, to: usize) -> Vec<Message> {
    let (from, to) = (region(from), region(to));
    net.wire.extract_if(.., |message| message.from == from && message.to == to).collect()
}

/// A replica that waits for material from two regions gets it from one of them. The other's response carries an offer that it has declined
/// meanwhile.
#[test]
fn a_declined_offer_is_not_accepted_with_a_late_response() {
    let (mut net, id) = related();
    net.rotate_key(A, &id);
    net.hand_over(A, &id, B);
    net.run_to(&[A, B]);
    assert_eq!(net.role(B, &id), (region(B), 2, Enabled));
    for from in [A, B] {
        take(&mut net, from, C).iter().for_each(|message| net.deliver(message));
    }
    let request = take(&mut net, C, B);
    take(&mut net, C, A).iter().for_each(|message| net.deliver(message));
    take(&mut net, A, C).iter().for_each(|message| net.deliver(message));
    assert_eq!(net.materials(C, &id).len(), 2, "A has sent the material");
    net.hand_over(B, &id, C);
    request.iter().for_each(|message| net.deliver(message));
    let mut to_c = take(&mut net, B, C);
    let response = to_c.pop().unwrap();
    net.sites[C].refuses = true;
    to_c.iter().for_each(|message| net.deliver(message));
    net.sites[C].refuses = false;
    net.deliver(&response);
    assert_eq!(net.role(C, &id), (region(B), 2, Enabled));
    net.run();
    let role = net.role(A, &id);
    assert_eq!(role.2, Enabled);
    assert!([B, C].into_iter().all(|at| net.role(at, &id) == role));
}

#[test]
fn material_from_a_former_primary_is_reported_to_the_primary() {
    let (mut net, id) = related();
    net.rotate_key(A, &id);
    take(&mut net, A, C).iter().for_each(|message| net.deliver(message));
    net.promote_key(B, &id);
    take(&mut net, B, C).iter().for_each(|message| net.deliver(message));
    take(&mut net, C, A).iter().for_each(|message| net.deliver(message));
    // From here on A is gone for B.
    take(&mut net, A, C).iter().for_each(|message| net.deliver(message));
    take(&mut net, A, B);
    assert_eq!(net.materials(C, &id).len(), 2, "A has sent the material");
    net.run_to(&[B, C]);
    assert_eq!(net.materials(B, &id).len(), 2, "C has sent it on");
}

#[test]
fn the_new_primary_makes_a_replica_that_was_requested_before() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    net.replicate_key(A, &id, C);
    net.wire.retain(|message| message.to != region(C));
    net.run_to(&[A, B]);
    net.hand_over(A, &id, B);
    net.wire.retain(|message| message.to != region(C));
    net.run_to(&[A, B]);
    assert!(net.key(C, &id).is_none());
    net.run();
    assert_handed_over(&net, &id);
    assert_eq!(net.key(C, &id).unwrap().policy, "policy of us-east-1");
}

#[test]
fn an_offer_to_a_deleted_replica_is_withdrawn() {
    let (mut net, id) = related();
    net.delete_key(B, &id);
    net.wire.clear();
    net.hand_over(A, &id, B);
    net.run();
    assert_eq!(net.role(A, &id), (region(A), 1, Enabled));
    assert_eq!(net.key(A, &id).unwrap().multi_region.unwrap().replicas, [region(C)]);
}

#[test]
fn the_new_primary_takes_over_the_date_of_the_next_rotation() {
    let (mut net, id) = related();
    let next = net.now.plus_days(365);
    net.change_key(A, &id, |tx, site, record| {
        record.rotation.enabled = true;
        record.rotation.next = Some(next);
        crate::key_replication::raise_revision(record);
        crate::key_replication::announce(tx, &site.region, record).unwrap();
    });
    net.hand_over(A, &id, B);
    net.run();
    assert_handed_over(&net, &id);
    let due = net.read(B, |tx| claviger_store::tables::key_table::keys_due(tx, next, 10).unwrap());
    assert!(due.iter().any(|(_, _, key)| *key == id));
}

#[test]
fn the_role_can_be_handed_over_repeatedly() {
    let (mut net, id) = related();
    for (turn, (from, to)) in [(A, B), (B, C), (C, A), (A, B)].into_iter().enumerate() {
        net.hand_over(from, &id, to);
        net.run();
        for at in [A, B, C] {
            assert_eq!(net.role(at, &id), (region(to), 2 + turn as u64, Enabled));
        }
    }
}

#[test]
fn the_new_primary_finishes_a_rotation_under_way() {
    let (mut net, id) = related();
    net.rotate_key(A, &id);
    net.wire.retain(|message| message.to != region(C));
    net.run_to(&[A, B]);
    net.hand_over(A, &id, B);
    net.wire.retain(|message| message.to != region(C));
    net.run_to(&[A, B]);
    net.run();
    assert_handed_over(&net, &id);
    let (first, current) = (net.materials(A, &id)[0].id, net.key(A, &id).unwrap().current.unwrap());
    assert_ne!(first, current);
    assert!([B, C].into_iter().all(|at| net.key(at, &id).unwrap().current == Some(current)));
}
