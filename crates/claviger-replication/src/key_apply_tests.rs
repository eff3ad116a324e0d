#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::Epoch;
use claviger_store::tables::key_table::{self, KeyState, Rotation};
use claviger_store::tables::lineage_table::{LineageStep, Proof};
use claviger_types::{KeyId, KeySpec, Timestamp};

use super::*;
use crate::frame::{Bytes, Frame};
use crate::testing::{A, B, C, Net, account, new_rotation, region, says};
use crate::{Message, key_replication};

/// A key with its primary in A and replicas in B and, with three regions, in C.
fn related(count: usize) -> (Net, KeyId) {
    let mut net = Net::settled(count);
    let id = net.create_key();
    (1..count).for_each(|at| net.replicate_key(A, &id, at));
    net.run();
    (net, id)
}

fn holds(net: &Net, at: usize, id: &KeyId) -> Vec<MaterialId> {
    let materials = net.materials(at, id);
    assert_eq!(materials.len(), net.key(at, id).unwrap().material_count as usize);
    for meta in &materials {
        let sealed = net.read(at, |tx| key_table::material(tx, id, &meta.id).unwrap()).unwrap();
        assert!(sealed.open(&net.sites[at].keyring, MaterialKind::Symmetric, id, &meta.id).is_ok());
    }
    materials.iter().map(|meta| meta.id).collect()
}

fn current(net: &Net, at: usize, id: &KeyId) -> Option<MaterialId> {
    net.key(at, id).unwrap().current
}

/// The state of the key that A would send to B now.
fn state(net: &Net, id: &KeyId) -> SharedKey {
    let record = net.key(A, id).unwrap();
    let shared = record.multi_region.clone().unwrap();
    SharedKey {
        name: name(&record),
        spec: record.spec,
        usage: record.usage,
        origin: record.origin,
        rotation: record.rotation,
        materials: net.materials(A, id),
        current: record.current,
        primary: shared.primary,
        replicas: shared.replicas,
        epoch: shared.epoch,
        revision: shared.revision + 1,
        create: None,
        offer: None,
        former: shared.former,
        lineage: Vec::new(),
        known_since: None,
    }
}

#[test]
fn a_response_gives_nobody_the_role_of_the_primary() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.replicate_key(A, &id, C);
    net.run();
    // A has asked B for material that B has reported, and B answers with itself as the primary.
    let told = state(&net, &id);
    let claims = [told.epoch.clone(), Epoch { counter: told.epoch.counter + 3, ..told.epoch.clone() }];
    for epoch in claims {
        let claim = SharedKey { primary: region(B), replicas: vec![region(A), region(C)], epoch, ..told.clone() };
        net.with_context(A, B, |cx| {
            super::receive(cx, claim, SecretParts::new()).unwrap();
            let record = key_table::key(cx.tx, &account(), &id).unwrap().unwrap();
            assert_eq!(record.multi_region.unwrap().primary, region(A));
        });
    }
}

/// Passes a state to B as the next message from another region.
fn tell(net: &mut Net, from: usize, state: SharedKey) {
    let inbox = net.read(B, |tx| claviger_store::tables::log::inbox(tx, &region(from)).unwrap());
    let payload = Bytes::of(&says(&state));
    let frame = Frame::Data {
        session: inbox.session,
        sequence: inbox.applied + 1,
        sending: 1,
        payload,
        point: None,
        whole: false,
    };
    let message = Message::of(&region(from), &region(B), &frame, &net.sites[from].identity);
    net.deliver(&message);
}

#[test]
fn since_when_a_key_exists_is_not_told_to_be_later_or_without_a_line() {
    let (net, id) = related(2);
    let (now, earlier, later) = (net.now, Timestamp(1), net.now.plus_days(10));
    let with_line = |date: Timestamp| {
        let proof = Proof::HandOver { date, signature: [0; 64] };
        vec![LineageStep {
            from: Epoch { counter: 1, region: region(B) },
            to: Epoch { counter: 2, region: region(A) },
            proof,
        }]
    };
    for (told, lineage, expected) in [
        (Some(earlier), Vec::new(), earlier),
        (Some(later), Vec::new(), now),
        (None, Vec::new(), now),
        (Some(earlier), with_line(now), earlier),
        (Some(earlier), with_line(later), now),
    ] {
        let told = SharedKey { known_since: told, lineage, ..state(&net, &id) };
        let known = net.with_context(B, A, |cx| crate::lineage::known_since(cx, &told));
        assert_eq!(known, expected, "{:?}", (told.known_since, &told.lineage));
    }
}

#[test]
fn a_replica_has_the_material_and_its_own_settings() {
    let (net, id) = related(2);
    let (primary, replica) = (net.key(A, &id).unwrap(), net.key(B, &id).unwrap());
    assert_eq!(holds(&net, B, &id), holds(&net, A, &id));
    assert_eq!((replica.current, replica.state), (primary.current, KeyState::Enabled));
    assert_eq!(replica.policy, "policy of eu-west-1");
    assert_eq!(replica.description, "a replica");
    assert_eq!(primary.policy, "policy of the primary");
    assert!(primary.multi_region.unwrap().pending.is_empty());
}

#[test]
fn a_replica_is_not_made_with_the_key_id_of_another_account() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    let other = claviger_types::AccountId::parse("111122223333").unwrap();
    let theirs =
        KeyRecord { account: other.clone(), region: region(B), multi_region: None, ..net.key(A, &id).unwrap() };
    net.commit(B, |tx, _| key_table::save_key(tx, &theirs).unwrap());
    let forbidden = net.engines[B].counters().forbidden;
    net.replicate_key(A, &id, B);
    net.run();
    assert_eq!(net.engines[B].counters().forbidden, forbidden + 1);
    assert!(net.key(B, &id).is_none());
    assert_eq!(net.read(B, |tx| key_table::key(tx, &other, &id).unwrap()), Some(theirs));
    assert_eq!(net.read(B, |tx| key_table::account_of(tx, &id).unwrap()), Some(other.clone()));

    // After that key is deleted, the primary's next announcement creates the replica.
    net.commit(B, |tx, _| {
        let theirs = key_table::key(tx, &other, &id).unwrap().unwrap();
        key_table::delete_key(tx, &theirs).unwrap();
    });
    net.change_key(A, &id, |tx, site, record| announce(tx, &site.region, record).unwrap());
    net.run();
    assert_eq!(net.key(B, &id).unwrap().state, KeyState::Enabled);
}

#[test]
fn a_replica_is_creating_until_its_material_arrives() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run_to(&[B]);
    let replica = net.key(B, &id).unwrap();
    assert_eq!((replica.state, replica.current, replica.material_count), (KeyState::Creating, None, 0));
    net.run();
    assert_eq!(net.key(B, &id).unwrap().state, KeyState::Enabled);
}

#[test]
fn rotated_material_is_current_once_all_replicas_hold_it() {
    let (mut net, id) = related(3);
    let first = current(&net, A, &id);
    assert_eq!(net.rotate_key(A, &id), key_replication::Rotated::WhenHeld);
    let away: Vec<Message> = net.wire.extract_if(.., |message| message.to == region(C)).collect();
    net.run_to(&[A, B]);
    assert_eq!(holds(&net, B, &id).len(), 2);
    assert_eq!((current(&net, A, &id), current(&net, B, &id)), (first, first), "C lacks it");
    assert_eq!(net.rotate_key(A, &id), key_replication::Rotated::AlreadyUnderWay);
    net.wire.extend(away);
    net.run();
    let second = current(&net, A, &id);
    assert_ne!(second, first);
    assert_eq!((current(&net, B, &id), current(&net, C, &id)), (second, second));
    let rotated = |at| net.materials(at, &id)[1].rotated;
    assert!(rotated(A).is_some());
    assert_eq!(rotated(B), rotated(A));
}

#[test]
fn without_replicas_rotated_material_is_current_at_once() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    let first = current(&net, A, &id);
    assert_eq!(net.rotate_key(A, &id), key_replication::Rotated::Now);
    assert_ne!(current(&net, A, &id), first);
    net.replicate_key(A, &id, B);
    net.run();
    assert_eq!(holds(&net, B, &id), holds(&net, A, &id), "a new replica gets all versions");
}

#[test]
fn a_rotation_does_not_wait_for_a_deleted_replica() {
    let (mut net, id) = related(3);
    net.rotate_key(A, &id);
    net.wire.retain(|message| message.to != region(C));
    net.run_to(&[A, B]);
    net.delete_key(C, &id);
    net.run();
    assert_eq!(current(&net, A, &id), Some(holds(&net, A, &id)[1]));
    assert_eq!(net.key(A, &id).unwrap().multi_region.unwrap().replicas, [region(B)]);
}

#[test]
fn shared_settings_are_replicated_and_local_ones_stay() {
    let (mut net, id) = related(2);
    net.change_key(B, &id, |_, _, record| {
        record.state = KeyState::Disabled;
        record.policy = "another".into();
    });
    net.change_key(A, &id, |tx, site, record| {
        record.rotation = Rotation { enabled: true, period_days: Some(90), next: None };
        raise_revision(record);
        announce(tx, &site.region, record).unwrap();
    });
    net.run();
    let replica = net.key(B, &id).unwrap();
    assert_eq!(replica.rotation.period_days, Some(90));
    assert_eq!((replica.state, replica.policy.as_str()), (KeyState::Disabled, "another"));
}

#[test]
fn stale_and_forbidden_states_change_nothing() {
    let (mut net, id) = related(3);
    let before = net.key(B, &id);
    let newer = state(&net, &id);
    let with = |change: &dyn Fn(&mut SharedKey)| {
        let mut state = newer.clone();
        state.rotation.period_days = Some(99);
        change(&mut state);
        state
    };
    let stale = net.engines[B].counters().stale;
    tell(&mut net, A, with(&|state| state.revision -= 2));
    assert_eq!(net.engines[B].counters().stale, stale + 1);

    let forbidden = net.engines[B].counters().forbidden;
    // C is a member, but not the region that the epoch names. A may not send a state of an epoch of C, and not one without B.
    tell(&mut net, C, with(&|_| {}));
    tell(&mut net, C, with(&|state| state.primary = region(C)));
    tell(&mut net, A, with(&|state| state.epoch.region = region(C)));
    tell(&mut net, A, with(&|state| state.primary = region(C)));
    tell(&mut net, A, with(&|state| state.replicas = vec![region(C)]));
    tell(&mut net, A, with(&|state| state.spec = KeySpec::Rsa2048));
    assert_eq!(net.engines[B].counters().forbidden, forbidden + 6);
    assert_eq!(net.key(B, &id), before);

    tell(&mut net, A, with(&|_| {}));
    assert_eq!(net.key(B, &id).unwrap().rotation.period_days, Some(99));
}

#[test]
fn missing_material_is_not_made_current() {
    let (mut net, id) = related(2);
    let before = current(&net, B, &id);
    let mut ahead = state(&net, &id);
    let unknown = MaterialId([9; 32]);
    ahead.materials.push(MaterialMeta { rotated: Some(net.now), ..MaterialMeta::new(unknown, net.now) });
    ahead.current = Some(unknown);
    tell(&mut net, A, ahead);
    assert_eq!(current(&net, B, &id), before);
    assert_eq!(holds(&net, B, &id).len(), 1);
}

#[test]
fn material_that_does_not_match_its_id_is_not_stored() {
    let (net, id) = related(2);
    let wrong = MaterialId([9; 32]);
    let mut state = state(&net, &id);
    state.materials.push(MaterialMeta::new(wrong, net.now));
    let parts = vec![
        (wrong.0.to_vec(), zeroize::Zeroizing::new(vec![7; 32])),
        (wrong.0.to_vec(), zeroize::Zeroizing::new(vec![7; 5])),
        (b"short".to_vec(), zeroize::Zeroizing::new(vec![7; 32])),
    ];
    net.with_context(B, A, |cx| {
        let mut record = key_table::key(cx.tx, &account(), &id).unwrap().unwrap();
        assert!(!store_materials(cx, &mut record, &state.materials, parts).unwrap());
        assert_eq!(record.material_count, 1);
    });
}

#[test]
fn a_late_message_does_not_restore_a_deleted_replica() {
    let (mut net, id) = related(2);
    let late = state(&net, &id);
    net.delete_key(B, &id);
    tell(&mut net, A, late);
    assert!(net.key(B, &id).is_none());
    net.run();
    assert!(net.key(B, &id).is_none());
    assert!(net.key(A, &id).unwrap().multi_region.unwrap().replicas.is_empty());
}

#[test]
fn a_deleted_replica_can_be_requested_again() {
    let (mut net, id) = related(2);
    net.rotate_key(A, &id);
    net.run();
    net.delete_key(B, &id);
    net.run();
    net.replicate_key(A, &id, B);
    net.run();
    assert_eq!(holds(&net, B, &id), holds(&net, A, &id));
    assert_eq!(net.key(B, &id).unwrap().state, KeyState::Enabled);
}

#[test]
fn a_primarys_window_starts_when_the_last_replica_is_deleted() {
    let (mut net, id) = related(3);
    net.change_key(A, &id, |_, _, record| record.state = KeyState::PendingReplicaDeletion { window_days: 7 });
    net.delete_key(B, &id);
    net.run();
    assert_eq!(net.key(A, &id).unwrap().state, KeyState::PendingReplicaDeletion { window_days: 7 });
    net.delete_key(C, &id);
    net.run();
    let KeyState::PendingDeletion { date } = net.key(A, &id).unwrap().state else { panic!("not pending") };
    let due = net.read(A, |tx| key_table::keys_due(tx, date, 10).unwrap());
    assert!(due.iter().any(|(_, _, key)| *key == id));
    assert!(date > net.now && date <= net.now.plus_days(7));
}

#[test]
fn a_returning_primary_steps_down_and_its_material_is_merged() {
    let (mut net, id) = related(3);
    // A is cut off and rotates alone. A broken rule makes it use the material before the replicas hold it.
    net.change_key(A, &id, |tx, site, record| {
        let broken = crate::BrokenRules { use_before_held: true, ..Default::default() };
        let new = new_rotation(site, Default::default());
        crate::key_replication::begin_rotation_with(broken, tx, record, &new).unwrap();
    });
    let alone = current(&net, A, &id).unwrap();
    net.wire.clear();
    net.promote_key(B, &id);
    net.wire.retain(|message| message.to != region(A));
    net.run_to(&[B, C]);
    assert_eq!(net.role(C, &id), (region(B), 2, KeyState::Enabled));
    net.wire.clear();

    net.run();
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id), (region(B), 2, KeyState::Enabled));
        assert!(holds(&net, at, &id).contains(&alone), "nothing is undecryptable");
        assert_ne!(current(&net, at, &id), Some(alone));
    }
}

#[test]
fn two_forced_promotions_result_in_one_primary() {
    let (mut net, id) = related(3);
    net.wire.clear();
    net.promote_key(B, &id);
    net.wire.clear();
    net.promote_key(C, &id);
    net.run();
    // The counters are equal, so the order of the regions decides.
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id), (region(C), 2, KeyState::Enabled));
        assert_eq!(net.key(at, &id).unwrap().multi_region.unwrap().members().count(), 3);
    }
}

#[test]
fn a_replica_that_the_new_primary_does_not_know_is_reported() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    // B becomes the primary and has not received the request for C.
    net.replicate_key(A, &id, C);
    net.wire.retain(|message| message.to == region(C));
    net.run_to(&[C]);
    net.wire.clear();
    net.promote_key(B, &id);
    net.run();
    for at in [A, B, C] {
        assert_eq!(net.role(at, &id), (region(B), 2, KeyState::Enabled));
        assert_eq!(net.key(at, &id).unwrap().multi_region.unwrap().members().count(), 3);
    }
}
