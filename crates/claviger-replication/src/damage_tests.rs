//! Replication when rows cannot be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::Named;
use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_store::tables::key_table::{self, KeyState};
use claviger_store::tables::log;
use claviger_store::tables::secret_table::{self, ReplicaStatus};
use claviger_store::{Batch, Key, Tx, Write, commit_blocking};
use claviger_types::KeyId;

use crate::sim::site::Site;
use crate::testing::{A, B, C, Net, account, region};
use crate::{Dropped, Event, Notice, home_row, key_replication, resync, secret_replication};

/// Commits the writes of `change`, each after `alter` has changed it.
fn alter_rows(net: &Net, at: usize, change: impl FnOnce(&mut Tx<'_>, &Site), alter: impl Fn(Write) -> Write) {
    let site = &net.sites[at];
    let mut tx = site.begin().unwrap();
    change(&mut tx, site);
    let batch = tx.into_batch();
    let writes = batch.writes.into_iter().map(alter).collect();
    commit_blocking(&site.store, Batch { writes, ..batch }).unwrap();
}

fn damaged(write: Write) -> Write {
    match write {
        Write::Put { key, .. } => Write::Put { key, value: vec![0xff; 80] },
        Write::PutStamped { key, stamp_at, .. } => Write::PutStamped { key, stamp_at, value: vec![0xff; 80] },
        other => other,
    }
}

fn missing(write: Write) -> Write {
    match write {
        Write::Put { key, .. } => Write::Delete { key },
        other => other,
    }
}

fn damage_key(net: &Net, at: usize, id: &KeyId) {
    damage_row(net, at, net.read(at, |tx| key_table::key_row(tx, &account(), id)));
}

pub(crate) fn damage_row(net: &Net, at: usize, row: Key) {
    alter_rows(net, at, |tx, _| tx.put(row, b"").unwrap(), damaged);
}

fn key_with_replica(net: &mut Net) -> KeyId {
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    id
}

fn touch(net: &mut Net, id: &KeyId) {
    net.change_key(A, id, |tx, site, record| {
        key_replication::raise_revision(record);
        key_replication::announce(tx, &site.region, record).unwrap();
    });
}

#[test]
fn a_damaged_row_at_the_receiver_does_not_block_other_changes() {
    let mut net = Net::settled(2);
    let (bad, good) = (key_with_replica(&mut net), key_with_replica(&mut net));
    damage_key(&net, B, &bad);
    touch(&mut net, &bad);
    net.rotate_key(A, &good);
    net.run();
    assert_eq!(net.engines[B].counters().unreadable, 1);
    assert_eq!(net.engines[B].take_notices(), [Notice::Dropped { peer: region(A), why: Dropped::Unreadable }]);
    assert_eq!(net.key(B, &good).unwrap().current, net.key(A, &good).unwrap().current);
    assert_eq!(net.key(B, &good).unwrap().material_count, 2);
}

#[test]
fn a_damaged_replica_declines_the_offer() {
    let mut net = Net::settled(2);
    let id = key_with_replica(&mut net);
    damage_key(&net, B, &id);
    net.hand_over(A, &id, B);
    assert_eq!(net.role(A, &id).2, KeyState::Updating);
    net.run();
    assert_eq!(net.role(A, &id), (region(A), 1, KeyState::Enabled));
    let notices = net.engines[A].take_notices();
    let declined = |n: &Notice| matches!(n, Notice::HandoverDeclined { key, by, reason } if *key == id && *by == region(B) && reason.contains("internal error"));
    assert!(notices.iter().any(declined), "{notices:?}");
}

#[test]
fn a_damaged_replica_of_a_secret_is_reported() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    net.run();
    let record = net.secret(B, "db").unwrap();
    let save = |tx: &mut Tx<'_>, _: &Site| secret_table::save_secret(tx, &record).unwrap();
    alter_rows(&net, B, save, damaged);
    net.put_value(A, "db", "second");
    net.run();
    let (status, message) = net.status(A, "db", B).unwrap();
    assert_eq!(status, ReplicaStatus::Failed);
    assert_eq!(message, "An internal error occurred in the Region of the replica.");
}

#[test]
fn a_damaged_record_at_the_sender_is_left_out() {
    let mut net = Net::settled(3);
    let (bad, good) = (key_with_replica(&mut net), key_with_replica(&mut net));
    net.replicate_key(A, &good, C);
    let announce = net.key(A, &bad).unwrap();
    damage_key(&net, A, &bad);
    net.commit(A, |tx, site| key_replication::announce(tx, &site.region, &announce).unwrap());
    touch(&mut net, &good);
    net.run();
    assert_eq!(net.engines[A].counters().unsendable, 1);
    let revision = |at| net.key(at, &good).unwrap().multi_region.unwrap().revision;
    assert_eq!((revision(B), revision(C)), (revision(A), revision(A)));
}

#[test]
fn a_snapshot_replaces_a_damaged_outbox_row() {
    let mut net = Net::settled(2);
    let id = key_with_replica(&mut net);
    let mut record = net.key(A, &id).unwrap();
    record.rotation.period_days = Some(100);
    key_replication::raise_revision(&mut record);
    net.commit(A, |tx, _| key_table::save_key(tx, &record).unwrap());
    alter_rows(&net, A, |tx, site| key_replication::announce(tx, &site.region, &record).unwrap(), damaged);
    net.event(A, &Event::Committed);
    net.run();
    assert_eq!(net.engines[A].counters().unsendable, 1);
    assert_eq!(net.key(B, &id).unwrap().rotation.period_days, Some(100));
    assert!(net.read(A, |tx| log::outbox(tx, &region(B), None, 10).unwrap()).is_empty());
}

#[test]
fn a_snapshot_replaces_a_damaged_announcement_of_a_deletion() {
    let mut net = Net::settled(2);
    let record = UserRecord {
        identity: Identity {
            account: account(),
            name: "ada".to_owned(),
            path: "/".to_owned(),
            id: "AIDA1".to_owned(),
            created: net.now,
            tags: Vec::new(),
            attached: Vec::new(),
            inline: Vec::new(),
            boundary: None,
        },
        groups: Vec::new(),
    };
    let announce = |tx: &mut Tx<'_>| home_row::announce::<UserRecord>(tx, &[region(B)], &record.row_name()).unwrap();
    let found = |net: &Net| net.read(B, |tx| iam_table::user(tx, &account(), "ada").unwrap());
    net.commit(A, |tx, _| {
        iam_table::save_user(tx, &record).unwrap();
        announce(tx);
    });
    net.run();
    assert_eq!(found(&net).as_ref(), Some(&record));
    net.commit(A, |tx, _| iam_table::delete_user(tx, &record).unwrap());
    alter_rows(&net, A, |tx, _| announce(tx), damaged);
    net.event(A, &Event::Committed);
    net.run();
    assert_eq!(net.engines[A].counters().unsendable, 1);
    assert_eq!(found(&net), None);
}

#[test]
fn a_snapshot_leaves_out_damaged_rows() {
    let mut net = Net::settled(2);
    let ids: Vec<KeyId> = (0..5).map(|_| key_with_replica(&mut net)).collect();
    for id in &ids {
        net.change_key(A, id, |_, _, record| {
            record.rotation.period_days = Some(100);
            key_replication::raise_revision(record);
        });
    }
    damage_key(&net, A, &ids[2]);
    net.commit(A, |tx, _| resync(tx, &region(B)).unwrap());
    net.run();
    for (at, id) in ids.iter().enumerate() {
        let expected = (at != 2).then_some(100);
        assert_eq!(net.key(B, id).unwrap().rotation.period_days, expected, "key {at}");
    }
    assert_eq!(net.engines[A].counters().unsendable, 1);
}

#[test]
fn missing_material_is_requested_again_on_the_next_announcement() {
    let mut net = Net::settled(2);
    let id = key_with_replica(&mut net);
    net.rotate_key(A, &id);
    // The announcement is under way. The new material is lost before B requests it.
    let material = net.materials(A, &id)[1].id;
    let sealed = net.read(A, |tx| key_table::material(tx, &id, &material).unwrap().unwrap());
    let kept = sealed.clone();
    alter_rows(&net, A, |tx, _| key_table::save_material(tx, &id, &material, sealed).unwrap(), missing);
    net.run();
    assert_eq!(net.key(B, &id).unwrap().material_count, 1);
    // B receives the material once the primary holds it again and announces the key.
    net.commit(A, |tx, _| key_table::save_material(tx, &id, &material, kept).unwrap());
    touch(&mut net, &id);
    net.run();
    assert_eq!(net.key(B, &id).unwrap().current, Some(material));
}

#[test]
fn twenty_versions_of_the_largest_size_fit_into_one_message() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.change_secret(A, "db", |tx, site, record| {
        for n in 0..20 {
            let id = format!("version-{n}");
            record.versions.push(secret_table::VersionMeta {
                id: id.clone(),
                stages: vec![format!("label-{n}")],
                created: record.created,
                last_accessed: None,
                kms_key: None,
                has_value: true,
            });
            let value = site.seal(record, &id, &vec![b'x'; 65_536]);
            secret_table::save_value(tx, &record.arn, &id, &value).unwrap();
        }
        record.policy = Some("p".repeat(20_480).into());
    });
    net.replicate_secret(A, "db", B, false);
    net.run();
    assert_eq!(net.status(A, "db", B).unwrap().0, ReplicaStatus::InSync);
    let replica = net.secret(B, "db").unwrap();
    assert_eq!(replica.versions.len(), 21);
    for version in &replica.versions[1..] {
        let opened = net.read(B, |tx| net.sites[B].open(tx, &replica, &version.id)).unwrap();
        assert_eq!(opened.bytes.len(), 65_536);
    }
}

#[test]
fn values_that_exceed_a_message_fail_with_a_reason() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.change_secret(A, "db", |tx, site, record| {
        record.versions[0].has_value = true;
        let value = site.seal(record, "first-AAAAAA", &vec![b'x'; crate::frame::PAYLOAD_BYTES_MAX - 100]);
        secret_table::save_value(tx, &record.arn, "first-AAAAAA", &value).unwrap();
    });
    net.replicate_secret(A, "db", B, false);
    net.run();
    let (status, message) = net.status(A, "db", B).unwrap();
    assert_eq!(status, ReplicaStatus::Failed);
    assert!(message.contains("too large"), "{message}");
}

#[test]
fn a_primary_with_replicas_is_not_overwritten() {
    let mut net = Net::settled(3);
    net.create_secret(B, "db", "BBBBBB");
    net.replicate_secret(B, "db", C, false);
    net.run();
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, true);
    net.run();
    let (status, message) = net.status(A, "db", B).unwrap();
    let arn = net.secret(B, "db").unwrap().arn;
    assert_eq!(status, ReplicaStatus::Failed);
    assert_eq!(message, format!("You can't delete secret {arn} that still has replica regions [{}].", region(C)));
    assert_eq!(net.value(B, "db").as_deref(), Some("first-BBBBBB"));
    assert_eq!(net.value(C, "db").as_deref(), Some("first-BBBBBB"));
    // Without replicas, the primary is replaced.
    net.change_secret(B, "db", |tx, _, record| {
        let shared = record.replication.as_mut().unwrap();
        let entry = shared.replicas.remove(0);
        let epoch = shared.epoch.clone();
        secret_replication::announce_removal(tx, &record.arn, &entry.region, entry.generation, &epoch).unwrap();
    });
    net.run();
    net.put_value(A, "db", "second");
    net.run();
    assert_eq!(net.status(A, "db", B).unwrap().0, ReplicaStatus::InSync);
    assert_eq!(net.value(B, "db").as_deref(), Some("second"));
    assert!(net.secret(C, "db").is_none());
}
