//! What a region restored from an older copy of its store takes from the others: also the end of what it had deleted since.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::key_table::KeyState;
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table::{self, ReplicaStatus};

use crate::frame::Frame;
use crate::secret_replication;
use crate::testing::{A, B, C, Net, region};

const NAME: &str = "db";

/// Something that a region hears of after its backup, so that others know that it had been further.
fn hear(net: &mut Net, at: usize) {
    net.create_secret(at, "later", "CCCCCC");
    let other = if at == A { B } else { A };
    net.replicate_secret(at, "later", other, false);
    net.run();
}

#[test]
fn a_deleted_replica_of_a_key_does_not_come_back() {
    for moved in [false, true] {
        let mut net = Net::settled(3);
        let key = net.create_key();
        net.replicate_key(A, &key, B);
        net.replicate_key(A, &key, C);
        net.run();
        let backup = net.backup(B);
        net.delete_key(B, &key);
        net.run();
        if moved {
            // The new primary knows of the end from the old one.
            net.hand_over(A, &key, C);
            net.run();
        }
        hear(&mut net, B);
        net.restore_and_rebuild(B, &backup);
        assert_eq!(net.key(B, &key), None, "{moved}");
        let members: Vec<_> = net.key(A, &key).unwrap().multi_region.unwrap().members().cloned().collect();
        assert_eq!(members.len(), 2);
        // It can be made again.
        let primary = if moved { C } else { A };
        net.replicate_key(primary, &key, B);
        net.run();
        assert_eq!(net.materials(B, &key).len(), 1);
        assert_eq!(net.key(A, &key).unwrap().multi_region.unwrap().former, []);
    }
}

#[test]
fn a_set_of_keys_that_was_deleted_as_a_whole_does_not_come_back() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    let backup = net.backup(B);
    net.delete_key(B, &key);
    net.run();
    net.delete_key(A, &key);
    hear(&mut net, B);
    net.restore_and_rebuild(B, &backup);
    assert_eq!(net.key(B, &key), None);
}

#[test]
fn the_last_member_of_a_set_is_its_primary_again() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    let backup = net.backup(B);
    net.hand_over(A, &key, B);
    net.run();
    net.delete_key(A, &key);
    hear(&mut net, B);
    net.restore_and_rebuild(B, &backup);
    let shared = net.key(B, &key).unwrap().multi_region.unwrap();
    assert_eq!((shared.primary, shared.replicas, shared.epoch.counter), (region(B), vec![], 3));
    net.rotate_key(B, &key);
    net.run();
    assert_eq!(net.materials(B, &key).len(), 2);
}

/// The other region has deleted its replica once, in an epoch of the older copy, and has another one since.
#[test]
fn a_key_that_has_ended_here_does_not_come_back_when_an_earlier_end_is_reported_too() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    let backup = net.backup(A);
    net.delete_key(B, &key);
    net.run();
    net.replicate_key(A, &key, B);
    net.run();
    net.hand_over(A, &key, B);
    net.run();
    net.delete_key(A, &key);
    net.run();
    hear(&mut net, A);
    net.restore_and_rebuild(A, &backup);
    assert!(net.key(A, &key).is_none());
    let shared = net.key(B, &key).unwrap().multi_region.unwrap();
    assert_eq!((shared.primary, shared.replicas), (region(B), vec![]));
}

#[test]
fn a_role_that_the_copy_was_handing_over_is_not_left_half_way() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.hand_over(A, &key, B);
    let backup = net.backup(A);
    assert_eq!(net.key(A, &key).unwrap().state, KeyState::Updating);
    net.run();
    net.hand_over(B, &key, A);
    net.run();
    net.delete_key(B, &key);
    net.run();
    hear(&mut net, A);
    net.restore_and_rebuild(A, &backup);
    let record = net.key(A, &key).unwrap();
    let shared = record.multi_region.unwrap();
    assert_eq!((record.state, shared.primary, shared.replicas), (KeyState::Enabled, region(A), vec![]));
}

/// One region knows by the end of its own replica that the rebuilt one was the primary, and another region has the key and has not heard of it.
#[test]
fn a_primary_that_its_last_replica_does_not_know_is_the_primary_again() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.replicate_key(A, &key, C);
    net.run();
    net.hand_over(A, &key, B);
    net.run_to(&[A, B]);
    net.wire.clear();
    assert_eq!(net.key(C, &key).unwrap().multi_region.unwrap().primary, region(A));
    net.delete_key(A, &key);
    net.wire.clear();
    net.lose_store(B);
    net.run();
    let of = |at: usize| net.key(at, &key).unwrap().multi_region.unwrap();
    for at in [B, C] {
        assert_eq!((of(at).primary, of(at).replicas, of(at).epoch.counter), (region(B), vec![region(C)], 3), "{at}");
    }
    net.rotate_key(B, &key);
    net.run();
    assert_eq!(net.materials(C, &key).len(), 2);
}

/// The deletion was cancelled before the region became the primary. A primary with replicas cannot be about to be deleted.
#[test]
fn a_primary_again_is_not_deleted_as_the_replica_that_it_was() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.replicate_key(A, &key, C);
    net.run();
    let date = net.now.plus_days(7);
    net.change_key(B, &key, |_, _, record| record.state = KeyState::PendingDeletion { date });
    let backup = net.backup(B);
    net.change_key(B, &key, |_, _, record| record.state = KeyState::Enabled);
    net.hand_over(A, &key, B);
    net.run();
    net.restore_and_rebuild(B, &backup);
    let record = net.key(B, &key).unwrap();
    assert_eq!((record.state, record.multi_region.unwrap().primary), (KeyState::Disabled, region(B)));
}

#[test]
fn an_offer_that_was_declined_in_the_lost_state_is_answered_again() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.change_key(B, &key, |_, _, record| record.state = KeyState::Disabled);
    net.hand_over(A, &key, B);
    net.run_to(&[B]);
    // A does not get the answer. It is in the outbox of B, which is emptied when the rebuilding begins.
    net.wire.clear();
    let backup = net.backup(B);
    net.create_secret(B, "later", "CCCCCC");
    net.replicate_secret(B, "later", C, false);
    net.run_to(&[B, C]);
    net.wire.clear();
    net.restore(B, &backup);
    net.run_to(&[B, C]);
    net.rebuild_restored(B);
    assert_eq!(net.key(A, &key).unwrap().state, KeyState::Enabled);
}

/// A became the primary by force, and knows the replica in B. The replica in C it has not heard of.
#[test]
fn a_rebuilt_region_tells_the_primary_of_members_that_it_gets_to_know() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.replicate_key(A, &key, C);
    net.run_to(&[A, C]);
    net.wire.clear();
    assert_eq!(net.key(B, &key).unwrap().multi_region.unwrap().replicas, [region(B)]);
    net.lose_store(A);
    net.run_to(&[A, B]);
    net.promote_key(B, &key);
    net.run();
    for at in [A, B, C] {
        let shared = net.key(at, &key).unwrap().multi_region.unwrap();
        assert_eq!((shared.primary, shared.replicas.len()), (region(B), 2), "{at}");
    }
}

/// A was waiting for the end of its replica in the copy. That one has ended since, and A has made another one.
#[test]
fn a_deletion_of_the_copy_waits_for_the_replica_that_was_made_since() {
    let mut net = Net::settled(2);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.change_key(A, &key, |_, _, record| record.state = KeyState::PendingReplicaDeletion { window_days: 7 });
    let backup = net.backup(A);
    net.change_key(A, &key, |_, _, record| record.state = KeyState::Enabled);
    net.delete_key(B, &key);
    net.run();
    net.replicate_key(A, &key, B);
    net.run();
    net.restore_and_rebuild(A, &backup);
    net.run();
    assert_eq!(net.role(A, &key).2, KeyState::PendingReplicaDeletion { window_days: 7 });
    assert_eq!(net.role(B, &key), (region(A), net.role(A, &key).1, KeyState::Enabled));
}

/// The region that held the current material deleted its replica while A was rebuilt. B has an older material, and is `Creating`.
#[test]
fn a_primary_whose_current_material_is_lost_uses_an_older_one() {
    let mut net = Net::settled(2);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    let older = net.key(B, &key).unwrap().current;
    net.change_key(B, &key, |_, _, record| (record.current, record.state) = (None, KeyState::Creating));
    net.lose_store(A);
    net.run();
    for at in [A, B] {
        let record = net.key(at, &key).unwrap();
        assert_eq!((record.current, record.state), (older, KeyState::Enabled), "{at}");
    }
}

#[test]
fn the_rotation_and_the_deletion_of_a_primary_again_do_not_wait_for_a_replica_that_is_gone() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.rotate_key(A, &key);
    net.wire.clear();
    net.change_key(A, &key, |_, _, record| record.state = KeyState::PendingReplicaDeletion { window_days: 7 });
    net.wire.clear();
    let backup = net.backup(A);
    net.run();
    net.change_key(A, &key, |_, _, record| record.state = KeyState::Enabled);
    net.hand_over(A, &key, B);
    net.run();
    net.hand_over(B, &key, A);
    net.run();
    net.delete_key(B, &key);
    net.run();
    hear(&mut net, A);
    net.restore_and_rebuild(A, &backup);
    let record = net.key(A, &key).unwrap();
    assert!(matches!(record.state, KeyState::PendingDeletion { .. }), "{:?}", record.state);
    let materials = net.materials(A, &key);
    assert_eq!((materials.len(), record.current), (2, materials.last().map(|meta| meta.id)));
}

#[test]
fn a_copy_of_a_member_that_is_behind_does_not_make_a_deleted_replica_again() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.replicate_key(A, &key, C);
    net.run();
    net.delete_key(B, &key);
    // C does not hear of it.
    net.run_to(&[A]);
    net.wire.clear();
    net.lose_store(B);
    net.run();
    assert_eq!(net.key(B, &key), None);
}

#[test]
fn a_replica_of_a_key_that_was_made_again_stays() {
    let mut net = Net::settled(3);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    net.delete_key(B, &key);
    net.run();
    net.replicate_key(A, &key, B);
    net.run();
    let backup = net.backup(B);
    net.rotate_key(A, &key);
    net.run();
    hear(&mut net, B);
    net.restore_and_rebuild(B, &backup);
    assert_eq!(net.materials(B, &key).len(), 2);
}

#[test]
fn a_removed_replica_of_a_secret_does_not_come_back() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.run();
    let backup = net.backup(B);
    net.remove_replica(A, NAME, B);
    net.run();
    assert!(net.secret(B, NAME).is_none());
    hear(&mut net, B);
    net.restore_and_rebuild(B, &backup);
    assert!(net.secret(B, NAME).is_none());
    net.replicate_secret(A, NAME, B, false);
    net.run();
    assert_eq!(net.status(A, NAME, B).unwrap().0, ReplicaStatus::InSync);
}

#[test]
fn a_replica_of_a_secret_that_was_deleted_does_not_come_back() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.run();
    let backup = net.backup(B);
    net.remove_replica(A, NAME, B);
    net.run();
    let record = net.secret(A, NAME).unwrap();
    net.commit(A, |tx, _| {
        secret_replication::record_deletion(tx, &record).unwrap();
        secret_table::delete_secret(tx, &record).unwrap();
    });
    hear(&mut net, B);
    net.restore_and_rebuild(B, &backup);
    assert!(net.secret(B, NAME).is_none());
}

#[test]
fn a_secret_that_was_replicated_after_the_backup_is_taken_from_its_replica() {
    let mut net = Net::settled(2);
    net.create_secret(A, NAME, "AAAAAA");
    let backup = net.backup(A);
    net.replicate_secret(A, NAME, B, false);
    net.put_value(A, NAME, "second");
    net.run();
    net.restore_and_rebuild(A, &backup);
    assert_eq!(net.value(A, NAME).as_deref(), Some("second"));
    assert_eq!(net.status(A, NAME, B).unwrap().0, ReplicaStatus::InSync);
}

#[test]
fn a_restored_primary_of_a_secret_begins_an_epoch_that_no_region_has_heard_of() {
    let mut net = Net::settled(2);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.run();
    let backup = net.backup(A);
    net.promote_secret(B, NAME);
    net.run();
    net.promote_secret(A, NAME);
    net.run();
    let counter = |net: &Net| net.secret(A, NAME).unwrap().replication.unwrap().epoch.counter;
    let before = counter(&net);
    net.remove_replica(A, NAME, B);
    net.run();
    assert!(net.secret(B, NAME).is_none());
    net.restore_and_rebuild(A, &backup);
    assert!(counter(&net) > before);
    net.replicate_secret(A, NAME, B, false);
    net.run();
    assert_eq!(net.status(A, NAME, B).unwrap().0, ReplicaStatus::InSync);
}

#[test]
fn a_promoted_secret_is_followed_although_its_counter_was_skipped() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.replicate_secret(A, NAME, C, false);
    net.run();
    net.commit(B, |tx, _| secret_replication::skip_counters(tx, 9).unwrap());
    net.promote_secret(B, NAME);
    net.run();
    for at in [A, C] {
        assert_eq!(net.status(B, NAME, at).unwrap().0, ReplicaStatus::InSync);
    }
    assert_eq!(net.secret(A, NAME).unwrap().replication.unwrap().epoch.counter, 10);
}

#[test]
fn an_epoch_of_a_secret_that_was_begun_after_the_backup_is_not_begun_again() {
    let mut net = Net::settled(2);
    net.create_secret(A, NAME, "AAAAAA");
    let backup = net.backup(A);
    net.replicate_secret(A, NAME, B, false);
    net.run();
    // B has no replica any more, and remembers that one of this epoch has ended.
    net.change_secret(B, NAME, |tx, _, record| secret_replication::detach(tx, record).unwrap());
    net.run();
    net.restore_and_rebuild(A, &backup);
    net.replicate_secret(A, NAME, B, true);
    net.run();
    assert_eq!(net.status(A, NAME, B).unwrap().0, ReplicaStatus::InSync);
    assert_eq!(net.value(B, NAME), net.value(A, NAME));
}

/// The restored region has told nobody of anything later than its backup. The other one knows that something was acknowledged since.
#[test]
fn what_a_region_had_acknowledged_before_it_was_restored_comes_again() {
    let mut net = Net::settled(2);
    let key = net.create_key();
    net.replicate_key(A, &key, B);
    net.run();
    let backup = net.backup(B);
    net.rotate_key(A, &key);
    net.run_to(&[B]);
    net.wire.retain(|message| matches!(message.frame(), Some(Frame::Ack { .. })));
    net.run_to(&[A]);
    assert!(net.engines[A].is_idle());
    net.restore(B, &backup);
    net.run();
    assert!(net.read(B, |tx| run_table::held(tx).unwrap()).is_none());
    assert_eq!(net.materials(B, &key), net.materials(A, &key));
}
