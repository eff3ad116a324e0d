#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::iam_table::{UserRecord, entity_name};
use claviger_store::tables::log;

use crate::change::{Envelope, OutboxRow, announce};
use crate::home_row::{self, HomeRow, HomeRowName};
use crate::key_messages::ReplicaDeleted;
use crate::testing::{A, B, Net, account, region};
use crate::{Notice, key_replication, resync};

fn waiting(net: &Net) -> Vec<OutboxRow> {
    let rows = net.read(A, |tx| log::outbox(tx, &region(B), None, 1_000).unwrap());
    rows.iter().map(|(_, bytes)| minicbor::decode(bytes).unwrap()).collect()
}

#[test]
fn the_outbox_of_an_unreachable_region_is_compacted_and_keeps_deletions() {
    let mut net = Net::settled(2);
    let (kept, gone) = (net.create_key(), net.create_key());
    net.replicate_key(A, &kept, B);
    net.run();
    net.restart(A);
    net.wire.clear();
    net.engines[A].outbox_rows_max = 50;
    let key = |id| crate::key_replication::name(&net.key(A, id).unwrap());
    let (epoch, name) = (net.key(A, &kept).unwrap().multi_region.unwrap().epoch, key(&gone));
    let told =
        ReplicaDeleted { name, epoch: epoch.clone(), until_epoch: epoch, until_revision: 1, lineage: Vec::new() };
    let deleted = entity_name(&account(), "ada");
    for n in 0..100 {
        net.change_key(A, &kept, |tx, site, record| {
            key_replication::raise_revision(record);
            key_replication::announce(tx, &site.region, record).unwrap();
            if n == 40 {
                announce::<ReplicaDeleted>(tx, &region(B), &told).unwrap();
            }
            home_row::announce::<UserRecord>(tx, &[region(B)], &deleted).unwrap();
        });
    }
    assert_eq!(waiting(&net).len(), 201);
    net.engines[A].take_notices();
    net.now = net.now.plus_secs(60);
    net.event(A, &crate::Event::Tick);

    let left = waiting(&net);
    let expected = [
        Envelope::naming::<HomeRow<UserRecord>>(&HomeRowName::Row(deleted)),
        Envelope::naming::<ReplicaDeleted>(&told),
    ];
    let [changes @ .., OutboxRow::Resync(_)] = &left[..] else { panic!("{left:?}") };
    assert_eq!(changes, expected.map(OutboxRow::Change));
    assert_eq!(net.engines[A].take_notices(), [Notice::Compacted { peer: region(B) }]);
    net.run();
    let revision = |at| net.key(at, &kept).unwrap().multi_region.unwrap().revision;
    assert_eq!(revision(A), revision(B));
}

#[test]
fn an_outbox_below_the_limit_is_not_compacted() {
    let mut net = Net::settled(2);
    net.restart(A);
    net.engines[A].outbox_rows_max = 50;
    net.commit(A, |tx, _| (0..49).for_each(|_| resync(tx, &region(B)).unwrap()));
    net.wire.clear();
    net.now = net.now.plus_secs(60);
    net.event(A, &crate::Event::Tick);
    assert_eq!(waiting(&net).len(), 49);
}
