//! Messages that one commit applies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::{key_table, region_table};
use claviger_types::KeyId;

use crate::damage_tests::damage_row;
use crate::frame::Frame;
use crate::testing::{A, B, C, Net, account, region};
use crate::{Event, Message, key_replication};

/// Takes what is on the wire for a region, and delivers it together.
fn deliver_together(net: &mut Net, to: usize) -> usize {
    let name = region(to);
    let (messages, rest): (Vec<Message>, Vec<Message>) =
        std::mem::take(&mut net.wire).into_iter().partition(|message| message.to == name);
    net.wire = rest;
    let count = messages.len();
    net.event(to, &Event::ReceivedTogether(messages));
    count
}

fn shared_keys(net: &mut Net, count: usize) -> Vec<KeyId> {
    let keys: Vec<KeyId> = (0..count).map(|_| net.create_key()).collect();
    keys.iter().for_each(|id| net.replicate_key(A, id, B));
    net.run();
    keys
}

fn raise(net: &mut Net, id: &KeyId) {
    net.change_key(A, id, |tx, site, record| {
        key_replication::raise_revision(record);
        key_replication::announce(tx, &site.region, record).unwrap();
    });
}

fn revision(net: &Net, at: usize, id: &KeyId) -> u64 {
    net.key(at, id).unwrap().multi_region.unwrap().revision
}

fn position(net: &Net, at: usize) -> u64 {
    net.sites[at].begin().unwrap().into_batch().position
}

#[test]
fn one_commit_applies_them_and_one_message_acknowledges_them() {
    let mut net = Net::settled(2);
    let keys = shared_keys(&mut net, 5);
    keys.iter().for_each(|id| raise(&mut net, id));
    let before = position(&net, B);
    assert_eq!(deliver_together(&mut net, B), 5);
    assert_eq!(position(&net, B), before + 1);
    assert!(keys.iter().all(|id| revision(&net, A, id) == revision(&net, B, id)));
    let acknowledged = |message: &&Message| matches!(message.frame(), Some(Frame::Ack { gap: false, .. }));
    assert_eq!(net.wire.iter().filter(acknowledged).count(), 1);
    net.run();
}

#[test]
fn a_repeated_one_and_a_gap_among_them_change_nothing() {
    let mut net = Net::settled(2);
    let keys = shared_keys(&mut net, 3);
    keys.iter().for_each(|id| raise(&mut net, id));
    let [first, _, third] = net.wire.clone().try_into().unwrap();
    net.wire = vec![first.clone(), first, third];
    deliver_together(&mut net, B);
    let is_there = |net: &Net, id: &KeyId| revision(net, A, id) == revision(net, B, id);
    assert_eq!(keys.iter().map(|id| is_there(&net, id)).collect::<Vec<_>>(), [true, false, false]);
    net.run();
    assert!(keys.iter().all(|id| is_there(&net, id)));
}

#[test]
fn one_that_meets_an_unreadable_row_does_not_cost_the_others() {
    let mut net = Net::settled(2);
    let keys = shared_keys(&mut net, 3);
    let row = net.read(B, |tx| key_table::key_row(tx, &account(), &keys[1]));
    damage_row(&net, B, row);
    keys.iter().for_each(|id| raise(&mut net, id));
    deliver_together(&mut net, B);
    assert_eq!(net.engines[B].counters().unreadable, 1);
    for id in [&keys[0], &keys[2]] {
        assert_eq!(revision(&net, A, id), revision(&net, B, id));
    }
    net.run();
}

#[test]
fn those_behind_a_move_of_the_home_of_iam_are_from_the_new_home() {
    let mut net = Net::settled(3);
    net.move_home(B);
    // The snapshot of the new home tells of the fleet, which no other region may.
    assert!(deliver_together(&mut net, C) > 1);
    assert_eq!(net.engines[C].counters().forbidden, 0);
    assert_eq!(net.read(C, |tx| region_table::region(tx).unwrap()).unwrap().iam_home, region(B));
    net.run();
}

#[test]
fn one_message_has_all_changes_that_are_due() {
    let mut net = Net::settled(2);
    net.sites[A].frames_max = 3;
    let keys = shared_keys(&mut net, 5);
    net.restart(A);
    net.run();
    net.commit(A, |tx, site| {
        for id in &keys {
            let mut record = key_table::key(tx, &account(), id).unwrap().unwrap();
            key_replication::raise_revision(&mut record);
            key_replication::announce(tx, &site.region, &record).unwrap();
            key_table::save_key(tx, &record).unwrap();
        }
    });
    assert_eq!(net.wire.iter().map(|message| message.frames().unwrap().len()).collect::<Vec<_>>(), [3, 2]);
    let before = position(&net, B);
    assert_eq!(deliver_together(&mut net, B), 2);
    assert_eq!(position(&net, B), before + 1);
    assert!(keys.iter().all(|id| revision(&net, A, id) == revision(&net, B, id)));
    net.run();
}

#[test]
fn a_frame_that_meets_an_unreadable_row_does_not_cost_the_others_of_its_message() {
    let mut net = Net::settled(2);
    net.sites[A].frames_max = 9;
    let keys = shared_keys(&mut net, 3);
    net.restart(A);
    net.run();
    let row = net.read(B, |tx| key_table::key_row(tx, &account(), &keys[1]));
    damage_row(&net, B, row);
    net.commit(A, |tx, site| {
        for id in &keys {
            let mut record = key_table::key(tx, &account(), id).unwrap().unwrap();
            key_replication::raise_revision(&mut record);
            key_replication::announce(tx, &site.region, &record).unwrap();
            key_table::save_key(tx, &record).unwrap();
        }
    });
    let [message] = std::mem::take(&mut net.wire).try_into().unwrap();
    net.deliver(&message);
    assert_eq!(net.engines[B].counters().unreadable, 1);
    for id in [&keys[0], &keys[2]] {
        assert_eq!(revision(&net, A, id), revision(&net, B, id));
    }
    net.run();
}
