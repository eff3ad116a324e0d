#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::secret_table::ReplicaStatus;
use claviger_types::{KeyId, Timestamp};

use super::*;
use crate::key_replication::{announce, raise_revision};
use crate::testing::{A, B, Net, region};

fn key_digest(net: &Net, at: usize, id: &KeyId) -> StateDigest {
    let record = net.key(at, id).unwrap();
    net.read(at, |tx| of_key(tx, &record).unwrap()).unwrap()
}

fn secret_digest(net: &Net, at: usize, name: &str) -> StateDigest {
    of_secret(&net.secret(at, name).unwrap()).unwrap()
}

#[test]
fn related_keys_have_equal_digests_and_the_primary_knows_that_of_the_replica() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    let holder = |net: &Net| net.key(A, &id).unwrap().multi_region.unwrap().holders[0].clone();
    let before = key_digest(&net, A, &id);
    assert_eq!((key_digest(&net, B, &id), holder(&net).digest), (before, Some(before)));
    // A change of what they share.
    net.change_key(A, &id, |tx, site, record| {
        record.rotation.enabled = true;
        record.rotation.next = Some(Timestamp(9));
        raise_revision(record);
        announce(tx, &site.region, record).unwrap();
    });
    assert_ne!(key_digest(&net, A, &id), before);
    assert_eq!(
        (key_digest(&net, B, &id), holder(&net).digest),
        (before, Some(before)),
        "the replica has not heard of it"
    );
    net.run();
    assert_eq!(holder(&net).digest, Some(key_digest(&net, A, &id)));
    // Two materials.
    net.rotate_key(A, &id);
    net.run();
    let after = key_digest(&net, A, &id);
    assert_eq!((key_digest(&net, B, &id), holder(&net).digest), (after, Some(after)));
    assert_eq!(net.materials(B, &id).len(), 2);
    // The other region becomes the primary.
    net.hand_over(A, &id, B);
    net.run();
    assert_eq!(key_digest(&net, A, &id), key_digest(&net, B, &id));
    assert_eq!(net.key(B, &id).unwrap().multi_region.unwrap().holders[0].digest, Some(key_digest(&net, A, &id)));
}

#[test]
fn what_a_region_has_for_itself_does_not_change_a_digest() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    let before = key_digest(&net, B, &id);
    net.change_key(B, &id, |_, _, record| {
        record.description = "another".to_owned();
        record.policy = "another policy".into();
    });
    assert_eq!(key_digest(&net, B, &id), before);
}

#[test]
fn a_key_without_some_material_has_another_digest() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    let record = net.key(A, &id).unwrap();
    let shared = record.multi_region.clone().unwrap();
    let held = net.materials(A, &id);
    let whole = of_shared_key(&record, &shared, held.clone());
    assert_eq!(whole, key_digest(&net, B, &id));
    assert_ne!(of_shared_key(&record, &shared, held[1..].to_vec()), whole);
}

#[test]
fn a_single_region_key_and_an_independent_secret_have_none() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    let record = KeyRecord { multi_region: None, ..net.key(A, &id).unwrap() };
    assert_eq!(net.read(A, |tx| of_key(tx, &record).unwrap()), None);
    net.create_secret(A, "db", "AAAAAA");
    assert_eq!(of_secret(&net.secret(A, "db").unwrap()), None);
}

#[test]
fn a_secret_and_its_replica_have_equal_digests_and_the_primary_knows_that_of_the_replica() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    net.run();
    let reported = |net: &Net| net.secret(A, "db").unwrap().replication.unwrap().replicas[0].reported.unwrap();
    let before = secret_digest(&net, A, "db");
    assert_eq!((secret_digest(&net, B, "db"), reported(&net).digest), (before, Some(before)));
    net.put_value(A, "db", "second");
    assert_ne!(secret_digest(&net, A, "db"), before);
    assert_eq!(net.status(A, "db", B).unwrap().0, ReplicaStatus::InProgress);
    assert_eq!(reported(&net).digest, Some(before), "of the revision before");
    net.run();
    let after = secret_digest(&net, A, "db");
    assert_eq!((secret_digest(&net, B, "db"), reported(&net).digest), (after, Some(after)));
    assert_eq!(reported(&net).revision, net.secret(A, "db").unwrap().replication.unwrap().revision);
    assert_eq!(net.secret(B, "db").unwrap().arn.region, region(B), "although the ARNs differ");
}
